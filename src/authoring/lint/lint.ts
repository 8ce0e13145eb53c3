import { defineTutorial } from '../../lab/define.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import type { Finding } from './finding.ts';
import { lintHints } from './hints.ts';
import { lintIds } from './ids.ts';
import { lintNeeds } from './needs.ts';
import { lintStacks } from './stacks.ts';
import { lintTexts } from './texts.ts';

export type { Finding } from './finding.ts';

/** Returns all findings from reading tutorials and their files below the folder `assets`. Does not use an engine. */
export const lintTutorials = (tutorials: readonly Tutorial[], assets: string): Finding[] => [
  ...lintIds(tutorials),
  ...tutorials.flatMap((tutorial) => [
    ...lintDefinition(tutorial),
    ...lintTexts(tutorial),
    ...lintHints(tutorial),
    ...lintNeeds(tutorial),
    ...lintStacks(tutorial, assets),
  ]),
];

function lintDefinition(tutorial: Tutorial): Finding[] {
  try {
    defineTutorial(tutorial);
    return [];
  } catch (error) {
    return [refused(error, tutorial.id)];
  }
}

/** The finding for an error that rejects a tutorial. Rethrows any other error. */
export function refused(error: unknown, where: string): Finding {
  if (!(error instanceof LabError && error.code === 'E_LAB_INVALID')) throw error;
  const message = text(`it is refused: ${error.text.en}`, `無法定義：${error.text['zh-TW']}`);
  return { where, rule: 'refused', message, help: error.hint };
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
