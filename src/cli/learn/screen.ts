import type { Lang } from '../../lab/text.ts';
import type { Step, Tutorial } from '../../lab/tutorial.ts';
import type { CheckState, LearnState } from '../../learn/state.ts';
import { truncate, wrap } from '../../report/terminal/layout.ts';
import type { Screen } from '../../report/terminal/screen.ts';
import { seenIn } from './follow.ts';
import { causeLine, clockTime, wordsOf } from './words.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

interface Page extends ScreenSize {
  readonly paint: Screen['paint'];
  readonly lang: Lang;
}

/** The screen of live mode: lines of at most `columns`, fewer than `rows`. Parts that help least are left out where the terminal is small. */
export function renderScreen(
  { paint }: Pick<Screen, 'paint'>,
  lang: Lang,
  size: ScreenSize,
  tutorial: Tutorial,
  state: LearnState,
): string[] {
  const page = { ...size, paint, lang };
  const most = Math.max(4, size.rows - 1);
  const bottom = footer(page, state);
  const body = state.dialog
    ? dialogLines(page, tutorial, state, most - bottom.length - 1)
    : stepLines(page, tutorial, state, most - bottom.length);
  return [...body.slice(0, most - bottom.length), ...bottom];
}

function stepOf(tutorial: Tutorial, key: string): Step | undefined {
  const [lab, step] = key.split('/');
  return tutorial.labs.find(({ id }) => id === lab)?.steps.find(({ id }) => id === step);
}

function stepLines(page: Page, tutorial: Tutorial, state: LearnState, most: number): string[] {
  const { paint, lang, columns } = page;
  const step = stepOf(tutorial, state.at);
  if (!step) return [];
  const words = wordsOf(lang);
  const done = state.plan.filter(({ key }) => state.progress[key]).length;
  const count = words.progress(done, state.plan.length);
  const head = [paint.bold(truncate(`${state.at}  ${step.title[lang]}  ·  ${count}`, columns - 1))];
  const teach = wrap(step.teach[lang], columns - 2).map((line) => ` ${line}`);
  const files = (step.show ?? []).flatMap((file) => fileLines(page, file));
  const hints = step.hints
    .slice(0, state.hints)
    .flatMap((hint, at) => labelled(page, words.hint(at + 1, state.hints === 0 ? 3 : step.hints.length), hint[lang]));
  const solution = state.solutionShown ? labelled(page, words.solution, step.hints[2][lang]) : [];
  const task = labelled(page, words.task, taskOf(step, lang));
  const last = state.lastAction
    ? paint.dim(truncate(` ${words.last}${words.colon}${clockTime(state.lastAction.at)} ${state.lastAction.what}`, columns - 1))
    : paint.dim(truncate(` ${words.last}${words.colon}${words.nothingYet}`, columns - 1));
  const fixed = head.length + task.length + hints.length + solution.length + 2;
  const checks = checkLines(page, state, Math.max(3, most - fixed - Math.min(teach.length, 3) - 1));
  const left = most - fixed - checks.length - 1;
  const shownTeach = teach.slice(0, Math.max(0, left));
  const shownFiles = files.length > 0 && left - shownTeach.length > files.length ? ['', ...files] : [];
  const gap = left - shownTeach.length - shownFiles.length > 0 ? [''] : [];
  return [...head, ...shownTeach, ...shownFiles, ...gap, ...task, ...hints, ...solution, ...checks, last];
}

/** What to do, without how. */
const taskOf = ({ title, task }: Step, lang: Lang): string => (task ?? title)[lang];

function labelled({ paint, columns }: Page, label: string, text: string): string[] {
  const [first = '', ...rest] = wrap(`${label}  ${text}`, columns - 2);
  return [` ${paint.cyan(first.slice(0, label.length))}${first.slice(label.length)}`, ...rest.map((line) => ` ${line}`)];
}

function fileLines({ paint, lang, columns }: Page, { file, lines }: NonNullable<Step['show']>[number]): string[] {
  return [` ${wordsOf(lang).files} ${paint.bold(file)}`, ...lines.map((line) => paint.dim(truncate(`   ${line}`, columns - 1)))];
}

