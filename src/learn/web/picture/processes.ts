import { ApiError } from '../../../docker/api/api-error.ts';
import type { EngineApi } from '../../../docker/api/engine-api.ts';
import type { Reload } from '../../../lab/stack.ts';
import type { Clock } from '../../../run/clock.ts';
import type { Observation, PictureState } from './state.ts';

interface Top {
  readonly Titles: readonly string[];
  readonly Processes: readonly (readonly string[])[] | null;
}

/** The IDs of a proxy's processes that accept connections; none: it does not run, or its engine cannot list processes. */
async function acceptingProcesses(api: EngineApi, containerId: string, { accepts }: Reload): Promise<number[]> {
  try {
    return accepting(await api.get<Top>(`/containers/${containerId}/top`), accepts);
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

/** The same in what `ps -ef` printed. */
export function accepting({ Titles, Processes }: Top, accepts: Reload['accepts']): number[] {
  const [id, command] = [Titles.indexOf('PID'), Titles.findIndex((title) => title === 'CMD' || title === 'COMMAND')];
  return (Processes ?? []).filter((fields) => accepts(fields[command] ?? '')).map((fields) => Number(fields[id]));
}

export interface ProcessWatchOptions {
  readonly api: EngineApi;
  readonly clock: Pick<Clock, 'after'>;
  state(): PictureState;
  seen(observation: Observation): void;
  failed(error: unknown): void;
}

/** A proxy begins new processes a moment after a reload was requested: looks for this long. No event reports its end. */
const looksAtMs = [0, 100, 200, 400, 800];

/** Looks at the processes of a proxy when it may have read its configuration again. */
export class ProcessWatch {
  readonly #options: ProcessWatchOptions;
  /** How many of the looks are over, by container. */
  readonly #looks = new Map<string, number>();
  #isClosed = false;

  constructor(options: ProcessWatchOptions) {
    this.#options = options;
  }

  /** Looks at a container, if it is one of a proxy, several times in the next 1.5 s. */
  look(container: string): void {
    const { state, failed } = this.#options;
    const isRunning = this.#looks.has(container);
    const { proxies, spec } = state();
    if (!proxies[container] || !spec.proxy?.reload) return;
    this.#looks.set(container, 0);
    if (!isRunning) this.#lookOften(container, spec.proxy.reload).catch(failed);
  }

  close(): void {
    this.#isClosed = true;
  }

  async #lookOften(container: string, reload: Reload): Promise<void> {
    const { api, clock, seen } = this.#options;
    try {
      for (let at = 0; at < looksAtMs.length; at = (this.#looks.get(container) ?? at) + 1) {
        this.#looks.set(container, at);
        await new Promise<void>((resolve) => {
          clock.after(looksAtMs[at] ?? 0).addEventListener('abort', () => resolve(), { once: true });
        });
        const processes = await acceptingProcesses(api, container, reload);
        if (this.#isClosed) return;
        seen({ kind: 'processes', container, processes });
      }
    } finally {
      this.#looks.delete(container);
    }
  }
}
