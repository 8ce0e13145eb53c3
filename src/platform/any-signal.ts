/**
 * Aborts as soon as one of these does, with its reason. Unlike `AbortSignal.any`, whose result Node 20 may collect while
 * somebody waits for it (seen on 20.20 with `AbortSignal.timeout` among the sources), the sources hold it.
 */
export function anySignal(...sources: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const source of sources) {
    if (source.aborted) controller.abort(source.reason);
    else source.addEventListener('abort', () => controller.abort(source.reason), { once: true, signal: controller.signal });
  }
  return controller.signal;
}

/**
 * What `work` resolves to; at an abort it rejects at once with the signal's reason, whatever the work waits for. The work is left to itself then:
 * what it comes to is not heard, and what it holds goes with the process.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const ended = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { signal: ended.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    ended.abort();
    work.catch(() => undefined);
  }
}
