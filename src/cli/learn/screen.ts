import type { Tutorial } from '../../lab/tutorial.ts';
import type { LearnState } from '../../learn/state.ts';
import { truncate, widthOf, wrap } from '../../report/terminal/layout.ts';
import type { CallOf } from '../call-line.ts';
import { membershipLine } from '../class/membership-line.ts';
import { endingLines } from './ending.ts';
import { type Page, stepOf, textColumns } from './page.ts';
import { passLines, passPage } from './pass-page.ts';
import { stepPage } from './step-page.ts';
import { newView, type View } from './view.ts';
import { wordsOf } from './words.ts';

export interface Shown {
  /** At most `rows`, each narrower than `columns`. */
  readonly lines: readonly string[];
  /** The explanation: the height of its window, and the largest number of lines above it. */
  readonly reading: { readonly window: number; readonly last: number };
}

const unread = { window: 0, last: 0 };

const byName: CallOf = (command) => `lab ${command}`;

/** The screen of live mode. `call`: how this program is called. */
export function renderScreen(
  page: Page,
  tutorial: Tutorial,
  state: LearnState,
  view: View = newView,
  call: CallOf = byName,
): Shown {
  const most = Math.max(4, page.rows);
  const bottom = footer(page, state, view);
  const room = Math.max(2, most - bottom.length);
  const step = stepOf(tutorial, state.at);
  if (state.dialog) return framed(dialogLines(page, tutorial, state, room - 1), bottom, room);
  if (state.phase === 'finished') return framed(endPage(page, tutorial, state, call, room), bottom, room);
  if (state.phase === 'passed') return framed(passPage(page, tutorial, state), bottom, room);
  if (!step) return framed([], bottom, room);
  const { lines, reading } = stepPage(page, step, state, view, room);
  return { ...framed(lines, bottom, room), reading };
}

/** The last step that passed, as far as there is space, and the ending. */
function endPage(page: Page, tutorial: Tutorial, state: LearnState, call: CallOf, room: number): string[] {
  const ending = endingLines(page, tutorial, state, call);
  const passed = [...passLines(page, tutorial, state), ''];
  return passed.length + ending.length <= room ? [...passed, ...ending] : [...passed.slice(0, 1), '', ...ending];
}

const framed = (lines: readonly string[], bottom: readonly string[], room: number): Shown => ({
  lines: [...lines.slice(0, room), ...bottom],
  reading: unread,
});

/** The most lines of a message. */
const longest = 4;

/** What happens now, and the keys. */
function footer(page: Page, state: LearnState, view: View): string[] {
  const { paint, columns, membership, lang } = page;
  const status = statusOf(page, state, view);
  // what a command prints is cut: it changes all the time
  const lines =
    status && state.running && !state.dialog ? [truncate(status, columns - 1)] : status ? wrap(status, columns - 1) : [];
  const shown =
    lines.length > longest ? [...lines.slice(0, longest - 1), truncate(lines.slice(longest - 1).join(' '), columns - 1)] : lines;
  return [
    ...shown.map((line) => paint.yellow(line)),
    ...(membership && !state.dialog ? [paint.dim(truncate(membershipLine(membership, lang), columns - 1))] : []),
    ...keyLines(keysOf(page, state), columns - 1).map((line) => paint.dim(line)),
  ];
}

function statusOf({ lang }: Page, state: LearnState, { past, checking, ahead }: View): string | undefined {
  const words = wordsOf(lang);
  if (state.dialog) return undefined;
  if (ahead !== undefined) return words.ahead(ahead);
  const { running } = state;
  if (running) return `${words.performing} ${running.line}${running.output ? `  ${running.output}` : ''}`;
  if (state.note && state.note !== past) return state.note[lang];
  if (state.fileFault && state.phase !== 'working') return state.fileFault.seen[lang];
  if (state.phase === 'beginning') return words.beginning;
  if (state.phase === 'restoring') return words.restoring;
  if (state.phase === 'lost') return words.lost;
  if (state.phase !== 'working' || state.checks.some(({ mark }) => mark !== 'passed')) return undefined;
  if (!state.evident) return words.alreadyTrue;
  return checking ? words.allTrue : undefined;
}

function keysOf({ lang, membership }: Page, { dialog, phase }: LearnState): string {
  const words = wordsOf(lang);
  const help =
    membership && membership.phase !== 'ended' && membership.phase !== 'refused'
      ? ` · ${membership.help ? words.noHelpKey : words.askKey}`
      : '';
  if (dialog) return { list: words.listKeys, confirm: words.confirmKeys, help: words.helpKeys }[dialog.kind];
  if (phase === 'finished') return words.finishedKeys + help;
  return (phase === 'passed' ? words.passedKeys : words.keys) + help;
}

/** Keys are broken between two of them. */
function keyLines(keys: string, columns: number): string[] {
  const lines: string[] = [];
  for (const key of keys.split(' · ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(`${last} · ${key}`) <= columns) lines[lines.length - 1] = `${last} · ${key}`;
    else lines.push(truncate(key, columns));
  }
  return lines;
}

function dialogLines(page: Page, tutorial: Tutorial, state: LearnState, most: number): string[] {
  const { paint, lang, columns } = page;
  const words = wordsOf(lang);
  const { dialog } = state;
  if (dialog?.kind === 'help') return words.help.map((line) => truncate(line, columns - 1));
  if (dialog?.kind === 'confirm')
    return wrap((dialog.to === state.at ? words.confirmReset : words.confirm)(dialog.to), textColumns(page));
  const at = dialog?.at ?? 0;
  const from = Math.max(0, Math.min(at - Math.floor(most / 2), state.plan.length - most));
  return state.plan.slice(from, from + most).map(({ key }, index) => {
    const passed = state.progress[key] !== undefined;
    const line = truncate(`${key}  ${stepOf(tutorial, key)?.title[lang] ?? ''}`, columns - 6);
    const sign = passed ? paint.green(words.marks.passed) : ' ';
    return from + index === at ? `${paint.cyan('▸')} ${sign} ${paint.bold(line)}` : `  ${sign} ${line}`;
  });
}
