import type { Step, Tutorial } from '../../lab/tutorial.ts';
import type { Spread } from '../../lab/verdict.ts';
import type { Action, CheckState, LearnState } from '../../learn/state.ts';
import { stepAfter } from '../../learn/state.ts';
import { truncate, wrap } from '../../report/terminal/layout.ts';
import { renderSpread } from '../../report/terminal/spread.ts';
import { seenIn } from './follow.ts';
import { labelled, type Page, stepOf, textColumns, withProgress } from './page.ts';
import { actionLine, wordsOf } from './words.ts';

/** A step that passed: what the learner did, what was seen, what happened, and the solution if it was done differently. */
export function passLines(page: Page, tutorial: Tutorial, state: LearnState): string[] {
  const { paint, lang, columns } = page;
  const words = wordsOf(lang);
  const step = stepOf(tutorial, state.at);
  if (!step) return [];
  const did = state.performed
    ? labelled(page, words.performedFor, step.hints[2][lang])
    : state.lastAction
      ? labelled(page, words.did, actionLine(state.lastAction, lang))
      : [];
  const happened = step.recap ? labelled(page, words.happened, step.recap[lang]) : [];
  const differs = isDifferent(step, state) ? labelled(page, words.differs, step.hints[2][lang]) : [];
  return [
    `${paint.green(words.marks.passed)} ${paint.bold(truncate(`${state.at}  ${step.title[lang]}`, columns - 3))}`,
    ...did,
    ...evidenceOf(page, state.checks),
    ...happened,
    ...differs,
    ...(isFirstWithTraffic(state) ? wrap(words.probesCount, textColumns(page) - 1).map((line) => ` ${paint.dim(line)}`) : []),
  ];
}

/** The whole page after a pass. */
export function passPage(page: Page, tutorial: Tutorial, state: LearnState): string[] {
  const { lang } = page;
  const words = wordsOf(lang);
  const next = stepAfter(state, state.at);
  const title = next === undefined ? '' : `${next}  ${stepOf(tutorial, next)?.title[lang] ?? ''}`;
  const [first = '', ...lines] = passLines(page, tutorial, state);
  return [withProgress(page, first, state), ...lines, '', ...(next === undefined ? [] : labelled(page, words.nextStep, title))];
}

/** Whether it is the first step of the folder that observes the learner's traffic: from then on, the learner looks at counters and logs. */
const isFirstWithTraffic = ({ plan, at }: LearnState): boolean =>
  plan.find(({ checks }) => checks.some(({ mode }) => mode === 'once'))?.key === at;

/** What was seen: the claims with the most to see, as bars or as one line. */
function evidenceOf(page: Page, checks: readonly CheckState[]): string[] {
  const words = wordsOf(page.lang);
  const spread = checks.flatMap(({ claim, verdict }) =>
    verdict?.outcome === 'passed' && verdict.spread ? [{ claim, spread: verdict.spread }] : [],
  )[0];
  if (spread)
    return [
      ...labelled(page, words.saw, spread.claim[page.lang]),
      ...renderSpread({ ...page, columns: page.columns - 1, brief: true }, spread.spread, 3),
      ...wrap(words.ownProbes(sumOf(spread.spread)), textColumns(page) - 3).map((line) => `   ${page.paint.dim(line)}`),
    ];
  const shown = checks.find(({ verdict }) => verdict?.outcome === 'passed' && verdict.shown) ?? mostTelling(checks);
  return shown ? labelled(page, words.saw, `${shown.claim[page.lang]}${words.colon}${seenIn(shown, page.lang)}`).slice(0, 2) : [];
}

/** The first claim of a step that changes something; the last one of a step that observes, because those before lead to it. */
function mostTelling(checks: readonly CheckState[]): CheckState | undefined {
  const observes = checks.some(({ mode }) => mode === 'once');
  const passed = checks.filter(({ mark, mode }) => mark === 'passed' && mode === 'now');
  return observes ? passed.at(-1) : passed[0];
}

const sumOf = ({ bars }: Spread): number => bars.reduce((sum, { count }) => sum + count, 0);

/** Whether the learner typed something else than the solution. Unknown commands are not. */
function isDifferent({ hints }: Step, { lastAction, performed }: LearnState): boolean {
  if (!lastAction || performed) return false;
  // the engine reports a command in a container without quotes
  const bare = (line: string) => line.replace(/['"]/g, '').replace(/\s+/g, ' ').trim();
  return isKnown(lastAction) && !bare(hints[2].en).includes(bare(lastAction.what.replace(/^\S+: /, '')));
}

const isKnown = ({ kind }: Action): boolean => kind === 'command' || kind === 'exec';