/** The checks; where there is no space for all, those that passed are counted. */
function checkLines(page: Page, { checks }: LearnState, most: number): string[] {
  const { paint, lang } = page;
  const lines = checks.flatMap((check) => checkLine(page, check));
  if (lines.length <= most) return lines;
  const open = checks.filter((one) => one.mark !== 'passed');
  const count = checks.length - open.length;
  const sum = ` ${paint.green(wordsOf(lang).marks.passed)} ${count}/${checks.length}`;
  const rest = open.flatMap((check) => checkLine(page, check));
  const more = rest.length - (most - 2);
  return more > 1 ? [sum, ...rest.slice(0, most - 2), paint.dim(`   ${wordsOf(lang).more(more)}`)] : [sum, ...rest];
}

function checkLine({ paint, lang, columns }: Page, check: CheckState): string[] {
  const words = wordsOf(lang);
  const seen = seenIn(check, lang);
  const sign = words.marks[check.mark];
  const text = `${check.claim[lang]}${seen === '' ? '' : `${words.colon}${seen}`}`;
  const line = truncate(text, columns - 4);
  if (check.mark === 'passed') return [` ${paint.green(sign)} ${line}`];
  if (check.mark !== 'lost') return [paint.dim(` ${sign} ${line}`)];
  const cause = check.cause ? [`   ${truncate(causeLine(check.cause, lang), columns - 5)}`] : [];
  return [` ${paint.red(sign)} ${line}`, ...cause];
}

function footer({ paint, lang, columns }: Page, state: LearnState): string[] {
  const words = wordsOf(lang);
  const phase: Partial<Record<LearnState['phase'], string>> = {
    beginning: words.beginning,
    restoring: words.restoring,
    lost: words.lost,
  };
  const running =
    state.running &&
    truncate(`${words.performing} ${state.running.line}${state.running.output ? `  ${state.running.output}` : ''}`, columns - 1);
  const status = running ?? state.note?.[lang] ?? phase[state.phase];
  const keys = state.dialog
    ? state.dialog.kind === 'list'
      ? words.listKeys
      : ''
    : state.phase === 'finished'
      ? words.finishedKeys
      : state.phase === 'passed'
        ? words.passedKeys
        : words.keys;
  return [
    ...(status ? wrap(status, columns - 1).map(paint.yellow) : []),
    ...(keys ? [paint.dim(truncate(keys, columns - 1))] : []),
  ];
}

function dialogLines(page: Page, tutorial: Tutorial, state: LearnState, most: number): string[] {
  const { paint, lang, columns } = page;
  const words = wordsOf(lang);
  const { dialog } = state;
  if (dialog?.kind === 'help') return words.help.map((line) => truncate(line, columns - 1));
  if (dialog?.kind === 'confirm') return wrap(words.confirm(dialog.to), columns - 1);
  const at = dialog?.at ?? 0;
  const from = Math.max(0, Math.min(at - Math.floor(most / 2), state.plan.length - most));
  return state.plan.slice(from, from + most).map(({ key }, index) => {
    const sign = state.progress[key] ? words.marks.passed : ' ';
    const line = truncate(`${sign} ${key}  ${stepOf(tutorial, key)?.title[lang] ?? ''}`, columns - 4);
    return from + index === at ? paint.bold(`▸ ${line}`) : `  ${line}`;
  });
}

/** What is kept above the screen after a pass: the step, what the learner did and what was seen; and the solution, if it was done differently. */
export function passLines(
  { paint }: Pick<Screen, 'paint'>,
  lang: Lang,
  columns: number,
  tutorial: Tutorial,
  state: LearnState,
): string[] {
  const words = wordsOf(lang);
  const step = stepOf(tutorial, state.at);
  const did = state.lastAction?.what;
  const seen = state.checks.map((check) => seenIn(check, lang)).find((one) => one !== '');
  const solution = step?.hints[2][lang] ?? '';
  const line = (label: string, text: string | undefined) =>
    text ? [truncate(`  ${label}${words.colon}${text}`, columns - 1)] : [];
  const differs = did !== undefined && !state.performed && !solution.includes(did.replace(/^\S+: /, ''));
  return [
    `${paint.green('✓')} ${paint.bold(truncate(`${state.at}  ${step?.title[lang] ?? ''}`, columns - 3))}`,
    ...line(words.did, did && state.lastAction ? `${clockTime(state.lastAction.at)} ${did}` : undefined),
    ...line(words.saw, seen),
    ...(differs ? line(words.differs, solution) : []),
  ];
}
