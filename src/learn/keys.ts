import { text } from '../lab/text.ts';
import { begin, still } from './moves.ts';
import { type Key, type LearnState, type Next, plannedStep, stepAfter } from './state.ts';

/** What a key does. */
export function pressed(state: LearnState, key: Key): Next {
  if (key === 'quit') return { state, effects: [{ kind: 'save' }, { kind: 'quit' }] };
  if (state.dialog) return inDialog(state, key);
  const { note: _, ...quiet } = state;
  switch (key) {
    case 'help':
      return still({ ...quiet, dialog: { kind: 'help' } });
    case 'list':
      return still({ ...quiet, dialog: { kind: 'list', at: state.plan.findIndex((one) => one.key === state.at) } });
    case 'enter':
      return onEnter(quiet);
    default:
      return state.phase === 'working' ? atWork(quiet, key) : still(quiet);
  }
}

function atWork(state: LearnState, key: Key): Next {
  switch (key) {
    case 'hint':
      return still({ ...state, hints: Math.min(state.hints + 1, plannedStep(state, state.at).hints) });
    case 'solution':
      return still({ ...state, solutionShown: true });
    case 'check':
      return { state: { ...state, note: text('Looked again.', '已重新檢查。') }, effects: [{ kind: 'look' }] };
    case 'perform':
      return { state: { ...state, phase: 'performing' }, effects: [{ kind: 'perform', key: state.at }] };
    case 'reset':
      return still({ ...state, dialog: { kind: 'confirm', to: state.at } });
    default:
      return still(state);
  }
}

/**
 * Asks whether to begin a step: its stack is prepared, which removes the containers. An unknown key is ignored. While labwright runs commands, no other step can begin:
 * they would run at the same time in one project.
 */
export function chosen(state: LearnState, key: string): Next {
  if (!state.plan.some((one) => one.key === key)) return still(state);
  const { note: _, dialog: __, ...quiet } = state;
  if (state.phase === 'performing' || state.phase === 'restoring') return still({ ...quiet, note: busy });
  return still({ ...quiet, dialog: { kind: 'confirm', to: key } });
}

const busy = text('Commands are still running. Choose the step when they have ended.', '指令還在執行。請等執行完再選步驟。');

/** Continues after a pass, or where everything was true from the start. */
function onEnter(state: LearnState): Next {
  const next = stepAfter(state, state.at);
  if (state.phase === 'finished') return { state, effects: [{ kind: 'quit' }] };
  if (state.phase === 'passed' && next !== undefined) return begin(state, next);
  if (state.phase !== 'working') return still(state);
  const holds = state.checks.every((one) => one.mark === 'passed');
  const note = holds
    ? text(
        'Everything was true before you did anything. Do the task all the same, or press l to go to another step.',
        '這一步在你動手之前就已經成立。仍請照任務做一次，或按 l 前往其他步驟。',
      )
    : text(
        'This step has not passed yet. h shows a hint; l goes to another step.',
        '這一步還沒有通過。按 h 看提示，按 l 前往其他步驟。',
      );
  return still({ ...state, note });
}

function inDialog(state: LearnState, key: Key): Next {
  const { dialog, ...closed } = state;
  if (dialog?.kind === 'list') {
    const last = state.plan.length - 1;
    if (key === 'up') return still({ ...state, dialog: { kind: 'list', at: Math.max(0, dialog.at - 1) } });
    if (key === 'down') return still({ ...state, dialog: { kind: 'list', at: Math.min(last, dialog.at + 1) } });
    const to = state.plan[dialog.at]?.key;
    if (key === 'enter' && to !== undefined) return chosen(state, to);
  }
  if (dialog?.kind === 'confirm' && key === 'yes') {
    const { state: moved } = begin(closed, dialog.to);
    return { state: { ...moved, phase: 'restoring' }, effects: [{ kind: 'save' }, { kind: 'restore', key: dialog.to }] };
  }
  return still(closed);
}
