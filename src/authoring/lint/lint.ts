import { TutorialError } from '../../lab/define.ts';
import { LabError } from '../../lab/error.ts';
import type { Finding } from '../../lab/finding.ts';
import { structureFindings } from '../../lab/structure.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { lintHints } from './hints.ts';
import { lintIds } from './ids.ts';
import { lintNeeds } from './needs.ts';
import { lintStacks } from './stacks.ts';
import { lintTexts } from './texts.ts';

export type { Finding } from '../../lab/finding.ts';

/** Returns all findings from reading tutorials and their files below the folder `assets`. Does not use an engine. */
export const lintTutorials = (tutorials: readonly Tutorial[], assets: string): Finding[] => [
  ...lintIds(tutorials),
  ...tutorials.flatMap((tutorial) => [
    ...structureFindings(tutorial),
    ...lintTexts(tutorial),
    ...lintHints(tutorial),
    ...lintNeeds(tutorial),
    ...lintStacks(tutorial, assets),
  ]),
];

/** The findings of an error that rejects a tutorial's definition. Rethrows any other error. */
export function findingsOf(error: unknown, where: string): readonly Finding[] {
  if (error instanceof TutorialError) return error.findings;
  if (!(error instanceof LabError && error.code === 'E_LAB_INVALID')) throw error;
  return [{ where, rule: 'invalid', message: error.text, help: error.hint }];
}

export interface Counts {
  readonly tutorials: number;
  readonly labs: number;
  readonly steps: number;
  readonly checks: number;
}

/** Counts what was read. */
export function countsOf(tutorials: readonly Tutorial[]): Counts {
  const labs = tutorials.flatMap((tutorial) => tutorial.labs);
  const steps = labs.flatMap((lab) => lab.steps);
  const checks = steps.flatMap((step) => step.verify);
  return { tutorials: tutorials.length, labs: labs.length, steps: steps.length, checks: checks.length };
}
