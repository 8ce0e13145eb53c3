import { ApiError } from '../../../docker/api/api-error.ts';
import type { EngineApi } from '../../../docker/api/engine-api.ts';
import type { Replica } from '../../../lab/facts.ts';
import { followLog, type LogFollower, type LoggedLine, longestHistory } from './follow-log.ts';

export interface FollowLogsOptions {
  readonly api: EngineApi;
  /** The time of the engine's clock. */
  nowMs(): number;
  listen(container: string, lines: readonly LoggedLine[]): void;
  /** The log has lines that are not read: too many from before now, or it cannot be followed. */
  cut(container: string): void;
  /** A log has ended: its container has, or the stream broke off. */
  ended(): void;
  failed(error: unknown): void;
}

interface Followed {
  readonly startedAt: string;
  follower: LogFollower | undefined;
  /** The time of the last line; undefined: there was none. */
  last: string | undefined;
  isOver: boolean;
  /** How often in a row the log has ended at once and without a line: some drivers for logs cannot be followed. */
  vain: number;
}

/** So often in a row, a log that ends at once while its container runs is opened again. */
const mostVain = 3;
const atOnceMs = 1000;

/** Follows the log of each container since its last start, those of containers that have ended to their end. */
export class FollowLogs {
  readonly #options: FollowLogsOptions;
  readonly #followed = new Map<string, Followed>();
  #isClosed = false;

  constructor(options: FollowLogsOptions) {
    this.#options = options;
  }

  sync(replicas: readonly Replica[]): void {
    const there = new Set(replicas.map(({ id }) => id));
    for (const [id, one] of this.#followed) {
      if (there.has(id)) continue;
      one.follower?.close();
      this.#followed.delete(id);
    }
    for (const { id, startedAt, state } of replicas) {
      const known = this.#followed.get(id);
      // the year 1: it was never started
      if (startedAt.startsWith('0001-')) continue;
      if (known?.startedAt !== startedAt) {
        known?.follower?.close();
        this.#follow(id, { startedAt, follower: undefined, last: undefined, isOver: false, vain: 0 });
      } else if (known.isOver && state === 'running') {
        if (known.vain < mostVain) this.#follow(id, known);
        else this.#options.cut(id);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { follower } of this.#followed.values()) follower?.close();
  }

  #follow(id: string, followed: Followed): void {
    this.#followed.set(id, followed);
    followed.isOver = false;
    this.#read(id, followed).catch(this.#options.failed);
  }

  async #read(id: string, followed: Followed): Promise<void> {
    const { api, nowMs, listen, cut, ended } = this.#options;
    const openedMs = nowMs();
    let old = 0;
    const isCurrent = () => !this.#isClosed && this.#followed.get(id) === followed;
    let isVain = true;
    try {
      followed.follower = await followLog(api, id, { since: followed.startedAt, after: followed.last }, (lines) => {
        if (!isCurrent()) return;
        isVain = false;
        followed.last = lines.at(-1)?.time;
        if (old < longestHistory) {
          old += lines.filter(({ time }) => Date.parse(time) < openedMs).length;
          if (old >= longestHistory) cut(id);
        }
        listen(id, lines);
      });
      if (!isCurrent()) followed.follower.close();
      await followed.follower.ended;
    } catch (error) {
      // ApiError: the container is gone, or its log cannot be read; else the engine is gone
      isVain = error instanceof ApiError;
      if (!isVain && isCurrent()) throw error;
    } finally {
      followed.vain = isVain && nowMs() - openedMs < atOnceMs ? followed.vain + 1 : 0;
      followed.isOver = true;
      if (isCurrent()) ended();
    }
  }
}
