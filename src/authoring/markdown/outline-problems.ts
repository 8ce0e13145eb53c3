import type { SourceLocation } from '../../formats/source-location.ts';
import type { Finding } from '../../lab/finding.ts';
import { type Text, text } from '../../lab/text.ts';
import { nearest, problem } from './yaml-block.ts';

/** The second word of a code block that belongs to the tutorial: ` ```yaml check `. */
const blockKinds = ['run', 'check', 'hints', 'mistakes', 'alternatives'] as const;
export type BlockKind = (typeof blockKinds)[number];

export const isBlockKind = (word: string): word is BlockKind => (blockKinds as readonly string[]).includes(word);

/** How a block of a kind begins. */
export const opening = (kind: string): string => `\`\`\`${kind === 'run' ? 'sh' : 'yaml'} ${kind}`;

export const secondTitle = (at: SourceLocation): Finding =>
  problem(
    at,
    'title-twice',
    text('a tutorial has one title (a heading of level 1)', '教學只有一個標題（第 1 層標題）'),
    text('make it a lab: ##', '請改為單元：##'),
  );
export const noTitle = (file: string): Finding =>
  problem(
    { file, line: 1, column: 1 },
    'title-missing',
    text('the tutorial has no title', '這份教學沒有標題'),
    text('add a heading of level 1: #', '請加上第 1 層標題：#'),
  );
export const noLabs = (file: string): Finding =>
  problem(
    { file, line: 1, column: 1 },
    'labs-missing',
    text('the tutorial has no labs', '這份教學沒有單元'),
    text('add a heading of level 2 for a lab, and of level 3 for each step', '請加上第 2 層標題作為單元，第 3 層標題作為步驟'),
  );
export const stepOutside = (at: SourceLocation): Finding =>
  problem(
    at,
    'step-outside',
    text('a step (a heading of level 3) needs a lab (of level 2) before it', '步驟（第 3 層標題）之前必須有單元（第 2 層標題）'),
    text('put a heading of level 2 above it', '請在上方加上第 2 層標題'),
  );
export const blockUnknown = (at: SourceLocation, kind: string): Finding =>
  problem(at, 'block-unknown', text(`there is no block named ${kind}`, `沒有名為 ${kind} 的區塊`), nearest(kind, blockKinds));
/** ` ```check `: the kind where the language belongs. */
export const blockLanguage = (at: SourceLocation, kind: BlockKind): Finding =>
  problem(
    at,
    'block-language',
    text(`this block has no language before ${kind}`, `${kind} 之前缺少區塊的語言`),
    text(`write: ${opening(kind)}`, `請寫成：${opening(kind)}`),
  );
export const blockOutside = (at: SourceLocation, kind: string): Finding =>
  problem(
    at,
    'block-outside',
    text(`the block ${kind} belongs to a step`, `${kind} 區塊屬於步驟`),
    text('put it below a heading of level 3', '請放在第 3 層標題之下'),
  );
export const blockNested = (at: SourceLocation, kind: string): Finding =>
  problem(
    at,
    'block-nested',
    text(`the block ${kind} is inside a list or a quotation`, `${kind} 區塊位於清單或引言裡`),
    text('begin it at the left margin, after an empty line', '請在空行之後，從最左邊開始'),
  );
export const commentOpen = (at: SourceLocation): Finding =>
  problem(
    at,
    'comment-open',
    text('this comment does not end', '這個註解沒有結尾'),
    text('end it with `-->`', '請以 `-->` 結尾'),
  );
export const settingsLate = (at: SourceLocation): Finding =>
  problem(
    at,
    'settings-late',
    text('settings belong directly below the heading', '設定必須緊接在標題之下'),
    text('move this comment up', '請把這個註解往上移'),
  );
export const tooComplex = (at: SourceLocation, why: Text): Finding =>
  problem(at, 'markdown-complex', why, text('write it in a simpler way', '請寫得簡單一點'));
