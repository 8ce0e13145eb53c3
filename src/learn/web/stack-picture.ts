import type { EngineApi } from '../../docker/api/engine-api.ts';
import type { Clock } from '../../run/clock.ts';
import { type PictureOptions, type PictureWatch, watchPicture } from './picture/watch-picture.ts';
import type { Feed } from './server/feed.ts';

export interface StackPictureOptions {
  readonly api: EngineApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Receives an error of the picture that is a bug. */
  failed(error: unknown): void;
  readonly feed: Pick<Feed, 'show' | 'requests' | 'onPages'>;
}

/** The picture of one stack at a time. */
export interface StackPicture {
  /** Shows this stack from now on, in place of the one before. */
  show(stack: Pick<PictureOptions, 'project' | 'spec' | 'dir'>): void;
  close(): Promise<void>;
}

export function stackPicture({ api, clock, signal, failed, feed }: StackPictureOptions): StackPicture {
  let shown: { readonly project: string; readonly watch: PictureWatch } | undefined;
  const closing: Promise<void>[] = [];
  const end = () => {
    if (shown) closing.push(shown.watch.close());
    shown = undefined;
    feed.onPages(() => undefined);
  };
  return {
    show: (stack) => {
      const { project } = stack;
      if (project === shown?.project) return;
      end();
      const isShown = () => project === shown?.project;
      const watch = watchPicture(
        { ...stack, api, clock, signal },
        {
          picture: (picture) => isShown() && feed.show('picture', picture),
          requests: (requests) => isShown() && feed.requests(requests),
          failed,
        },
      );
      shown = { project, watch };
      feed.onPages((pages) => watch.watched(pages > 0));
    },
    close: async () => {
      end();
      await Promise.all(closing);
    },
  };
}
