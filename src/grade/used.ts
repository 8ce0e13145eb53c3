import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineApi, filters } from '../engine/api.ts';
import { text } from '../lab/text.ts';
import type { Clock } from '../run/clock.ts';
import { runLabel } from '../run/journal.ts';
import { Stop } from './perform.ts';

export interface Watching {
  readonly api: EngineApi;
  readonly runId: string;
  /** What containers write into from outside: the submission's folder. */
  readonly dir: string;
  readonly diskMb: number;
  readonly clock: Clock;
}

/** Between two looks: a disk writes some hundred MB meanwhile, and the engine as a whole has a bound of its own. */
const pauseMs = 1000;
/** So many files are enough to say that it is too much. */
const mostFiles = 20_000;

/**
 * Looks again and again how much a submission's containers have written: in themselves and into its folder. Calls `stop` once when it is more
 * than it may be. What goes wrong in a look is left to the checks, which meet it too. Returns what ends the watch.
 */
export function watchUse(watching: Watching, stop: (reason: Stop) => void): () => Promise<void> {
  const { api, runId, dir, diskMb, clock } = watching;
  const over = new AbortController();
  const watch = async () => {
    while (!over.signal.aborted) {
      const [containers, files] = await Promise.all([written(api, runId), sizeOf(dir, over.signal)]);
      if (over.signal.aborted) return;
      if (containers + files > diskMb * 1e6) return stop(tooMuch(diskMb));
      await clock.wait(pauseMs);
    }
  };
  const ended = watch().catch(() => undefined);
  return async () => {
    over.abort();
    await ended;
  };
}

async function written(api: EngineApi, runId: string): Promise<number> {
  const label = filters({ label: [`${runLabel}=${runId}`] });
  const all = await api.get<{ SizeRw?: number }[]>('/containers/json', { filters: label, all: true, size: true });
  return all.reduce((sum, { SizeRw = 0 }) => sum + SizeRw, 0);
}

/** Bytes on the disk below a folder; links are not followed. Infinite where there are too many files. */
async function sizeOf(dir: string, signal: AbortSignal): Promise<number> {
  let bytes = 0;
  let files = 0;
  const folders = [dir];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (signal.aborted) return 0;
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      files += 1;
      if (files > mostFiles) return Number.POSITIVE_INFINITY;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else
        bytes += await lstat(path).then(
          ({ blocks }) => blocks * 512,
          () => 0,
        );
    }
  }
  return bytes;
}

const tooMuch = (mb: number): Stop => new Stop(text(`it wrote more than ${mb} MB to the disk`, `寫入磁碟的資料超過 ${mb} MB`));
