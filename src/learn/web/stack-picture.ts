import type { EngineApi } from '../../docker/api/engine-api.ts';
import { anySignal } from '../../platform/any-signal.ts';
import type { Clock } from '../../run/clock.ts';
import { type PictureOptions, type PictureWatch, watchPicture } from './picture/watch-picture.ts';
import type { Feed } from './server/feed.ts';

export interface StackPictureOptions {
  readonly api: EngineApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly feed: Pick<Feed, 'show' | 'requests' | 'onPages'>;
}

/** The picture of one stack at a time. */
export interface StackPicture {
  /** Shows this stack from now on, in place of the one before. */
  show(stack: Pick<PictureOptions, 'project' | 'spec' | 'dir'>): void;
  /** Aborts as the signal of the options does, or with an error of the picture that is a bug: for the work that the picture shows. */
  readonly signal: AbortSignal;
  close(): Promise<void>;
}

export function stackPicture({ api, clock, signal, feed }: StackPictureOptions): StackPicture {
  let shown: { readonly project: string; readonly watch: PictureWatch } | undefined;
  const bug = new AbortController();
  const either = anySignal(signal, bug.signal);
  const closing: Promise<void>[] = [];
  const end = () => {
    if (shown) closing.push(shown.watch.close());
    shown = undefined;
    feed.onPages(() => undefined);
  };
  return {
    signal: either,
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
          failed: (error) => bug.abort(error),
        },
      );
      shown = { project, watch };
      feed.onPages((pages) => watch.watched(pages > 0));
    },
    close: async () => {
      end();
      await Promise.all(closing);
      either[Symbol.dispose]();
    },
  };
}
