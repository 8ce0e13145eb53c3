import timers from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../run/clock.ts';

/** The machine's own. */
export const clock: Clock = {
  now: () => performance.now(),
  time: () => new Date().toISOString(),
  // Held by its timer. AbortSignal.timeout is not held by whoever only asks it later whether it is aborted.
  after: (ms) => {
    const controller = new AbortController();
    timers.setTimeout(() => controller.abort(new DOMException(`${ms} ms have passed`, 'TimeoutError')), ms).unref();
    return controller.signal;
  },
  wait: (ms) => setTimeout(ms),
};
