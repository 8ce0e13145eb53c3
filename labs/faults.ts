import type { Fault } from '../src/lab/fault.ts';

/** The faults that learners can practise on with `lab break`, by tutorial; loaded on demand. */
export const faultsOf: Readonly<Record<string, () => Promise<readonly Fault[]>>> = {
  'compose-scale': async () => (await import('./compose-scale/faults/index.ts')).faults,
};
