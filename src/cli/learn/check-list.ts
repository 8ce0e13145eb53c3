import type { CheckState, LearnState } from '../../learn/state.ts';
import { truncate, wrap } from '../../report/terminal/layout.ts';
import { seenIn } from './follow.ts';
import { type Page, textColumns } from './page.ts';
import type { View } from './view.ts';
import { causeLine, helpOf, wordsOf } from './words.ts';

/** The checks of a step, each on its line, with what is missing where that helps. */
export const checkList = (page: Page, { checks }: LearnState, view: View): string[] =>
  checks.flatMap((check) => checkLines(page, check, detailsOf(page, checks, check, view), true));

/** Those that are not true yet, lost ones first; the others are counted. */
export function compactChecks(page: Page, { checks }: LearnState, view: View): string[] {
  const { paint, lang } = page;
  const words = wordsOf(lang);
  const marked = (mark: CheckState['mark']) => checks.filter((one) => one.mark === mark);
  const [passed, later] = [marked('passed').length, marked('unseen').length];
  return [
    ...(passed > 0 ? [` ${paint.green(words.marks.passed)} ${words.passedSome(passed, checks.length)}`] : []),
    ...[...marked('lost'), ...marked('waiting')].flatMap((check) =>
      checkLines(page, check, detailsOf(page, checks, check, view)),
    ),
    ...(later > 0 ? [paint.dim(` ${words.marks.unseen} ${words.later(later)}`)] : []),
  ];
}

/** `whole`: what is missing is not cut. */
function checkLines(page: Page, check: CheckState, details: readonly string[], whole = false): string[] {
  const { paint, lang, columns } = page;
  const words = wordsOf(lang);
  const seen = seenIn(check, lang);
  const text = `${check.claim[lang]}${seen === '' ? '' : `${words.colon}${seen}`}`;
  const sign = words.marks[check.mark];
  if (check.mark === 'passed') return [` ${paint.green(sign)} ${truncate(text, columns - 4)}`];
  if (check.mark === 'unseen' || (check.mark === 'waiting' && !whole))
    return [paint.dim(` ${sign} ${truncate(text, columns - 4)}`), ...details];
  const style = check.mark === 'lost' ? (line: string) => line : paint.dim;
  const colour = check.mark === 'lost' ? paint.red : paint.dim;
  const [first = '', ...rest] = wrap(text, textColumns(page) - 3);
  return [` ${colour(sign)} ${style(first)}`, ...rest.map((line) => `   ${style(line)}`), ...details];
}

/**
 * Why a check is not true, and what to try: for one that was lost; and for the first of the others if the learner asked, if its cause is known, or if what is
 * seen has changed since the step began, so that something was tried.
 */
function detailsOf(page: Page, checks: readonly CheckState[], check: CheckState, { asked, initial }: View): string[] {
  const { lang, paint } = page;
  const words = wordsOf(lang);
  const { verdict, mark, cause } = check;
  const because = mark === 'lost' && cause ? wrapped(page, causeLine(cause, lang), paint.yellow) : [];
  if (verdict?.outcome !== 'failed') return because;
  const isFailed = (one: CheckState) => one.verdict?.outcome === 'failed';
  const isLasting = (one: CheckState) => one.verdict?.outcome === 'failed' && one.verdict.lasting !== undefined;
  const first = checks.find(isLasting) ?? checks.find((one) => one.mark === 'lost' && isFailed(one)) ?? checks.find(isFailed);
  const hasChanged = initial[check.id] !== undefined && initial[check.id] !== verdict.actual.en;
  if (first !== check || !(mark === 'lost' || asked || hasChanged || verdict.cause || verdict.lasting)) return because;
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
