import { ApiError } from '../../../docker/api/api-error.ts';
import type { EngineApi } from '../../../docker/api/engine-api.ts';
import type { Clock } from '../../../run/clock.ts';
import { isLogging, type Observation, type PictureState } from './state.ts';

interface Stats {
  readonly networks?: Readonly<Record<string, { readonly rx_packets: number }>>;
}

/** The packets that each of these containers has received since it was started, on all networks. A container that has ended has no counter. */
async function packetsOf(api: EngineApi, containers: readonly string[]): Promise<Record<string, number>> {
  const found = await Promise.all(
    containers.map(async (id) => {
      const stats = await api.get<Stats>(`/containers/${id}/stats`, { stream: false, 'one-shot': true }).catch(ifRefused);
      return stats?.networks ? [[id, Object.values(stats.networks).reduce((sum, one) => sum + one.rx_packets, 0)] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}

function ifRefused(error: unknown): undefined {
  if (!(error instanceof ApiError)) throw error;
}

/** The running containers of services whose logs show no requests since the last start. */
const unlogged = (state: PictureState): string[] =>
  state.facts.replicas.filter((one) => one.state === 'running' && !isLogging(state, one.service)).map(({ id }) => id);

export interface PacketWatchOptions {
  readonly api: EngineApi;
  readonly clock: Pick<Clock, 'after'>;
  state(): PictureState;
  seen(observation: Observation): void;
  failed(error: unknown): void;
}

/** The shortest time between two counts; and between those that only look whether anything moves again. */
const countMs = 1000;
const idleMs = 5000;

/**
 * Counts the packets of containers whose logs show no requests, when something else has changed; while a page shows the picture, also every second as long as they
 * increase, and else every 5 s, because no event reports a packet.
 */
export class PacketWatch {
  readonly #options: PacketWatchOptions;
  #isWatched = false;
  #isWanted = false;
  #isRunning = false;
  #isClosed = false;
  #last: Readonly<Record<string, number>> = {};

  constructor(options: PacketWatchOptions) {
    this.#options = options;
  }

  /** Counts soon. */
  want(): void {
    this.#isWanted = true;
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    this.#countWhileWanted()
      .catch(this.#options.failed)
      .finally(() => {
        this.#isRunning = false;
      });
  }

  watched(isWatched: boolean): void {
    this.#isWatched = isWatched;
    if (isWatched) this.want();
  }

  close(): void {
    this.#isClosed = true;
  }

  async #countWhileWanted(): Promise<void> {
    const { api, clock, state, seen } = this.#options;
    for (;;) {
      this.#isWanted = false;
      const containers = unlogged(state());
      const packets = await packetsOf(api, containers);
      if (this.#isClosed) return;
      const hasMoved = Object.entries(packets).some(([id, count]) => this.#last[id] !== count);
      this.#last = packets;
      if (hasMoved) seen({ kind: 'packets', packets });
      const seconds = hasMoved ? 1 : idleMs / countMs;
      for (let n = 0; n < seconds && (n === 0 || !this.#isWanted); n++)
        await new Promise<void>((resolve) => {
          clock.after(countMs).addEventListener('abort', () => resolve(), { once: true });
        });
      if (this.#isClosed || !(this.#isWanted || (this.#isWatched && containers.length > 0))) return;
    }
  }
}
