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

/** All that can be found wrong with tutorials by reading them and their files, below the folder `assets`. No engine is asked. */
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

/** What refused to be a tutorial, as a finding; anything else than such a refusal is thrown on. */
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

/** How much was read. */
export function countsOf(tutorials: readonly Tutorial[]): Counts {
  const labs = tutorials.flatMap((tutorial) => tutorial.labs);
  const steps = labs.flatMap((lab) => lab.steps);
  const checks = steps.flatMap((step) => step.verify);
  return { tutorials: tutorials.length, labs: labs.length, steps: steps.length, checks: checks.length };
}
