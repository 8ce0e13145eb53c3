import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineApi, filters } from '../engine/api.ts';
import { text } from '../lab/text.ts';
import type { Clock } from '../run/clock.ts';
import { runLabel } from '../run/journal.ts';
import { Crowded, Stop } from './stop.ts';

export interface Watching {
  readonly api: EngineApi;
  readonly runId: string;
  /** What containers write into from outside: the submission's folder. */
  readonly dir: string;
  /** The engine's own disk, where it is on this machine. */
  readonly data?: string;
  readonly diskMb: number;
  /** Nothing else is graded meanwhile. */
  readonly alone: boolean;
  readonly clock: Clock;
}

/** Between two looks: a disk writes some hundred MB meanwhile, and the engine's disk has an end of its own. */
const pauseMs = 1000;
/** So many files are enough to say that it is too much. */
const mostFiles = 20_000;
/** By so much may the engine's disk fill while a submission is graded: builds and volumes are not told apart there. */
const sharedMb = 1500;
/** As many files, empty ones too. */
const sharedFiles = 100_000;

/**
 * Looks again and again how much has been written: by a submission's containers in themselves and into its folder, and on the engine's disk, by its
 * builds too. Calls `stop` once when it is more than it may be: with Stop where it is this submission's doing, with Crowded where it may
 * be another's. What goes wrong in a look is left to the checks, which meet it too. Returns what ends the watch.
 */
export function watchUse(watching: Watching, stop: (reason: Stop | Crowded) => void): () => Promise<void> {
  const { api, runId, dir, data, diskMb, alone, clock } = watching;
  const over = new AbortController();
  const ends = new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve()));
  const watch = async () => {
    const before = await usedOf(data);
    while (!over.signal.aborted) {
      // A look that fails is no reason to look no more: an engine may be slow because of what is written.
      const [containers, images, files, now] = await Promise.all([
        written(api, runId).catch(() => 0),
        built(api, runId).catch(() => 0),
        sizeOf(dir, over.signal),
        usedOf(data),
      ]);
      if (over.signal.aborted) return;
      if (containers + images + files > diskMb * 1e6) return stop(tooMuch(diskMb));
      if (now.bytes - before.bytes > sharedMb * 1e6) return stop(alone ? tooMuch(sharedMb) : new Crowded());
      if (now.files - before.files > sharedFiles) return stop(alone ? tooMuch(sharedMb) : new Crowded());
      await Promise.race([clock.wait(pauseMs), ends]);
    }
  };
  const ended = watch().catch(() => undefined);
  return async () => {
    over.abort();
    await ended;
  };
}

async function usedOf(disk: string | undefined): Promise<{ bytes: number; files: number }> {
  if (disk === undefined) return { bytes: 0, files: 0 };
  const { blocks, bfree, bsize, files, ffree } = await statfs(disk);
  return { bytes: (blocks - bfree) * bsize, files: files - ffree };
}

async function written(api: EngineApi, runId: string): Promise<number> {
  const label = filters({ label: [`${runLabel}=${runId}`] });
  const all = await api.get<{ SizeRw?: number }[]>('/containers/json', { filters: label, all: true, size: true });
  return all.reduce((sum, { SizeRw = 0 }) => sum + SizeRw, 0);
}

/** What the images that were built are larger than the largest that they can start from. From the cache of builds they take no time, and no more of the disk. */
async function built(api: EngineApi, runId: string): Promise<number> {
  const all = await api.get<{ Size: number; Labels?: Readonly<Record<string, string>> | null }[]>('/images/json');
  const base = Math.max(0, ...all.filter(({ Labels }) => Labels?.[runLabel] === undefined).map(({ Size }) => Size));
  const own = all.filter(({ Labels }) => Labels?.[runLabel] === runId);
  return own.reduce((sum, { Size }) => sum + Math.max(0, Size - base), 0);
}

/** Bytes on the disk below a folder; links are not followed. Infinite where there are too many files, or some too deep to be looked at. */
async function sizeOf(dir: string, signal: AbortSignal): Promise<number> {
  let bytes = 0;
  let files = 0;
  const folders = [dir];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (signal.aborted) return 0;
    const entries = await readdir(folder, { withFileTypes: true }).catch(({ code }) =>
      code === 'ENAMETOOLONG' ? undefined : [],
    );
    if (!entries) return Number.POSITIVE_INFINITY;
    for (const entry of entries) {
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

const tooMuch = (mb: number): Stop =>
  new Stop(text(`it wrote more than ${mb} MB to the disk, or too many files`, `寫入磁碟的資料超過 ${mb} MB，或檔案太多`));
