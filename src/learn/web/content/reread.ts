import type { PageContent } from '../protocol.ts';

/** Returns what reads the content and shows it, after a change: of those while it is read, the last. Resolves when it is shown. */
export function createReread(read: () => Promise<PageContent>, show: (content: PageContent) => void): () => Promise<void> {
  let reading = Promise.resolve();
  let isWaiting = false;
  return () => {
    if (!isWaiting) {
      isWaiting = true;
      reading = reading.then(async () => {
        isWaiting = false;
        show(await read());
      });
    }
    return reading;
  };
}
