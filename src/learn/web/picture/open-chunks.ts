/** The pieces of an endless response. One that breaks off ends, as one that the engine ends does. */
export function openChunks(stream: ReadableStream<Uint8Array>): { readonly chunks: AsyncIterable<Uint8Array>; close(): void } {
  const reader = stream.getReader();
  const next = () => reader.read().catch(() => ({ done: true, value: undefined }) as const);
  const chunks = async function* () {
    for (let one = await next(); !one.done; one = await next()) yield one.value;
  };
  // a broken stream has nothing to cancel and rejects here too
  return { chunks: chunks(), close: () => void reader.cancel().catch(() => undefined) };
}
