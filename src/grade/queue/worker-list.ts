import type { Ended, WorkerState } from './port.ts';

/** A worker as the coordinator knows it. */
export interface KnownWorker {
  state: WorkerState;
  /** The reference solution has passed there. */
  proved: boolean;
  /** The reference solution has failed there: none of its results count. */
  failed: boolean;
  /** The job with which it proves itself. */
  reference?: string;
  /** How many grades it gave since. */
  sinceReference: number;
  /** Results that wait until it has proved itself. */
  readonly held: Ended[];
}

/** Whether none of its results count any more. It stays on the server, so that the teacher sees why. */
export const isOut = ({ failed, state }: KnownWorker): boolean => failed || state.stage === 'unfit';

/** The workers of a class that are alive. */
export class WorkerList {
  readonly #workers = new Map<string, KnownWorker>();

  get(id: string): KnownWorker | undefined {
    return this.#workers.get(id);
  }

  /** Takes over what the server reports. */
  update(states: readonly WorkerState[]): {
    readonly joined: readonly KnownWorker[];
    readonly left: readonly KnownWorker[];
    readonly unfit: readonly KnownWorker[];
  } {
    const alive = new Set(states.map(({ id }) => id));
    const left = [...this.#workers.values()].filter(({ state }) => !alive.has(state.id));
    for (const { state } of left) this.#workers.delete(state.id);
    const joined: KnownWorker[] = [];
    const unfit: KnownWorker[] = [];
    for (const state of states) {
      const known = this.#workers.get(state.id);
      const wasUnfit = known?.state.stage === 'unfit';
      const worker = known ?? { state, proved: false, failed: false, sinceReference: 0, held: [] };
      worker.state = state;
      this.#workers.set(state.id, worker);
      if (!known) joined.push(worker);
      if (state.stage === 'unfit' && !wasUnfit) unfit.push(worker);
    }
    return { joined, left, unfit };
  }

  all(): readonly KnownWorker[] {
    return [...this.#workers.values()];
  }

  /** Those whose grades count. */
  usable(): readonly KnownWorker[] {
    return this.all().filter((worker) => worker.proved && !isOut(worker));
  }

  /** The worker that grades a sample: another one, on another machine if there is one, with the fewest jobs. */
  second(first: string): KnownWorker | undefined {
    const host = this.#workers.get(first)?.state.host;
    const others = this.usable().filter(({ state }) => state.id !== first);
    const rank = ({ state }: KnownWorker) => (state.host === host ? 1000 : 0) + state.jobs.length;
    return [...others].sort((one, other) => rank(one) - rank(other))[0];
  }
}
