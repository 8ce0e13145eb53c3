import type { Lang } from '../../lab/text.ts';
import type { Step } from '../../lab/tutorial.ts';
import type { LearnState } from '../../learn/state.ts';
import { atRight, truncate, widthOf, wrap } from '../../report/terminal/layout.ts';
import { type CheckLines, checkList, compactChecks } from './check-list.ts';
import { labelled, type Page, textColumns, withProgress } from './page.ts';
import type { View } from './view.ts';
import { actionLine, wordsOf } from './words.ts';

/** The fewest lines of the explanation that are shown, where it has as many. */
const fewest = 3;

export interface StepPage {
  readonly lines: readonly string[];
  /** The explanation: the height of its window, and the largest number of lines above it. */
  readonly reading: { readonly window: number; readonly last: number };
}

/**
 * A step in at most `most` lines: what to do, why, what to read, hints, checks, and what the learner did last. Where the space is small, claims that need nothing
 * are cut, then counted, then the explanation gets a window that can be scrolled. The claim that needs the learner is shown whole.
 */
export function stepPage(page: Page, step: Step, state: LearnState, view: View, most: number): StepPage {
  const head = [headLine(page, step, state), ...labelled(page, wordsOf(page.lang).task, taskOf(step, page.lang))];
  const help = [...helpLines(page, step, state), ...faultLines(page, state)];
  const last = lastLine(page, state, view);
  const reading = readingLines(page, step);
  const room = most - head.length - help.length - 1;
  const shown =
    fitted(reading, checkList(page, state, view, 'whole'), room) ??
    fitted(reading, checkList(page, state, view, 'line'), room) ??
    fitted(reading, compactChecks(page, state, view, 'whole').lines, room) ??
    small(page, reading, compactChecks(page, state, view, 'line'), view, room);
  return {
    lines: [...head, ...shown.reading, ...help, ...shown.checks, last].slice(0, most),
    reading: { window: shown.window, last: Math.max(0, reading.length - shown.window) },
  };
}

interface Fitted {
  readonly reading: readonly string[];
  readonly checks: readonly string[];
  readonly window: number;
}

/** Everything, with an empty line before each part; undefined: there is not enough space. */
function fitted(reading: readonly string[], checks: readonly string[], room: number): Fitted | undefined {
  const spare = room - reading.length - checks.length;
  if (spare < 0) return undefined;
  const above = spare > 0 && reading.length > 0 ? [''] : [];
  const between = spare > 1 ? [''] : [];
  return { reading: [...above, ...reading], checks: [...between, ...checks], window: reading.length };
}

function small(page: Page, reading: readonly string[], { lines, needed }: CheckLines, view: View, room: number): Fitted {
  const whole = fitted(reading, lines, room);
  if (whole) return whole;
  const least = Math.min(reading.length, fewest);
  const rest = lines.length > needed ? 1 : 0;
  // one line of the explanation stays, with the line that says how to scroll
  const kept = cut(page, lines, Math.max(2, Math.min(needed + rest, room - 2), room - least - 1));
  const window = Math.max(1, room - kept.length - 1);
  const from = Math.min(view.scroll, Math.max(0, reading.length - window));
  const below = reading.length - window - from;
  const words = wordsOf(page.lang);
  const more = page.paint.dim(truncate(` ${below > 0 ? words.scroll(below) : words.scrolled}`, page.columns - 1));
  return { reading: [...reading.slice(from, from + window), more], checks: kept, window };
}

/** The first lines, and how many more there are. */
function cut({ paint, lang }: Page, lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), paint.dim(`   ${wordsOf(lang).more(lines.length - most + 1)}`)];
}

function headLine(page: Page, step: Step, state: LearnState): string {
  const title = truncate(`${state.at}  ${step.title[page.lang]}`, page.columns - 1);
  return withProgress(page, page.paint.bold(title), state);
}

/** What to do, without how. */
const taskOf = ({ title, task }: Step, lang: Lang): string => (task ?? title)[lang];

/** The explanation, and the important lines of the files that belong to the step. */
function readingLines(page: Page, step: Step): string[] {
  const { paint, lang, columns } = page;
  const teach = wrap(step.teach[lang], textColumns(page) - 1).map((line) => ` ${line}`);
  const files = (step.show ?? []).flatMap(({ file, lines }) => [
    ` ${wordsOf(lang).files} ${paint.bold(truncate(file, columns - 12))}`,
    ...lines.map((line) => paint.dim(truncate(`   ${line}`, columns - 1))),
  ]);
  return files.length > 0 ? [...teach, '', ...files] : teach;
}

/** The hints that were asked for; the last one is the solution. */
function helpLines(page: Page, { hints }: Step, state: LearnState): string[] {
  const words = wordsOf(page.lang);
  const isLast = (at: number) => at === hints.length - 1;
  const shown = hints.slice(0, state.hints).map((hint, at) => ({ hint: hint[page.lang], at }));
  const vague = shown
    .filter(({ at }) => !(isLast(at) && state.solutionShown))
    .flatMap(({ hint, at }) => labelled(page, words.hint(at + 1, hints.length), hint));
  const solution = state.solutionShown ? labelled(page, words.solution, hints[hints.length - 1]?.[page.lang] ?? '') : [];
  return [...vague, ...solution];
}

/** Why no command can do what the step asks for. */
function faultLines(page: Page, { fileFault, phase }: LearnState): string[] {
  if (!fileFault || phase !== 'working') return [];
  const { paint, lang } = page;
  const words = wordsOf(lang);
  const width = textColumns(page) - 3;
  const [first = '', ...rest] = wrap(fileFault.seen[lang], width);
  const help = fileFault.tryNext ? wrap(words.tryNext + fileFault.tryNext[lang], width) : [];
  return [
    ` ${paint.red(words.marks.lost)} ${first}`,
    ...rest.map((line) => `   ${line}`),
    ...help.map((line) => `   ${paint.yellow(line)}`),
  ];
}

function lastLine({ paint, lang, columns }: Page, { lastAction }: LearnState, { checking }: View): string {
  const words = wordsOf(lang);
  const what = lastAction ? actionLine(lastAction, lang) : words.nothingYet;
  const status = checking ? words.checking : '';
  const line = truncate(` ${words.last}${words.colon}${what}`, columns - 1 - (status === '' ? 0 : widthOf(status) + 2));
  return status === '' ? paint.dim(line) : atRight(paint.dim(line), paint.yellow(status), columns - 1);
}
