import type { Outcome } from '../lab/verdict.ts';

/** The exit code of a command that performs or verifies steps. */
export const exitCodes: Readonly<Record<Outcome, number>> = { passed: 0, failed: 1, skipped: 1, errored: 3 };
