import type { Ended } from './port.ts';

const mostTimes = 10;

/** Jobs whose body or result was damaged on the server, by a restart without its data or by someone. */
export class DamagedJobs {
  readonly #times = new Map<string, number>();

  /** Whether a job that ended is to be sent again because it was damaged. Some times: someone may damage it again and again. */
  mayRepeat(ended: Ended): boolean {
    if (ended.ok || ended.why !== 'damaged') return false;
    const times = (this.#times.get(ended.id) ?? 0) + 1;
    this.#times.set(ended.id, times);
    return times <= mostTimes;
  }
}
