import type { SourceLocation } from '../../formats/source-location.ts';
import type { Finding } from '../../lab/finding.ts';
import { type Lang, langs, type Text, text } from '../../lab/text.ts';
import { commandsIn } from './commands.ts';
import { opening } from './outline-problems.ts';
import type { Outline, Piece, StepSection } from './sections.ts';
import { nearest, parseYaml, problem } from './yaml-block.ts';

/** The outlines of a tutorial's other languages. */
export type Translations = Readonly<Partial<Record<Lang, Outline>>>;

export interface Languages {
  /** The language of the main file. */
  readonly main: Lang;
  /** Those that the tutorial declares. */
  readonly languages: readonly Lang[];
  readonly translations: Translations;
}

/** A text in every language that the tutorial has; the others show it in the main one. */
export function joined(own: string, { main, translations }: Languages, get: (outline: Outline) => string | undefined): Text {
  const in_ = (lang: Lang): string => {
    const outline = lang === main ? undefined : translations[lang];
    return (outline && get(outline)) || own;
  };
  return Object.fromEntries(langs.map((lang) => [lang, in_(lang)])) as Text;
}

/** Adds a finding for each declared language without a file, and for each place where a translation has other labs, steps or commands. */
export function compareStructure(main: Outline, { main: own, languages, translations }: Languages, findings: Finding[]): void {
  for (const [lang, other] of Object.entries(translations))
    if (other && !languages.includes(lang as Lang))
      findings.push(
        problem(
          { file: main.file, line: 1, column: 1 },
          'translation-undeclared',
          text(`there is ${other.file}, and \`languages\` has no ${lang}`, `有 ${other.file}，但 \`languages\` 沒有 ${lang}`),
          text(
            `write: languages: [${[...languages, lang].join(', ')}]`,
            `請寫成：languages: [${[...languages, lang].join(', ')}]`,
          ),
        ),
      );
  for (const lang of languages.filter((one) => one !== own)) {
    const other = translations[lang];
    if (other?.isUnread) continue;
    if (other) compare(main, other, findings);
    else
      findings.push(
        problem(
          { file: main.file, line: 1, column: 1 },
          'translation-missing',
          text(`there is no file for ${lang}`, `沒有 ${lang} 的檔案`),
          text(
            `write ${main.file.replace(/\.md$/, `.${lang}.md`)}, or remove it from \`languages\``,
            `請撰寫 ${main.file.replace(/\.md$/, `.${lang}.md`)}，或從 \`languages\` 移除`,
          ),
        ),
      );
  }
}

function compare(main: Outline, other: Outline, findings: Finding[]): void {
  const start = { file: other.file, line: 1, column: 1 };
  if (main.labs.length !== other.labs.length) {
    findings.push(
      differs(
        other.labs.at(-1)?.title.at ?? start,
        `${other.labs.length} labs`,
        `${main.labs.length}`,
        `${other.labs.length} 個單元`,
      ),
    );
    return;
  }
  main.labs.forEach((lab, at) => {
    const same = other.labs[at];
    if (!same) return;
    if (lab.steps.length !== same.steps.length) {
      findings.push(differs(same.title.at, `${same.steps.length} steps`, `${lab.steps.length}`, `${same.steps.length} 個步驟`));
      return;
    }
    lab.steps.forEach((step, index) => {
      const translated = same.steps[index];
      if (translated) compareStep(step, translated, findings);
    });
  });
}

function compareStep(step: StepSection, other: StepSection, findings: Finding[]): void {
  const commands = (one: StepSection) => one.run.flatMap(({ value }) => commandsIn(value));
  const [own, theirs] = [commands(step), commands(other)];
  if (own.join('\n') !== theirs.join('\n'))
    findings.push(
      problem(
        other.run[0]?.at ?? other.title.at,
        'translation-differs',
        text('the commands differ from those of the original', '指令和原文不同'),
        text(`write: ${own.join('; ')}`, `請寫成：${own.join('; ')}`),
      ),
    );
  if ((step.task === undefined) !== (other.task === undefined))
    findings.push(
      problem(
        other.title.at,
        'translation-differs',
        step.task === undefined
          ? text('it has a task (`>`), and the original has none', '這裡有任務（`>`），原文沒有')
          : text('it has no task (`>`), and the original has one', '這裡沒有任務（`>`），原文有'),
        text('give both the same parts', '兩個檔案的內容必須對應'),
      ),
    );
  for (const kind of ['hints', 'checks'] as const) compareItems(step, other, kind, findings);
  for (const kind of ['mistakes', 'alternatives'] as const) compareCases(step, other, kind, findings);
}

