import type { Collected } from '../grade/collect/collect-class.ts';
import { isOpen } from '../grade/export/open-groups.ts';
import type { Gradebook } from '../grade/types.ts';
import type { Outcome } from '../lab/verdict.ts';

/** The exit code of a command that performs or verifies steps. */
export const exitCodes: Readonly<Record<Outcome, number>> = { passed: 0, failed: 1, skipped: 1, errored: 3 };

/** The exit code of a command that grades a class: 3 if some submissions wait for the teacher, because they need review or are refused. */
export const gradingExitCode = ({ entries }: Gradebook): number => (entries.some(isOpen) ? 3 : 0);

/** The exit code of a command that collects a class: 3 if repositories could not be read, otherwise 1 if students have no submission. */
export const collectExitCode = (all: readonly Collected[]): number => {
  if (all.some(({ status }) => status === 'failed' || status === 'kept')) return 3;
  return all.some(({ status }) => status === 'missing') ? 1 : 0;
};
