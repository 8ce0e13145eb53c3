import { setMaxListeners } from 'node:events';

/**
 * Aborts as soon as one of these does, with its reason. Node 20 may garbage-collect the result of `AbortSignal.any` while it is awaited (seen on
 * 20.20 with `AbortSignal.timeout` among the sources); here the sources reference it. So whoever makes one releases it when its work is over, with
 * `using`: a source may live as long as the program.
 */
export function anySignal(...sources: readonly AbortSignal[]): AbortSignal & Disposable {
  const controller = new AbortController();
  const over = new AbortController();
  // any number of requests and commands may listen at once
  setMaxListeners(0, controller.signal);
  for (const source of sources) {
    if (source.aborted) controller.abort(source.reason);
    else source.addEventListener('abort', () => controller.abort(source.reason), { once: true, signal: over.signal });
  }
  const release = () => over.abort();
  if (controller.signal.aborted) release();
  else controller.signal.addEventListener('abort', release, { once: true });
  return Object.assign(controller.signal, { [Symbol.dispose]: release });
}

/**
 * The result of `work`. An abort rejects at once with the signal's reason, whatever the work waits for. The work is then abandoned: its result is
 * ignored, and what it holds is released with the process.
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
