import type { CheckState, LearnState } from '../../learn/state.ts';
import { truncate, wrap } from '../../report/terminal/layout.ts';
import { seenIn } from './follow.ts';
import { type Page, textColumns } from './page.ts';
import type { View } from './view.ts';
import { causeLine, helpOf, wordsOf } from './words.ts';

/** The lines of some checks. */
export interface CheckLines {
  readonly lines: readonly string[];
  /** How many of them, from the first, are about what the learner has to do: they are not left out. */
  readonly needed: number;
}

/** How much of a check is shown: all of it, `line`: one line. */
type Fit = 'whole' | 'line';

/** The checks of a step, in their order; `passed`: how much of those that are true is shown. */
export const checkList = (page: Page, state: LearnState, view: View, passed: Fit): string[] =>
  state.checks.flatMap((check) => checkLines(page, check, detailsOf(page, state, check, view), fitOf(check, passed)));

const fitOf = ({ mark }: CheckState, passed: Fit): Fit => (mark === 'passed' || mark === 'unseen' ? passed : 'whole');

/** Those that are not true yet: first the one that needs the learner, whole, then lost ones; `others`: how much of these is shown. The rest is counted. */
export function compactChecks(page: Page, state: LearnState, view: View, others: Fit): CheckLines {
  const { paint, lang } = page;
  const { checks } = state;
  const words = wordsOf(lang);
  const marked = (mark: CheckState['mark']) => checks.filter((one) => one.mark === mark);
  const [passed, later] = [marked('passed').length, marked('unseen').length];
  const first = firstOpen(checks);
  const shown = (check: CheckState, fit: Fit) => checkLines(page, check, detailsOf(page, state, check, view), fit);
  const needed = [
    ...(passed > 0 ? [` ${paint.green(words.marks.passed)} ${words.passedSome(passed, checks.length)}`] : []),
    ...(first ? shown(first, 'whole') : []),
  ];
  const rest = [...marked('lost'), ...marked('waiting')].filter((check) => check !== first);
  return {
    lines: [
      ...needed,
      ...rest.flatMap((check) => shown(check, others)),
      ...(later > 0 ? [paint.dim(` ${words.marks.unseen} ${words.later(later)}`)] : []),
    ],
    needed: needed.length,
  };
}

/** The check that needs the learner: the first that cannot become true any more, else that was lost, else that failed, else that is open; undefined: none. */
const firstOpen = (checks: readonly CheckState[]): CheckState | undefined =>
  checks.find(isLasting) ??
  checks.find((one) => one.mark === 'lost' && isFailed(one)) ??
  checks.find(isFailed) ??
  checks.find(({ mark }) => mark === 'lost' || mark === 'waiting');

const isFailed = ({ verdict }: CheckState): boolean => verdict?.outcome === 'failed';
const isLasting = ({ verdict }: CheckState): boolean => verdict?.outcome === 'failed' && verdict.lasting !== undefined;

function checkLines(page: Page, check: CheckState, details: readonly string[], fit: Fit): string[] {
  const { paint, lang } = page;
  const words = wordsOf(lang);
  const seen = seenIn(check, lang);
  const text = `${check.claim[lang]}${seen === '' ? '' : `${words.colon}${seen}`}`;
  const colour = { passed: paint.green, lost: paint.red, waiting: paint.dim, unseen: paint.dim }[check.mark];
  const style = check.mark === 'passed' || check.mark === 'lost' ? (line: string) => line : paint.dim;
  const width = textColumns(page) - 3;
  const [first = '', ...rest] = fit === 'whole' ? wrap(text, width) : [truncate(text, page.columns - 4)];
  return [` ${colour(words.marks[check.mark])} ${style(first)}`, ...rest.map((line) => `   ${style(line)}`), ...details];
}

/**
 * Why a check is not true, and what to try: for one that was lost; and for the first of the others if the learner asked, if its cause is known, or if what is
 * seen has changed since the step began, so that something was tried.
 */
function detailsOf(page: Page, state: LearnState, check: CheckState, { asked, initial }: View): string[] {
  const { lang, paint } = page;
  const words = wordsOf(lang);
  const { verdict, mark, cause } = check;
  const because = mark === 'lost' && cause ? wrapped(page, causeLine(cause, lang), paint.yellow) : [];
  // with a fault in the Compose file, what a check suggests cannot work
  if (verdict?.outcome !== 'failed' || state.fileFault) return because;
  const before = initial[check.id];
  const hasChanged = before !== undefined && before !== verdict.actual.en;
  const isShown = mark === 'lost' || asked || hasChanged || verdict.cause || verdict.lasting;
  if (firstOpen(state.checks) !== check || !isShown) return because;
  const { said } = verdict;
  const logged = said ? said.lines.slice(-2).flatMap((line) => wrapped(page, `${words.log(said.service)}${line}`)) : [];
  const expected = asked ? wrapped(page, words.expected + verdict.expected[lang]) : [];
  return [
    ...because,
    ...expected,
    ...logged,
    ...wrapped(page, (verdict.lasting ? '' : words.tryNext) + helpOf(verdict, lang), paint.yellow),
  ];
}

const wrapped = (page: Page, text: string, style = (line: string) => line): string[] =>
  wrap(text, textColumns(page) - 4).map((line) => `   ${style(line)}`);
