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
 * Where a learner continues: at the first step of the requested lab that is not passed (its first step if all are); without one, at the step of the last session
 * or the next one that is not passed, so that steps that were skipped stay skipped. Progress of another tutorial is left out. Throws TypeError for a plan without steps.
 */
export function resume(plan: readonly PlannedStep[], tutorial: string, stored: Progress | undefined, lab?: Lab): LearnState {
  const known = stored?.tutorial === tutorial ? stored : undefined;
  const progress = known?.steps ?? {};
  const wanted = lab ? plan.filter(({ key }) => key.startsWith(`${lab.id}/`)) : plan;
  const isOpen = ({ key }: PlannedStep) => !progress[key];
  const last = lab ? -1 : wanted.findIndex(({ key }) => key === known?.current);
  const at = wanted.slice(Math.max(0, last)).find(isOpen) ?? wanted.find(isOpen) ?? wanted[0];
  if (!at) throw new TypeError('the plan has no steps');
  return stateAt(plan, at.key, progress);
}
