import { ApiError } from './api-error.ts';
import type { EngineApi } from './engine-api.ts';

interface Sample {
  readonly atMs: number;
  /** Processor time since the container's start, in milliseconds. */
  readonly usedMs: number;
}
/** The fields used of `GET /containers/{id}/stats`: nanoseconds, and the engine's own time. */
interface Stats {
  readonly read: string;
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
}

/**
 * Idle servers use less: a gunicorn worker about 0.1 % of a processor, Redis 0.5 %. An app that starts can get as little as 1.5 %: where no service manager
 * sorts processes into groups, all containers together get as much as one thread of another program.
 */
const busyShare = 0.01;
/** Shorter intervals are not compared. */
const intervalMs = 1000;

/**
 * Whether a project's containers use the processor: an app that still starts is busy, however slowly the machine lets it; one
 * that waits for requests, or that has ended, is not. Returns a function that compares with its earlier calls; until it has
 * observed a container for a second, the container counts as busy.
 */
export function watchProcessorUse(api: EngineApi, project: string): () => Promise<boolean> {
  const before = new Map<string, Sample>();
  const busy = new Map<string, boolean>();
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${project}`] });
  return async () => {
    const running = await api.get<{ Id: string }[]>('/containers/json', { filters });
    const states = await Promise.all(
      running.map(async ({ Id }) => {
        const stats = await api.get<Stats>(`/containers/${Id}/stats`, { stream: false, 'one-shot': true }).catch(ifRemoved);
        if (!stats) return false;
        const now = { atMs: Date.parse(stats.read), usedMs: stats.cpu_stats.cpu_usage.total_usage / 1e6 };
        const last = before.get(Id);
        if (!last || now.atMs - last.atMs >= intervalMs) {
          before.set(Id, now);
          busy.set(Id, !last || now.usedMs - last.usedMs > busyShare * (now.atMs - last.atMs));
        }
        return busy.get(Id) ?? true;
      }),
    );
    return states.includes(true);
  };
}

/** Undefined for a container that was removed meanwhile. Rethrows any other error. */
function ifRemoved(error: unknown): undefined {
  if (!(error instanceof ApiError && error.status === 404)) throw error;
}
