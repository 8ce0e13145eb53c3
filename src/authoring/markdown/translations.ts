import type { Finding } from '../../lab/finding.ts';
import { type Lang, langs, type Text, text } from '../../lab/text.ts';
import { commandsIn } from './commands.ts';
import type { Outline, StepSection } from './sections.ts';
import { problem } from './yaml-block.ts';

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
  for (const lang of languages.filter((one) => one !== own)) {
    const other = translations[lang];
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
}

const differs = (
  at: Finding['where'] extends string ? Parameters<typeof problem>[0] : never,
  has: string,
  original: string,
  hasZh: string,
): Finding =>
  problem(
    at,
    'translation-differs',
    text(`it has ${has}, the original has ${original}`, `這裡有 ${hasZh}，原文有 ${original} 個`),
    text('give both files the same headings, in the same order', '兩個檔案的標題和順序必須相同'),
  );
