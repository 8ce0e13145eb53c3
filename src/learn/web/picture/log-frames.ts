/** A longer line is cut there. */
const longestLine = 8000;

/** Splits text that arrives in pieces into lines. */
export class LineSplitter {
  #rest = '';

  push(text: string): string[] {
    const [first = '', ...more] = text.split('\n');
    if (this.#rest.length < longestLine) this.#rest += first.slice(0, longestLine);
    if (more.length === 0) return [];
    const lines = [this.#rest, ...more.slice(0, -1)];
    this.#rest = (more.at(-1) ?? '').slice(0, longestLine);
    return lines.map((line) => line.slice(0, longestLine));
  }
}

/**
 * The lines of a container's log as the engine sends it: in frames (8 bytes of header: stream, 0 0 0, size), or as plain text for a container with a
 * terminal.
 */
export class LogFrames {
  readonly #decoder = new TextDecoder();
  readonly #lines: Readonly<Record<number, LineSplitter>> = {
    0: new LineSplitter(),
    1: new LineSplitter(),
    2: new LineSplitter(),
  };
  #isFramed: boolean | undefined;
  #rest: Buffer = Buffer.alloc(0);
  /** The rest of the frame that is being read. */
  #frame = { stream: 0, size: 0 };

  push(chunk: Uint8Array): string[] {
    const bytes =
      this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#isFramed ??= bytes.readUInt8(0) <= 2 && bytes.subarray(1, 4).every((byte) => byte === 0);
    if (!this.#isFramed) return this.#split(0, bytes);
    const found: string[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#frame.size === 0) {
        if (bytes.length - at < 8) break;
        this.#frame = { stream: bytes.readUInt8(at), size: bytes.readUInt32BE(at + 4) };
        at += 8;
      }
      const part = bytes.subarray(at, at + this.#frame.size);
      this.#frame.size -= part.length;
      at += part.length;
      found.push(...this.#split(this.#frame.stream, part));
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    return found;
  }

  // a character that two pieces share is cut in two: no part of a line that is read has any but ASCII
  #split(stream: number, bytes: Buffer): string[] {
    return this.#lines[stream]?.push(this.#decoder.decode(bytes)) ?? [];
  }
}

/** A line with the engine's time in front: `2026-11-28T13:18:15.339650648Z GET / …`. Undefined: it has none. */
export function splitTime(line: string): { readonly time: string; readonly text: string } | undefined {
  const space = line.indexOf(' ');
  const time = line.slice(0, space);
  return /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(time) ? { time, text: line.slice(space + 1) } : undefined;
}
