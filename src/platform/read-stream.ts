/** Limit for output of an engine that is kept, in bytes. */
export const capBytes = 1_000_000;

/**
 * Reads a stream to its end, until `enough`, or until the signal; then cancels it. Keeps what `cut` returns for the bytes so far; without `cut`,
 * reads the first megabyte.
 */
export async function read(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  { enough, cut }: { enough?: ((bytes: Buffer) => boolean) | undefined; cut?: (bytes: Buffer) => Buffer } = {},
): Promise<Buffer> {
  const reader = stream.getReader();
  const letGo = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', letGo, { once: true });
  // a signal that is aborted already fires no event
  if (signal.aborted) letGo();
  let bytes = Buffer.alloc(0);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return bytes;
      bytes = Buffer.concat([bytes, value]);
      if (cut) bytes = Buffer.from(cut(bytes));
      if (enough?.(bytes) || (!cut && bytes.length >= capBytes)) return bytes;
    }
  } finally {
    signal.removeEventListener('abort', letGo);
    letGo();
  }
}
