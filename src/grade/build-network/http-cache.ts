import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import CachePolicy from 'http-cache-semantics';
import { randomId } from '../../platform/ids.ts';
import { openPlain, readPlain } from '../../platform/plain-file.ts';

/** A stored answer. */
export interface CachedAnswer {
  readonly policy: CachePolicy;
  readonly bytes: number;
  open(): Promise<Readable>;
}

/** An answer that is being stored. It becomes visible with `keep`. Errors of the disk only prevent that: without the cache, builds take longer. */
export interface DraftAnswer {
  write(chunk: Buffer): Promise<void>;
  keep(): Promise<void>;
  discard(): Promise<void>;
}

interface Stored {
  readonly url: string;
  readonly policy: CachePolicy.CachePolicyObject;
  readonly body: string;
  readonly bytes: number;
}

const metaBytes = 100_000;

/**
 * Answers to plain HTTP requests, in a folder of files: one with the headers of each answer, one with its body. Several processes may use it. Whether an
 * answer may be used again, http-cache-semantics decides (RFC 9111). When there are more than `maxBytes`, those unused for the longest time are removed.
 */
export class HttpCache {
  readonly #dir: string;
  readonly #maxBytes: number;

  private constructor(dir: string, maxBytes: number) {
    this.#dir = dir;
    this.#maxBytes = maxBytes;
  }

  static async open(dir: string, maxBytes: number): Promise<HttpCache> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return new HttpCache(dir, maxBytes);
  }

  /** Whether an answer of this length is stored at all. */
  fits(bytes: number): boolean {
    return bytes <= this.#maxBytes / 4;
  }

  /** The stored answer to GET; undefined if there is none. */
  async find(url: string): Promise<CachedAnswer | undefined> {
    try {
      const {
        url: named,
        policy,
        body,
        bytes,
      } = JSON.parse(String(await readPlain(this.#meta(url), { maxBytes: metaBytes }))) as Stored;
      const path = join(this.#dir, body);
      const { size } = await stat(path);
      if (named !== url || size !== bytes) return undefined;
      const now = new Date();
      await Promise.all([path, this.#meta(url)].map((used) => utimes(used, now, now)));
      return { policy: CachePolicy.fromObject(policy), bytes, open: async () => (await openPlain(path)).createReadStream() };
    } catch {
      return undefined; // absent, removed meanwhile, or incomplete after a crash
    }
  }

  /** Begins to store an answer. */
  begin(url: string, policy: CachePolicy, bytes: number): DraftAnswer {
    const body = `${randomId(12)}.body`;
    const path = join(this.#dir, body);
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    const written = finished(file).then(
      () => true,
      () => false,
    );
    const discard = async () => {
      file.destroy();
      await written;
      await rm(path, { force: true });
    };
    const keep = async () => {
      file.end();
      try {
        if (!(await written)) throw new Error('the body is incomplete');
        await this.#write({ url, policy: policy.toObject(), body, bytes });
        await this.#trim();
      } catch {
        await discard();
      }
    };
    return { write: (chunk) => new Promise((done) => file.write(chunk, () => done())), keep, discard };
  }

  /** Stores the newer headers of an answer that its server confirmed. */
  async renew(url: string, policy: CachePolicy): Promise<void> {
    const stored = await readPlain(this.#meta(url), { maxBytes: metaBytes }).catch(() => undefined);
    if (!stored) return;
    await this.#write({ ...(JSON.parse(String(stored)) as Stored), policy: policy.toObject() }).catch(() => undefined);
  }

  #meta(url: string): string {
    return join(this.#dir, `${createHash('sha256').update(url).digest('hex')}.json`);
  }

  async #write(stored: Stored): Promise<void> {
    const draft = join(this.#dir, `${randomId(12)}.draft`);
    await writeFile(draft, JSON.stringify(stored), { flag: 'wx', mode: 0o600 });
    await rename(draft, this.#meta(stored.url));
  }

  /** Removes the bodies that were used longest ago, and what crashes left, until the rest fits. */
  async #trim(): Promise<void> {
    const names = await readdir(this.#dir);
    const files = await Promise.all(
      names.map(async (name) => {
        const found = await stat(join(this.#dir, name)).catch(() => undefined);
        return { name, size: found?.size ?? 0, usedMs: found?.mtimeMs ?? 0 };
      }),
    );
    let total = files.reduce((sum, { size }) => sum + size, 0);
    for (const { name, size } of files.toSorted((a, b) => a.usedMs - b.usedMs)) {
      if (total <= this.#maxBytes) return;
      await unlink(join(this.#dir, name)).catch(() => undefined);
      total -= size;
    }
  }
}
