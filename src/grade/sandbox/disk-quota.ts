import { stat, statfs } from 'node:fs/promises';
import type { EngineApi } from '../../docker/api/engine-api.ts';
import { reservedIn, spareMb } from '../../docker/embedded/disks.ts';
import type { GradingDisk } from '../../docker/embedded/grading-engine.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Clock } from '../../run/clock.ts';
import { ContentionError, LimitExceededError, type Together } from '../errors.ts';
import { builtBy, mostFiles, sizeOf, unlinked, writtenIn } from './written-files.ts';

export interface DiskQuotaOptions {
  readonly api: EngineApi;
  readonly runId: string;
  /**
   * The folder of the submission's files and their copy, which containers mount and write into. With `disk`, it is a separate
   * disk, which is measured as a whole.
   */
  readonly dir: string;
  /** The engine's own disk; left out: `dir` is on the machine's disk, which other programs fill too. */
  readonly disk?: GradingDisk;
  readonly diskMb: number;
  /** What images may add, if builds can install packages; left out: that counts against `diskMb`. */
  readonly imageMb?: number;
  /** Nothing else is graded at the same time. */
  readonly alone: boolean;
  /** The gradings that run at the same time. */
  readonly together: Together;
  readonly clock: Clock;
}

/** Why a grading is stopped: the submission's fault, possibly another's, or an error of this machine. */
export type Reason = LimitExceededError | ContentionError | LabError;

export interface DiskQuotaWatch {
  /** Takes a last measurement, of the disks only. Returns the reason that this or an earlier measurement gave. */
  lookLast(): Promise<Reason | undefined>;
  /** Stops the watch. */
  end(): Promise<void>;
}

/** Pause between measurements: some hundred MB may be written in it, and each disk has its own size limit. */
const pauseMs = 1000;
/** How much the engine's disk may grow while a submission is graded: builds and volumes cannot be distinguished there. */
const sharedMb = 1500;
/** The same for the number of files, including empty ones. */
const sharedFiles = 100_000;

/**
 * Measures repeatedly how much was written: by a submission's containers in themselves and into its folder, and on the engine's
 * disk, including builds. Calls `stop` once when a limit is exceeded: with LimitExceededError if this submission caused it, with
 * ContentionError if another one may have, and with LabError E_DISK_FULL if other data fills the machine's disk. Ignores errors
 * in measuring: the checks get them too.
 */
export function watchDiskQuota(watching: DiskQuotaOptions, stop: (reason: Reason) => void): DiskQuotaWatch {
  const { together, clock } = watching;
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
  let images: number | undefined;
  // builds come before containers: once there are any, images stay as they are
  const builtSoFar = async () => {
    const areMade = containers.length > 0;
    const bytes = await builtBy(watching.api, watching.runId);
    if (areMade) images = bytes;
    return bytes;
  };
  const look = async (last: boolean): Promise<void> => {
    // A failed measurement does not stop the watch: the engine may be slow because of what is written.
    const [inside, built, files, { grown, reason: ran }] = await Promise.all([
      last ? { bytes: 0, ids: containers } : writtenIn(watching.api, watching.runId).catch(() => ({ bytes: 0, ids: containers })),
      last ? 0 : (images ?? builtSoFar().catch(() => 0)),
      filesOf(watching, last ? new AbortController().signal : over.signal),
      shared(),
    ]);
    containers = inside.ids;
    if (over.signal.aborted && !last) return;
    // this takes a while, and unlinked files elsewhere are on the engine's disk: they cannot be larger than what that grew by
    const nameless = grown * 2 > watching.diskMb * 1e6 ? unlinked(containers, files.device) : 0;
    const exceeded = exceededBy({ files: inside.bytes + files.bytes + nameless, images: built }, watching);
    if (exceeded !== undefined) give(tooMuch(exceeded));
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

/** The limit, in MB, that a submission exceeds by the bytes of its files and images; undefined: none. */
export function exceededBy(
  { files, images }: { readonly files: number; readonly images: number },
  { diskMb, imageMb }: Pick<DiskQuotaOptions, 'diskMb' | 'imageMb'>,
): number | undefined {
  if (imageMb !== undefined && images > imageMb * 1e6) return imageMb;
  return files + (imageMb === undefined ? images : 0) > diskMb * 1e6 ? diskMb : undefined;
}

/** The size of the submission's folder. `device`: its own file system, if that was measured, including unlinked files. */
async function filesOf({ dir, disk }: DiskQuotaOptions, signal: AbortSignal): Promise<{ bytes: number; device?: number }> {
  if (!disk) return { bytes: await sizeOf(dir, signal) };
  const [{ bytes, files }, { dev }] = await Promise.all([usedOf(dir), stat(dir)]);
  return { bytes: files > mostFiles ? Number.POSITIVE_INFINITY : bytes, device: dev };
}

const usedOf = async (path: string): Promise<{ bytes: number; files: number; free: number }> => {
  const { blocks, bfree, bavail, bsize, files, ffree } = await statfs(path);
  return { bytes: (blocks - bfree) * bsize, files: files - ffree, free: bavail * bsize };
};

/**
 * Measures the shared disks: the engine's, and the machine's below it. Takes the first measurement, the baseline for the others,
 * at once. `grown`: by how many bytes the engine's disk has grown; infinite if submissions are on the machine's disk.
 */
function sharedLook({ dir, disk, alone }: DiskQuotaOptions): () => Promise<{ grown: number; reason?: Reason }> {
  const look = async () => {
    const [own, host] = await Promise.all([disk ? usedOf(disk.data) : undefined, usedOf(disk?.host ?? dir)]);
    // space reserved for submissions does not count, however many start or end meanwhile
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
    const reason = (): Reason | undefined => {
      if (!tooLarge && !isFull && !noHost) return undefined;
      if (!alone) return new ContentionError();
      if (tooLarge) return tooMuch(sharedMb);
      // this grading used most of the space that was free
      if (isFull && grown > before.free / 2) return tooMuch(Math.round(grown / 1e6));
      return machineFull(isFull ? (disk?.data ?? dir) : (disk?.host ?? dir));
    };
    const found = reason();
    return { grown: disk ? grown : Number.POSITIVE_INFINITY, ...(found ? { reason: found } : {}) };
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
    text(
      'free space on this machine, then run the same command: it resumes',
      '請在這台機器上騰出空間；再執行一次同樣的指令就會繼續',
    ),
  );
