import { type LearnState, type Next, stateAt } from './state.ts';

export const still = (state: LearnState): Next => ({ state, effects: [] });

/** Begins a step. Progress is kept. */
export function begin(state: LearnState, key: string): Next {
  return { state: stateAt(state.plan, key, state.progress), effects: [{ kind: 'save' }, { kind: 'begin', key }] };
}
