import type { Fault } from '../../../src/lab/fault.ts';
import { level1 } from './level-1.ts';
import { level2 } from './level-2.ts';
import { level3 } from './level-3.ts';

/** The faults of `lab break`, the easiest first. Their numbers are their places in this list: add new ones at the end of a level only before a release. */
export const faults: readonly Fault[] = [...level1, ...level2, ...level3];
