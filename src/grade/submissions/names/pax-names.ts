const block = 512;
/** Number of last bytes of a stream to keep: a header is read before this many more bytes arrive. */
const kept = 1024 * 1024;
/** Maximum length of an extended header, in blocks: a longer one contains no usable name. */
const longest = 64;

/** The last bytes of a stream, by position. */
export class RecentBytes {
  #chunks: Buffer[] = [];
  #start = 0;
  #end = 0;

  push(chunk: Uint8Array): void {
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    this.#end += chunk.length;
    for (let first = this.#chunks[0]; first && this.#end - this.#start - first.length >= kept; first = this.#chunks[0]) {
      this.#start += first.length;
      this.#chunks.shift();
    }
  }

  /** Undefined if not all of it is available. */
  slice(from: number, to: number): Buffer | undefined {
    if (from < this.#start || to > this.#end) return undefined;
    return Buffer.concat(this.#chunks).subarray(from - this.#start, to - this.#start);
  }
}

/**
 * A field (`path`, `linkpath`) of the extended header (POSIX pax, type `x`) directly before the header of an entry at `at`, as
 * bytes. tar-stream returns it as text, which loses bytes that are not UTF-8; Python's tarfile writes such names there. Undefined
 * if absent.
 */
export function paxField(recent: RecentBytes, at: number, key: string): Buffer | undefined {
  for (let from = at - 2 * block; from >= Math.max(0, at - longest * block); from -= block) {
    const header = recent.slice(from, from + block);
    if (!header) return undefined;
    const isPax = header[156] === 0x78 && header.toString('latin1', 257, 262) === 'ustar';
    const size = Number.parseInt(header.toString('latin1', 124, 136), 8);
    if (!isPax || from + block + Math.ceil(size / block) * block !== at) continue;
    return fieldIn(recent.slice(from + block, from + block + size), key);
  }
  return undefined;
}

/** Records are `LENGTH KEY=VALUE` and a line end; the last one of a key counts. */
function fieldIn(body: Buffer | undefined, key: string): Buffer | undefined {
  let found: Buffer | undefined;
  for (let rest = body ?? Buffer.alloc(0); rest.length > 0; ) {
    const blank = rest.indexOf(' ');
    const length = Number(rest.toString('latin1', 0, Math.max(0, blank)));
    if (blank < 1 || !(length > blank + 1) || length > rest.length) break;
    const record = rest.subarray(blank + 1, length - 1);
    if (record.toString('latin1', 0, key.length + 1) === `${key}=`) found = Buffer.from(record.subarray(key.length + 1));
    rest = rest.subarray(length);
  }
  return found;
}
