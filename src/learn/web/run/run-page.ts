import { capped, mapTexts, multiLine } from '../../../formats/untrusted-text.ts';
import type { RunEvent } from '../../../lab/event.ts';
import { joinTexts } from '../../../lab/text.ts';
import type { RunCheck, RunCommand, RunPageState } from '../protocol.ts';

/** What happens to a run that a page shows: its events, and those of its pause. */
export type RunPageEvent =
  | RunEvent
  /** Whether the run stops before each next step. */
  | { readonly kind: 'pause-set'; readonly pause: boolean }
  /** The run waits before its next step; or it continues. */
  | { readonly kind: 'paused' | 'continued' };

/** A run as a page shows it, and what the next states need. */
export interface RunView {
  readonly page: RunPageState;
  /** The page before the current step: a step that is skipped does not replace the one that did not pass. */
  readonly before?: RunPageState;
}

/** The last lines of a command's output that a page shows, and how long each may be. */
const mostLines = 12;
const mostCharacters = 200;
/** The last commands of a step that a page shows. */
const mostCommands = 20;

export const newRunView = (pause: boolean): RunView => ({
  page: { phase: 'starting', pause, commands: [], checks: [], outcomes: {} },
});

/** What the page shows after an event. Pure: uses no clock and no process. */
export function runViewAfter(view: RunView, event: RunPageEvent): RunView {
  const { page } = view;
  switch (event.kind) {
    case 'step-started':
      return stepStarted(view, `${event.lab}/${event.step}`);
    case 'step-finished':
      return stepFinished(view, event);
    case 'command-started': {
      const commands = [...page.commands, { line: event.line, output: [] }].slice(-mostCommands);
      return { ...view, page: { ...page, commands } };
    }
    case 'command-output':
      return { ...view, page: { ...page, commands: inLast(page.commands, (one) => printed(one, event.line)) } };
    case 'command-finished': {
      const ended = (one: RunCommand) => (one.line === event.line ? { ...one, exitCode: event.exitCode } : one);
      return { ...view, page: { ...page, commands: inLast(page.commands, ended) } };
    }
    default:
      return { ...view, page: pageAfter(page, event) };
  }
}

type Others = Exclude<
  RunPageEvent,
  { kind: 'step-started' | 'step-finished' | 'command-started' | 'command-output' | 'command-finished' }
>;

function pageAfter(page: RunPageState, event: Others): RunPageState {
  switch (event.kind) {
    case 'lab-started':
    case 'continued':
      return { ...page, phase: 'running' };
    case 'paused':
      return { ...page, phase: 'paused' };
    case 'pause-set':
      return { ...page, pause: event.pause };
    case 'note':
      return { ...page, note: mapTexts(event.text, multiLine) };
    case 'verify-started':
      return { ...page, checks: event.checks };
    case 'check-finished':
      return { ...page, checks: judged(page.checks, event.result) };
    case 'teardown-started':
      return { ...page, phase: 'removing' };
    case 'run-finished':
      return { ...page, phase: 'finished' };
    case 'run-started':
    case 'lab-finished':
    case 'teardown-finished':
      return page;
  }
}

/** What the step before printed stays until this one has begun. */
function stepStarted({ page }: RunView, at: string): RunView {
  const { note: _, ...rest } = page;
  return { page: { ...rest, at, phase: 'running', commands: [], checks: [] }, before: page };
}

function stepFinished(view: RunView, event: Extract<RunEvent, { kind: 'step-finished' }>): RunView {
  const { page, before } = view;
  const { outcome, reason } = event;
  const outcomes = { ...page.outcomes, [`${event.lab}/${event.step}`]: outcome };
  if (outcome === 'skipped' && before) return { page: { ...before, phase: page.phase, outcomes } };
  const why = reason && joinTexts([reason.message, reason.hint], { en: '. ', 'zh-TW': '。' });
  const note = why ? { note: mapTexts(why, multiLine) } : {};
  return { page: { ...page, outcomes, ...note } };
}

const inLast = (commands: readonly RunCommand[], change: (one: RunCommand) => RunCommand): readonly RunCommand[] =>
  commands.map((one, at) => (at === commands.length - 1 ? change(one) : one));

const printed = (command: RunCommand, line: string): RunCommand => ({
  ...command,
  output: [...command.output, capped(line, mostCharacters)].slice(-mostLines),
});

function judged(
  checks: readonly RunCheck[],
  { id, claim, verdict }: Extract<RunEvent, { kind: 'check-finished' }>['result'],
): RunCheck[] {
  // a verdict contains text of the stack
  const result = { id, claim, verdict: mapTexts(verdict, multiLine) };
  return checks.some((one) => one.id === id) ? checks.map((one) => (one.id === id ? result : one)) : [...checks, result];
}
