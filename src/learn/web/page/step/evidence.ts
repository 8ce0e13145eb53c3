import type { CheckState } from '../../../state.ts';

/** The check whose evidence is the most to see: one with a spread, or that asks to be shown, else the first claim of a step that changes something. */
export function mostToSee(checks: readonly CheckState[]): CheckState | undefined {
  const passed = checks.filter(({ mark }) => mark === 'passed');
  const spread = passed.find(({ verdict }) => verdict?.outcome === 'passed' && verdict.spread);
  const shown = passed.find(({ verdict }) => verdict?.outcome === 'passed' && verdict.shown);
  const now = passed.filter(({ mode }) => mode === 'now');
  // the checks of a step that observes lead to the last one
  const observes = checks.some(({ mode }) => mode === 'once');
  return spread ?? shown ?? (observes ? now.at(-1) : now[0]) ?? passed[0];
}
