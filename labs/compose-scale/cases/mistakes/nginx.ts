import type { Mistake } from '../../../../src/lab/gate-case.ts';
import { causeMistakes } from './nginx-causes.ts';
import { downMistakes } from './nginx-down.ts';
import { mountMistakes } from './nginx-mounts.ts';
import { restartMistakes } from './nginx-restart.ts';
import { scaleMistakes } from './nginx-scale.ts';
import { singleMistakes } from './nginx-single.ts';
import { upMistakes } from './nginx-up.ts';

/** The mistakes of the lab `nginx`, by step. */
export const nginxMistakes: readonly Mistake[] = [
  ...upMistakes,
  ...mountMistakes,
  ...singleMistakes,
  ...scaleMistakes,
  ...restartMistakes,
  ...downMistakes,
  ...causeMistakes,
];
