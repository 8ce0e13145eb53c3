import { tutorials } from '../../labs/index.ts';

/** The number of checks in the given labs of the first tutorial; without labs, in all of them. */
export const checksOf = (...labs: readonly string[]): number =>
  (tutorials[0]?.labs ?? [])
    .filter((lab) => labs.length === 0 || labs.includes(lab.id))
    .reduce((sum, lab) => sum + lab.steps.reduce((all, step) => all + step.verify.length, 0), 0);
