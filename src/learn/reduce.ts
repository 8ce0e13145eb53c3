import { hasWorked } from '../checks/evidence/typed-commands.ts';
import type { CheckResult } from '../lab/event.ts';
import { type Text, text } from '../lab/text.ts';
import { attachedNote, isAttachedUp } from './attached-up.ts';
import { chosen, pressed } from './keys.ts';
import { begin, still } from './moves.ts';
import type { Action, CheckState, Effect, LearnEvent, LearnState, Next } from './state.ts';
import { stepAfter } from './state.ts';

/** The next state and what has to be done. Pure: uses no clock and no process. */
export function reduce(state: LearnState, event: LearnEvent): Next {
  switch (event.kind) {
    case 'began':
      return event.key === state.at && state.phase === 'beginning' ? began(state, event.results) : still(state);
    case 'result':
      return event.key === state.at ? resulted(state, event.result) : still(state);
    case 'looked':
      return event.key === state.at && state.phase === 'working' ? looked(state, event.at) : still(state);
    case 'acted':
      return acted(state, event.action);
    case 'key':
      return pressed(state, event.key);
    case 'chosen':
      return chosen(state, event.key);
    case 'ran':
      return still({ ...state, running: { line: event.line, output: event.output } });
    case 'performed':
      return performed(state, event.failure);
    case 'engine-lost':
      return still({ ...state, phase: state.phase === 'finished' ? 'finished' : 'lost', note: event.why });
    case 'engine-back':
      return state.phase === 'lost' ? begin(withoutNote(state), state.at) : still(state);
    case 'file-saved':
      return still({ ...withoutFault(state), ...(event.fault ? { fileFault: event.fault } : {}) });
    case 'note':
      return still({ ...state, note: event.note });
  }
}

const withoutNote = ({ note: _, ...state }: LearnState): LearnState => state;
const withoutFault = ({ fileFault: _, ...state }: LearnState): LearnState => state;
const withoutRunning = ({ running: _, ...state }: LearnState): LearnState => state;

/** `lab verify` reads whether the step was spoiled, and must not wait until the look has ended. */
function resulted(state: LearnState, result: CheckResult): Next {
  const after = { ...state, ...judged(state, result) };
  return { state: after, effects: isSpoiled(after) === isSpoiled(state) ? [] : [{ kind: 'save' }] };
}

/** What is true when a step begins is no evidence of the learner's work. */
function began(state: LearnState, results: readonly CheckResult[]): Next {
  const checks = results.reduce((checks, result) => judged({ ...state, checks }, result).checks, state.checks);
  return still({ ...state, checks, phase: 'working', evident: false });
}

function judged(state: LearnState, result: CheckResult): Pick<LearnState, 'checks' | 'evident'> {
  const before = state.checks.find((one) => one.id === result.id);
  const after = before && markOf(before, result, state.lastAction);
  if (!after) return state;
  const became = before.mark !== 'passed' && after.mark === 'passed';
  return {
    checks: state.checks.map((one) => (one === before ? after : one)),
    evident: state.evident || became,
  };
}

function markOf(before: CheckState, { verdict }: CheckResult, lastAction: Action | undefined): CheckState {
  // what was done stays done; a later look may have seen more of it
  if (before.mode === 'once' && before.mark === 'passed') return verdict.outcome === 'passed' ? { ...before, verdict } : before;
  // what could not be determined, as while a container is being removed, says nothing about what was seen before
  if (verdict.outcome === 'errored' && (before.mark === 'passed' || before.mark === 'lost')) return before;
  const { cause: earlier, ...check } = before;
  if (verdict.outcome === 'passed') return { ...check, verdict, mark: 'passed' };
  if (verdict.outcome === 'skipped' || verdict.outcome === 'errored') return { ...check, verdict, mark: 'unseen' };
  if (before.mark === 'lost') return { ...check, verdict, mark: 'lost', ...(earlier ? { cause: earlier } : {}) };
  if (before.mark === 'passed') return { ...check, verdict, mark: 'lost', ...(lastAction ? { cause: lastAction } : {}) };
  return { ...check, verdict, mark: 'waiting' };
}

/** Whether a claim of the step cannot become true any more: the step has to be set up again. */
export const isSpoiled = ({ checks }: Pick<LearnState, 'checks'>): boolean =>
  checks.some(({ verdict }) => verdict?.outcome === 'failed' && verdict.lasting !== undefined);

/** Only after a whole look: a mark from an earlier look may no longer be true. */
function looked(state: LearnState, at: string): Next {
  if (isSpoiled(state) || !state.evident || state.checks.some((one) => one.mark !== 'passed')) return still(state);
  const { hints, solutionShown, performed } = state;
  const progress = { ...state.progress, [state.at]: { outcome: 'passed', at, hints, solutionShown, performed } as const };
  const next = stepAfter(state, state.at);
  const effects: Effect[] = [{ kind: 'save' }, ...(next === undefined ? [] : [{ kind: 'prepare', key: next } as const])];
  const phase = next === undefined ? 'finished' : 'passed';
  const note = state.lastAction && isAttachedUp(state.lastAction) ? { note: attachedNote } : {};
  return { state: { ...withoutNote(state), ...note, phase, progress }, effects };
}

/**
 * Whether an action alone is the work that the step is about: traffic for a step that observes traffic, else a build, which may have the same result as
 * before. Other commands are not: while one is still working, what it makes false is still true.
 */
const isWork = (state: LearnState, action: Action): boolean =>
  state.checks.some((one) => one.mode === 'once') ? isTraffic(action) : action.built === true;

/** A command in a container counts when it has ended and did its work. */
const isTraffic = ({ kind, what, exitCode }: Action): boolean =>
  kind === 'traffic' || (kind === 'exec' && hasWorked(what.replace(/^\S+: /, ''), exitCode));

function acted(state: LearnState, action: Action): Next {
  const isSame = action.id !== undefined && action.id === state.lastAction?.id;
  const isEnd = action.exitCode !== undefined;
  const known = { ...state, ...((isSame || isEnd) && state.lastAction ? {} : { lastAction: action }) };
  // who types the next command has read enough: the step that follows was prepared before it
  const next = stepAfter(state, state.at);
  const goesOn = !isSame && !isEnd && action.kind !== 'edit' && action.kind !== 'traffic';
  if (state.phase === 'passed' && next !== undefined && goesOn) {
    const started = begin(known, next);
    return { state: { ...started.state, lastAction: action }, effects: [...started.effects, { kind: 'look' }] };
  }
  if (state.phase !== 'working') return still(known);
  return { state: { ...known, evident: known.evident || isWork(state, action) }, effects: [{ kind: 'look' }] };
}

function performed(state: LearnState, failure: Text | undefined): Next {
  const ended = withoutRunning(state);
  if (state.phase === 'restoring') {
    const next = begin(withoutNote(ended), state.at);
    return failure ? { ...next, state: { ...next.state, note: failure } } : next;
  }
  if (state.phase !== 'performing') return still(ended);
  const note = failure ?? text('Done. The checks look at the result.', '已執行。檢查會查看結果。');
  return { state: { ...ended, phase: 'working', performed: true, evident: true, note }, effects: [{ kind: 'look' }] };
}
