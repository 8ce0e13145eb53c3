import type { Lab, Tutorial } from '../lab/tutorial.ts';
import type { Progress } from './progress-schema.ts';
import { type LearnState, type PlannedStep, stateAt } from './state.ts';

/** The steps that a learner can do in a folder with this stack, in order. */
export const planOf = (tutorial: Tutorial, stack: string): PlannedStep[] =>
  tutorial.labs
    .filter((lab) => lab.stack === stack)
    .flatMap((lab) =>
      lab.steps.map(({ id, verify, hints }) => ({
        key: `${lab.id}/${id}`,
        checks: verify.map(({ id: check, claim, mode }) => ({ id: check, claim, mode })),
        hints: hints.length,
      })),
    );

/**
 * Where a learner continues: at the first step of the requested lab that is not passed (its first step if all are), else at the step of the last session, or
 * the first one. Progress of another tutorial is left out. Throws TypeError for a plan without steps.
 */
export function resume(plan: readonly PlannedStep[], tutorial: string, stored: Progress | undefined, lab?: Lab): LearnState {
  const known = stored?.tutorial === tutorial ? stored : undefined;
  const progress = known?.steps ?? {};
  const wanted = lab ? plan.filter(({ key }) => key.startsWith(`${lab.id}/`)) : plan;
  const open = wanted.find(({ key }) => !progress[key]) ?? wanted[0];
  const current = lab ? undefined : wanted.find(({ key }) => key === known?.current && !progress[key]);
  const at = current ?? open;
  if (!at) throw new TypeError('the plan has no steps');
  return stateAt(plan, at.key, progress);
}
