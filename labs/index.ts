import type { Tutorial } from '../src/lab/tutorial.ts';
import { composeScale } from './compose-scale/index.ts';

/** The tutorials that come with labwright. */
export const tutorials: readonly Tutorial[] = [composeScale];
