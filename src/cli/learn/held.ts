import type { Key, LearnEvent, LearnState } from '../../learn/state.ts';

/**
 * The steps that passed and that the learner has not left with Enter, the oldest first, each as it was when it passed. A command in the other terminal continues the session;
 * what a step taught stays on the screen nevertheless.
 */
export type Held = readonly LearnState[];

/** What is held after an event. */
export function heldAfter(held: Held, state: LearnState, event: LearnEvent, before: LearnState): Held {
  if (state.phase === 'restoring' && before.phase !== 'restoring') return [];
  if (state.phase === 'passed' && before.phase === 'working') return [...held, state];
  const left = event.kind === 'key' && before.phase === 'passed' && state.phase !== 'passed';
  return left ? held.filter(({ at }) => at !== before.at) : held;
}

/** The step that is shown although the session has continued after it; undefined: the session's own state is shown. */
export function shownInstead([first]: Held, { phase, at, dialog }: LearnState): LearnState | undefined {
  if (!first || dialog || phase === 'lost' || phase === 'restoring') return undefined;
  return phase === 'passed' && at === first.at ? undefined : first;
}

/** What a key does while such a step is shown: Enter leaves it, and keys for the current step show that first; others are the session's. */
export function heldOnKey(held: Held, state: LearnState, key: Key): { readonly held: Held; readonly isDone: boolean } {
  if (!shownInstead(held, state)) return { held, isDone: false };
  if (key === 'enter') return { held: held.slice(1), isDone: true };
  return toStep.includes(key) ? { held: [], isDone: true } : { held, isDone: false };
}

const toStep: readonly Key[] = ['hint', 'solution', 'perform', 'reset', 'check'];
