import { writeFile } from 'node:fs/promises';
import { lock } from '../../platform/lock.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { ApiError } from '../api/api-error.ts';
import type { Engine } from '../engine.ts';

/** An image that was pulled for submissions. */
interface CachedImage {
  readonly bytes: number;
  /** When a class used it last; milliseconds since 1970. */
  readonly usedMs: number;
}

export type CacheRecord = Readonly<Record<string, CachedImage>>;

/**
 * All images that are kept for submissions, as the engine reports their sizes (layers that they share count each time). The disk of the grading
 * engine has 16 GB, of which builds and submissions need the rest.
 */
const cacheBytes = 6_000_000_000;
/** Another class may still use an image that it used within this time: the longest that a rubric allows a submission. */
const inUseMs = 7_200_000;

/**
 * The images to remove so that all together are within the limit: the least recently used first, none that is `held` or that another class may use.
 * Undefined: that is not enough.
 */
export function imagesToRemove(
  record: CacheRecord,
  held: ReadonlySet<string>,
  nowMs: number,
  limit: number,
): string[] | undefined {
  let bytes = bytesOf(record);
  const removed: string[] = [];
  for (const [ref, one] of Object.entries(record).sort(([, a], [, b]) => a.usedMs - b.usedMs)) {
    if (bytes <= limit) break;
    if (held.has(ref) || nowMs - one.usedMs < inUseMs) continue;
    removed.push(ref);
    bytes -= one.bytes;
  }
  return bytes <= limit ? removed : undefined;
}

export interface CacheOptions {
  /** The file with the record of the grading engine's images. Left out: an engine that others use too, from which nothing is removed. */
  readonly file?: string;
  readonly limit?: number;
  /** The space that is free on the engine's disk. Images take at most half of it, and submissions the rest. Left out: not known. */
  readonly freeBytes?: number;
  /** Milliseconds since 1970. */
  nowMs(): number;
  readonly signal: AbortSignal;
}

/** The images that an engine keeps for submissions, within a limit. Other images of the engine are not touched. */
export class ImageCache {
  readonly #api: Engine['api'];
  readonly #options: CacheOptions;
  /** What this class uses. */
  readonly #held = new Set<string>();
  #own: CacheRecord = {};
  #limit: number | undefined;

  constructor({ api }: Pick<Engine, 'api'>, options: CacheOptions) {
    this.#api = api;
    this.#options = options;
  }

  /** The space that more images may take; call it before any is brought. */
  async room(): Promise<number> {
    const record = await this.#load();
    return Math.max(0, this.#limitFor(record) - bytesOf(record));
  }

  /** The limit for this class, which begins with this record. */
  #limitFor(record: CacheRecord): number {
    const { limit = cacheBytes, freeBytes = Number.POSITIVE_INFINITY } = this.#options;
    this.#limit ??= Math.min(limit, bytesOf(record) + freeBytes / 2);
    return this.#limit;
  }

  /** Pulls one image at a time, whichever class it is for: together they could exceed the disk. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#locked('pull.lock', work);
  }

  /**
   * Records that an image is used, and removes others if there are too many. `fresh`: it was brought for a submission. False: there is no room even so,
   * and it was removed.
   */
  keep(ref: string, bytes: number, fresh: boolean): Promise<boolean> {
    return this.#locked('lock', () => this.#keep(ref, bytes, fresh));
  }

  async #locked<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { file, signal } = this.#options;
    if (file === undefined) return await work();
    await using _held = await lock(`${file}.${name}`, undefined, signal);
    return await work();
  }

  async #keep(ref: string, bytes: number, fresh: boolean): Promise<boolean> {
    const before = await this.#load();
    if (!fresh && !before[ref]) return true;
    const nowMs = this.#options.nowMs();
    const after = { ...before, [ref]: { bytes, usedMs: nowMs } };
    this.#held.add(ref);
    const { file } = this.#options;
    const limit = this.#limitFor(before);
    const doomed = file === undefined ? withinLimit(after, limit) : imagesToRemove(after, this.#held, nowMs, limit);
    const gone = await this.#remove(doomed ?? (fresh ? [ref] : []));
    await this.#store(Object.fromEntries(Object.entries(after).filter(([one]) => !gone.has(one))));
    return doomed !== undefined || !fresh;
  }

  /** Images that are in use stay, and are still recorded. */
  async #remove(refs: readonly string[]): Promise<ReadonlySet<string>> {
    const gone = new Set<string>();
    for (const ref of refs) {
      try {
        await this.#api.delete(`/images/${ref}`);
        gone.add(ref);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 404) gone.add(ref);
      }
    }
    return gone;
  }

  async #load(): Promise<CacheRecord> {
    const { file } = this.#options;
    if (file === undefined) return this.#own;
    try {
      return JSON.parse(String(await readPlain(file, { maxBytes: 1_000_000 }))) as CacheRecord;
    } catch (error) {
      // absent at first; a damaged one only forgets what may be removed
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw error;
    }
  }

  async #store(record: CacheRecord): Promise<void> {
    const { file } = this.#options;
    this.#own = record;
    if (file !== undefined) await writeFile(file, `${JSON.stringify(record, undefined, 1)}\n`, { mode: 0o600 });
  }
}

/** On an engine that others use too, nothing is removed. */
const withinLimit = (record: CacheRecord, limit: number): string[] | undefined => (bytesOf(record) <= limit ? [] : undefined);

const bytesOf = (record: CacheRecord): number => Object.values(record).reduce((sum, { bytes }) => sum + bytes, 0);
