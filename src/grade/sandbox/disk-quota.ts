import { stat, statfs } from 'node:fs/promises';
import type { EngineApi } from '../../docker/api/engine-api.ts';
import { reservedIn, spareMb } from '../../docker/embedded/disks.ts';
import type { GradingDisk } from '../../docker/embedded/grading-engine.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Clock } from '../../run/clock.ts';
import { ContentionError, LimitExceededError, type Together } from '../errors.ts';
import { built, mostFiles, sizeOf, unlinked, writtenIn } from './written-files.ts';

export interface DiskQuotaOptions {
  readonly api: EngineApi;
  readonly runId: string;
  /** What containers write into from outside: the submission's folder. With `disk`, all of a disk of its own. */
  readonly dir: string;
  /** The engine's own disk; left out: `dir` is on the machine's, which other programs fill too. */
  readonly disk?: GradingDisk;
  readonly diskMb: number;
  /** Nothing else is graded meanwhile. */
  readonly alone: boolean;
  /** The gradings that are under way. */
  readonly together: Together;
  readonly clock: Clock;
}

/** Why a grading is ended: the submission's doing, possibly another's, or an error of this machine. */
export type Reason = LimitExceededError | ContentionError | LabError;

export interface DiskQuotaWatch {
  /** Takes a last look, at the disks alone. Returns the reason that this look or one before it has given. */
  lookLast(): Promise<Reason | undefined>;
  /** Ends the watch. */
  end(): Promise<void>;
}

/** Between two looks: a disk writes some hundred MB meanwhile, and each disk has an end of its own. */
const pauseMs = 1000;
/** By so much may the engine's disk fill while a submission is graded: builds and volumes are not told apart there. */
const sharedMb = 1500;
/** As many files, empty ones too. */
const sharedFiles = 100_000;

/**
 * Looks again and again how much has been written: by a submission's containers in themselves and into its folder, and on the engine's disk, by its
 * builds too. Calls `stop` once when it is more than it may be: with Stop where it is this submission's doing, with Crowded where it may
 * be another's, with LabError E_DISK_FULL where the machine's disk is full of other things. What goes wrong in a look is left to the checks, which meet it too.
 */
export function watchDiskQuota(watching: DiskQuotaOptions, stop: (reason: Reason) => void): DiskQuotaWatch {
  const { diskMb, together, clock } = watching;
  const over = new AbortController();
  const ends = new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve()));
  let reason: Reason | undefined;
  const give = (given: Reason) => {
    if (reason !== undefined) return;
    reason = given;
    stop(given);
    if (given instanceof ContentionError) together.ranFull();
  };
  const leave = together.join(give);
  const shared = sharedLook(watching);
  let containers: readonly string[] = [];
  const look = async (last: boolean): Promise<void> => {
    // A look that fails is no reason to look no more: an engine may be slow because of what is written.
    const [inside, images, files, ran] = await Promise.all([
      last ? { bytes: 0, ids: containers } : writtenIn(watching.api, watching.runId).catch(() => ({ bytes: 0, ids: containers })),
      last ? 0 : built(watching.api, watching.runId).catch(() => 0),
      filesOf(watching, last ? new AbortController().signal : over.signal),
      shared(),
    ]);
    containers = inside.ids;
    if (over.signal.aborted && !last) return;
    const nameless = unlinked(containers, files.device);
    if (inside.bytes + images + files.bytes + nameless > diskMb * 1e6) give(tooMuch(diskMb));
    else if (ran) give(ran);
  };
  const watch = async () => {
    while (!over.signal.aborted && reason === undefined) {
      await look(false).catch(() => undefined);
      await Promise.race([clock.wait(pauseMs), ends]);
    }
  };
  const ended = watch().catch(() => undefined);
  const end = async () => {
    leave();
    over.abort();
    await ended;
  };
  return {
    lookLast: async () => {
      await end();
      if (reason === undefined) await look(true).catch(() => undefined);
      return reason;
    },
    end,
  };
}

/** What is in the submission's folder. `device`: the file system of its own by which it was measured, unlinked files included. */
async function filesOf({ dir, disk }: DiskQuotaOptions, signal: AbortSignal): Promise<{ bytes: number; device?: number }> {
  if (!disk) return { bytes: await sizeOf(dir, signal) };
  const [{ bytes, files }, { dev }] = await Promise.all([usedOf(dir), stat(dir)]);
  return { bytes: files > mostFiles ? Number.POSITIVE_INFINITY : bytes, device: dev };
}

const usedOf = async (path: string): Promise<{ bytes: number; files: number; free: number }> => {
  const { blocks, bfree, bavail, bsize, files, ffree } = await statfs(path);
  return { bytes: (blocks - bfree) * bsize, files: files - ffree, free: bavail * bsize };
};

/** Looks at what all share: the engine's disk, and the machine's below it. The first look, which the others are compared with, is taken at once. */
function sharedLook({ dir, disk, alone }: DiskQuotaOptions): () => Promise<Reason | undefined> {
  const look = async () => {
    const [own, host] = await Promise.all([disk ? usedOf(disk.data) : undefined, usedOf(disk?.host ?? dir)]);
    // what is reserved for submissions is theirs, however many begin or end meanwhile
    const bytes = own && disk ? own.bytes - (await reservedIn(disk.submissions)) : 0;
    return { bytes, files: own?.files ?? 0, free: own?.free ?? Number.POSITIVE_INFINITY, host: host.free };
  };
  const first = look();
  first.catch(() => undefined);
  return async () => {
    const [before, now] = await Promise.all([first, look()]);
    const grown = now.bytes - before.bytes;
    const tooLarge = grown > sharedMb * 1e6 || now.files - before.files > sharedFiles;
    const isFull = now.free < spareMb * 1e6;
    const noHost = now.host < spareMb * 1e6;
    if (!tooLarge && !isFull && !noHost) return undefined;
    if (!alone) return new ContentionError();
    if (tooLarge) return tooMuch(sharedMb);
    // most of what was free was taken during this grading
    if (isFull && grown > before.free / 2) return tooMuch(Math.round(grown / 1e6));
    return machineFull(isFull ? (disk?.data ?? dir) : (disk?.host ?? dir));
  };
}

const tooMuch = (mb: number): LimitExceededError =>
  new LimitExceededError(
    text(`it wrote more than ${mb} MB to the disk, or too many files`, `寫入磁碟的資料超過 ${mb} MB，或檔案太多`),
  );

const machineFull = (path: string): LabError =>
  new LabError(
    'E_DISK_FULL',
    text(
      `less than ${spareMb} MB is free in ${path}, and not because of this submission`,
      `${path} 的可用空間少於 ${spareMb} MB，而且不是這份作業造成的`,
    ),
    text('free some space on this machine; the same command goes on', '請在這台機器上騰出空間；再執行一次同樣的指令就會繼續'),
  );
