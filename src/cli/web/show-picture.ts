import { realpath } from 'node:fs/promises';
import { type PictureOptions, watchPicture } from '../../learn/web/picture/watch-picture.ts';
import type { Feed } from '../../learn/web/server/feed.ts';

/**
 * Shows a stack's picture on the pages while the work runs. Rejects as the work does, or for a bug in the picture; an engine that is away is waited for.
 */
export async function withPicture<T>(feed: Feed, options: Omit<PictureOptions, 'signal'>, work: () => Promise<T>): Promise<T> {
  const ended = new AbortController();
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const dir = await realpath(options.dir);
  const watch = watchPicture(
    { ...options, dir, signal: ended.signal },
    {
      picture: (picture) => feed.show('picture', picture),
      requests: (requests) => feed.requests(requests),
      failed: fail,
    },
  );
  feed.onPages((pages) => watch.watched(pages > 0));
  try {
    return await Promise.race([work(), failed]);
  } finally {
    feed.onPages(() => undefined);
    ended.abort();
    await watch.close();
  }
}
