import type { Gate } from '../src/lab/gate-case.ts';

/** What each tutorial's checks are tried with, loaded when asked for: nobody else needs it. */
export const gates: Readonly<Record<string, () => Promise<Gate>>> = {
  'compose-scale': async () => (await import('./compose-scale/cases/index.ts')).gate,
};
