import type { SourceLocation } from '../../formats/source-location.ts';
import type { Finding } from '../../lab/finding.ts';
import { type Lang, langs, type Text, text } from '../../lab/text.ts';
import { commandsIn } from './commands.ts';
import { opening } from './outline-problems.ts';
import type { Places } from './places.ts';
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

/** Notes where each translation has a part of the tutorial: its path, and how it is found in an outline. */
export function placeTranslations(
  { translations }: Pick<Languages, 'translations'>,
  places: Places,
  path: string,
  get: (outline: Outline) => Piece | undefined,
): void {
  for (const [lang, outline] of Object.entries(translations)) {
    const at = outline && get(outline)?.at;
    if (at) places.setTranslated(lang as Lang, path, at);
  }
}

/** The descriptions of mistakes and alternatives that a translation only repeats, each at its place in the translation. */
export const repeatedCases = (main: Outline, other: Outline): { readonly what: string; readonly at: SourceLocation }[] =>
  main.labs.flatMap((lab, at) =>
    lab.steps.flatMap((step, index) =>
      (['mistakes', 'alternatives'] as const).flatMap((kind) => {
        const said = new Map((itemsOf(step[kind], []) ?? []).map(({ value }) => [idOf(value), fieldsOf(value)['what']]));
        return (itemsOf(other.labs[at]?.steps[index]?.[kind] ?? [], []) ?? []).flatMap(({ value, at: place }) => {
          const { what } = fieldsOf(value);
          return typeof what === 'string' && what === said.get(idOf(value)) ? [{ what, at: place }] : [];
        });
      }),
    ),
  );

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
    compareParts(same.title.at, [lab.learned !== undefined, same.learned !== undefined], learned, findings);
    lab.steps.forEach((step, index) => {
      const translated = same.steps[index];
      if (translated) compareStep(step, translated, findings);
    });
  });
}

const task = text('task (`>`)', '任務（`>`）');
const recap = text('text below the checks', '檢查之後的文字');
const learned = text('quotation (`>`) below the heading', '標題之下的引言（`>`）');

/** Both files have a part, or neither. */
function compareParts(at: SourceLocation, [own, theirs]: readonly [boolean, boolean], part: Text, findings: Finding[]): void {
  if (own === theirs) return;
  const zh = part['zh-TW'];
  findings.push(
    problem(
      at,
      'translation-differs',
      theirs
        ? text(`it has a ${part.en}, and the original has none`, `這裡有${zh}，原文沒有`)
        : text(`it has no ${part.en}, and the original has one`, `這裡沒有${zh}，原文有`),
      text('give both the same parts', '兩個檔案的內容必須對應'),
    ),
  );
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
  compareParts(other.title.at, [step.task !== undefined, other.task !== undefined], task, findings);
  compareParts(other.title.at, [step.recap !== '', other.recap !== ''], recap, findings);
  compareHints(step, other, findings);
  for (const kind of ['checks', 'mistakes', 'alternatives'] as const) compareItems(step, other, kind, findings);
}

/** Each hint has a translation. */
function compareHints(step: StepSection, other: StepSection, findings: Finding[]): void {
  const [piece] = other.hints;
  const own = itemsOf(step.hints, []);
  const theirs = itemsOf(other.hints, findings);
  // what is not valid is reported as such
  if (!own || !theirs || own.length === theirs.length) return;
  findings.push(
    piece
      ? problem(
          piece.at,
          'translation-differs',
          text(
            `hints: ${theirs.length} here, ${own.length} in the original`,
            `提示：這裡有 ${theirs.length} 個，原文有 ${own.length} 個`,
          ),
          text('translate each', '請逐一翻譯'),
        )
      : problem(
          other.title.at,
          'translation-differs',
          text('it has no hints, and the original has some', '這裡沒有提示，原文有'),
          text(`add a block: ${opening('hints')}`, `請加上區塊：${opening('hints')}`),
        ),
  );
}

/** What a translation says in an item. */
const translatable = { checks: ['claim', 'try'], mistakes: ['what'], alternatives: ['what'] } as const;

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ...value }
    : typeof value === 'string'
      ? { [value]: {} }
      : {};
const idOf = (value: unknown): string | undefined => {
  const { id } = fieldsOf(value);
  return id === undefined ? undefined : String(id);
};

/** An item of a translation is that of the original with the same ID; without an ID, that at the same place. What it repeats says the same. */
function compareItems(step: StepSection, other: StepSection, kind: keyof typeof translatable, findings: Finding[]): void {
  const own = itemsOf(step[kind], []) ?? [];
  const words: readonly string[] = translatable[kind];
  const list = (and: string) => words.map((one) => `\`${one}\``).join(and);
  for (const [index, { value, at }] of (itemsOf(other[kind], findings) ?? []).entries()) {
    const id = idOf(value);
    const original = id === undefined ? own[index] : own.find((one) => idOf(one.value) === id);
    const said = fieldsOf(original?.value);
    const isSame = ([key, field]: [string, unknown]) =>
      words.includes(key) || JSON.stringify(field) === JSON.stringify(said[key]);
    if (original && Object.entries(fieldsOf(value)).every(isSame)) continue;
    const ids = own.flatMap((one) => idOf(one.value) ?? []);
    findings.push(
      problem(
        at,
        'translation-differs',
        original
          ? text(
              `it differs from that of the original in more than ${list(' and ')}`,
              `除了 ${list('、')} 以外，還有其他地方和原文不同`,
            )
          : text('the original has no such item in this step', '原文的這一步沒有這個項目'),
        original || id === undefined
          ? text('copy it from the original, or leave it out', '請從原文複製，或不要寫')
          : nearest(id, ids),
      ),
    );
  }
}

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

const differs = (at: SourceLocation, has: string, original: string, hasZh: string): Finding =>
  problem(
    at,
    'translation-differs',
    text(`it has ${has}, the original has ${original}`, `這裡有 ${hasZh}，原文有 ${original} 個`),
    text('give both files the same headings, in the same order', '兩個檔案的標題和順序必須相同'),
  );
