import { type LearnState, type Next, stateAt } from './state.ts';

export const still = (state: LearnState): Next => ({ state, effects: [] });

/** Begins a step. Progress, and a fault of the Compose file, are kept. */
export function begin(state: LearnState, key: string): Next {
  const { fileFault } = state;
  const begun = { ...stateAt(state.plan, key, state.progress), ...(fileFault ? { fileFault } : {}) };
  return { state: begun, effects: [{ kind: 'save' }, { kind: 'begin', key }] };
}
