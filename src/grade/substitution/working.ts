import type { Lab } from '../../lab/tutorial.ts';
import type { Rubric } from '../rubric/rubric.ts';
import { findingsOf, type StepDone } from '../scoring/check-results.ts';
import type { Evidence } from './evidence.ts';

/** works: all of them hold. fails: one of them does not. open: one of them was not reached yet. */
export type Working = 'works' | 'fails' | 'open';

/** Whether a stack works at all, after some steps: the rubric's `foundation` and `works` hold. */
export function workingAfter(rubric: Pick<Rubric, 'foundation' | 'works'>, lab: Lab, done: readonly StepDone[]): Working {
  const ids = new Set([...rubric.foundation, ...rubric.works]);
  const statuses = findingsOf(lab, done)
    .filter(({ id }) => ids.has(id))
    .map(({ status }) => status);
  if (statuses.some((one) => one === 'failed' || one === 'blocked' || one === 'stopped')) return 'fails';
  return statuses.every((one) => one === 'earned') ? 'works' : 'open';
}

/** An answer that comes from the app, or from the proxy by itself, is no fundamental failure: a check describes what is wrong in it. */
const leastError = 500;

/**
 * Whether a stack that does not work fails fundamentally: a build fails, a service does not run, or nothing comes back. Not if it exceeded a limit: that
 * counts against it.
 */
export function isFundamental(
  rubric: Pick<Rubric, 'foundation'>,
  lab: Lab,
  done: readonly StepDone[],
  { status, services }: Evidence,
): boolean {
  if (done.some(({ stopped }) => stopped?.exceeded)) return false;
  if (workingAfter({ ...rubric, works: [] }, lab, done) === 'fails') return true;
  if (status !== undefined) return status === 0 || status >= leastError;
  return Object.values(services).some(({ state, ports }) => state !== 'running' || ports?.open.length === 0);
}
