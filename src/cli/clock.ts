import timers from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../run/clock.ts';

/** The machine's clock. */
export const clock: Clock = {
  now: () => performance.now(),
  time: () => new Date().toISOString(),
  // Referenced by its timer. Code that only checks `aborted` later does not keep AbortSignal.timeout alive.
  after: (ms) => {
    const controller = new AbortController();
    timers.setTimeout(() => controller.abort(new DOMException(`${ms} ms have passed`, 'TimeoutError')), ms).unref();
    return controller.signal;
  },
  wait: (ms) => setTimeout(ms),
};
