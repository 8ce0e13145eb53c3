/**
 * Aborts as soon as one of these does, with its reason. Unlike `AbortSignal.any`, whose result Node 20 may collect while
 * somebody waits for it (seen on 20.20 with `AbortSignal.timeout` among the sources), the sources hold it.
 */
export function either(...sources: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const source of sources) {
    if (source.aborted) controller.abort(source.reason);
    else source.addEventListener('abort', () => controller.abort(source.reason), { once: true, signal: controller.signal });
  }
  return controller.signal;
}
