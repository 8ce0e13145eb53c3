/** So much of what an engine sends is kept, in bytes. */
export const capBytes = 1_000_000;

/**
 * Reads a stream to its end, until `enough`, or until the signal; then lets go of it. What `cut` makes of the bytes so far is kept;
 * without it, the first megabyte is read.
 */
export async function read(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  { enough, cut }: { enough?: ((bytes: Buffer) => boolean) | undefined; cut?: (bytes: Buffer) => Buffer } = {},
): Promise<Buffer> {
  const reader = stream.getReader();
  const letGo = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', letGo, { once: true });
  // one that was aborted before says so no more
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