/** What a translation may write otherwise in an item of a list. */
const translatable = { hints: undefined, checks: 'claim' } as const;

/** Hints need a translation; the other lists may be repeated, and then say the same. */
function compareItems(step: StepSection, other: StepSection, kind: keyof typeof translatable, findings: Finding[]): void {
  const [piece] = other[kind];
  const ownItems = itemsOf(step[kind], []);
  if (!piece) {
    if (kind === 'hints' && step.hints.length > 0)
      findings.push(
        problem(
          other.title.at,
          'translation-differs',
          text('it has no hints, and the original has some', '這裡沒有提示，原文有'),
          text(`add a block: ${opening(kind)}`, `請加上區塊：${opening(kind)}`),
        ),
      );
    return;
  }
  const items = itemsOf(other[kind], findings);
  const word = translatable[kind];
  const same = (value: unknown): string => JSON.stringify(word === undefined ? '' : without(value, word));
  // what is not valid is reported as such
  if (!items || !ownItems) return;
  const at = items.findIndex(({ value }, index) => same(value) !== same(ownItems[index]?.value));
  if (items.length === ownItems.length && at < 0) return;
  const [name, zh] = names[kind];
  findings.push(
    problem(
      items[at]?.at ?? piece.at,
      'translation-differs',
      items.length === ownItems.length
        ? text(`it differs from that of the original in more than \`${word}\``, `除了 \`${word}\` 以外，還有其他地方和原文不同`)
        : text(
            `${name}: ${items.length} here, ${ownItems.length} in the original`,
            `${zh}：這裡有 ${items.length} 個，原文有 ${ownItems.length} 個`,
          ),
      kind === 'hints'
        ? text('translate each', '請逐一翻譯')
        : text('copy them from the original, or leave them out', '請從原文複製，或不要寫'),
    ),
  );
}

/** A case in a translation has the ID of one in the original. What it repeats besides `what` says the same. */
function compareCases(step: StepSection, other: StepSection, kind: 'mistakes' | 'alternatives', findings: Finding[]): void {
  const fieldsOf = (value: unknown) => Object.entries(typeof value === 'object' && value !== null ? value : {});
  const idOf = (value: unknown): string => String(Object.fromEntries(fieldsOf(value))['id'] ?? '');
  const own = itemsOf(step[kind], []) ?? [];
  for (const { value, at } of itemsOf(other[kind], findings) ?? []) {
    const same = own.find((one) => idOf(one.value) === idOf(value));
    const original = same && Object.fromEntries(fieldsOf(same.value));
    const isOther = ([key, field]: [string, unknown]) =>
      key !== 'what' && JSON.stringify(field) !== JSON.stringify(original?.[key]);
    if (original && !fieldsOf(value).some(isOther)) continue;
    findings.push(
      problem(
        at,
        'translation-differs',
        original
          ? text('it differs from that of the original in more than `what`', '除了 `what` 以外，還有其他地方和原文不同')
          : text(`the original has no case ${idOf(value)} in this step`, `原文的這一步沒有案例 ${idOf(value)}`),
        original
          ? text('copy it from the original, or leave all but `id` and `what` out', '請從原文複製，或只寫 `id` 和 `what`')
          : nearest(
              idOf(value),
              own.map((one) => idOf(one.value)),
            ),
      ),
    );
  }
}

const names = {
  hints: ['hints', '提示'],
  checks: ['checks', '檢查'],
} as const;

interface Item {
  readonly value: unknown;
  readonly at: SourceLocation;
}

/** The items of a list that may have several blocks; undefined: it is none. */
function itemsOf(pieces: readonly Piece[], findings: Finding[]): Item[] | undefined {
  const items: Item[] = [];
  for (const { value, at } of pieces) {
    const block = parseYaml(value, at, findings);
    if (!Array.isArray(block.value)) return undefined;
    items.push(...block.value.map((one: unknown, index) => ({ value: one, at: block.at([index]) })));
  }
  return items;
}

/** A value without a key, and with its other keys in order. */
function without(value: unknown, word: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== word);
  return kept.sort(([a], [b]) => (a < b ? -1 : 1));
}

const differs = (at: SourceLocation, has: string, original: string, hasZh: string): Finding =>
  problem(
    at,
    'translation-differs',
    text(`it has ${has}, the original has ${original}`, `這裡有 ${hasZh}，原文有 ${original} 個`),
    text('give both files the same headings, in the same order', '兩個檔案的標題和順序必須相同'),
  );
