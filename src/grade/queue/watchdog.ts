import type { Clock } from '../../run/clock.ts';

/** After this time without a worker, the teacher is asked for one. */
const waitingMs = 5_000;

/** Finds out when the teacher should be told that nothing moves. */
export class Watchdog {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #stuckMs: number;
  #progressMs: number;
  #reportedMs: number;

  /** `stuckMs`: after this time without progress, a report is due, and again after each such time. */
  constructor(clock: Pick<Clock, 'now'>, stuckMs: number) {
    this.#clock = clock;
    this.#stuckMs = stuckMs;
    this.#progressMs = clock.now();
    this.#reportedMs = this.#progressMs;
  }

  /** Something was sent, or has ended. */
  progress(): void {
    this.#progressMs = this.#clock.now();
  }

  /** For how long nothing has moved, if a report is due now. Without a worker, the first one is due sooner. */
  due(hasWorker: boolean): number | undefined {
    const now = this.#clock.now();
    const isRepeated = this.#reportedMs > this.#progressMs;
    const afterMs = hasWorker || isRepeated ? this.#stuckMs : Math.min(this.#stuckMs, waitingMs);
    if (now - Math.max(this.#reportedMs, this.#progressMs) < afterMs) return undefined;
    this.#reportedMs = now;
    return now - this.#progressMs;
  }
}
