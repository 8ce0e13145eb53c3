import type { Clock } from '../../run/clock.ts';

/** Calls `show` at once, and then at most once in `everyMs`: for the last of many changes too. After `over` has aborted, it is not called any more. */
export function coalesce(show: () => void, everyMs: number, clock: Pick<Clock, 'after'>, over: AbortSignal): () => void {
  let isWaiting = false;
  let hasChanged = false;
  const now = () => {
    hasChanged = false;
    isWaiting = true;
    show();
    clock.after(everyMs).addEventListener(
      'abort',
      () => {
        isWaiting = false;
        if (hasChanged && !over.aborted) now();
      },
      { once: true },
    );
  };
  return () => {
    hasChanged = true;
    if (!isWaiting && !over.aborted) now();
  };
}
