import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../run/clock.ts';

/** The machine's own. */
export const clock: Clock = {
  now: () => performance.now(),
  time: () => new Date().toISOString(),
  after: (ms) => AbortSignal.timeout(ms),
  wait: (ms) => setTimeout(ms),
};
