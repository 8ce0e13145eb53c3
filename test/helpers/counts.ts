import { tutorials } from '../../labs/index.ts';

/** How many checks the labs of the first tutorial make in all; those of some labs alone. */
export const checksOf = (...labs: readonly string[]): number =>
  (tutorials[0]?.labs ?? [])
    .filter((lab) => labs.length === 0 || labs.includes(lab.id))
    .reduce((sum, lab) => sum + lab.steps.reduce((all, step) => all + step.verify.length, 0), 0);
