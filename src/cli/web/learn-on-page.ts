import { text } from '../../lab/text.ts';
import { type LearnOptions, type LearnSession, startSession } from '../../learn/session.ts';
import type { LearnState } from '../../learn/state.ts';
import { pageContent } from '../../learn/web/content/page-content.ts';
import { pageState, pressOnPage } from '../../learn/web/learn-page.ts';
import { type PictureWatch, watchPicture } from '../../learn/web/picture/watch-picture.ts';
import type { Feed } from '../../learn/web/server/feed.ts';
import type { Cli } from '../context.ts';
import { createCauses } from '../learn/causes.ts';
import { createFollower, plainLines } from '../learn/follow.ts';
import { type PageOptions, servePage } from './serve-page.ts';

export interface LearnOnPageOptions extends PageOptions {
  /** The Compose project, if the learner named one: then also for the commands in the page's terminal. */
  readonly project?: string;
}

/** Live mode on a page, until an interrupt. The program's own terminal shows the address, and each step that passed. */
export async function learnOnPage(
  cli: Cli,
  learning: Omit<LearnOptions, 'listen'>,
  first: LearnState,
  options: LearnOnPageOptions,
): Promise<void> {
  const { own, tutorial, engine } = learning;
  const { compose } = engine;
  const named = options.project === undefined ? {} : { COMPOSE_PROJECT_NAME: options.project };
  let state = first;
  let session: LearnSession | undefined;
  let pictures: PictureWatch | undefined;
  await servePage(cli, {
    ...options,
    folder: own.dir,
    terminal: { dir: own.dir, env: { ...compose.env, ...named } },
    content: (terminal) =>
      pageContent({
        tutorial,
        plan: first.plan,
        mode: 'learn',
        lang: cli.lang,
        folder: own.dir,
        terminal,
        stackOf: () => own,
        compose,
      }),
    press: (press) => session && pressOnPage(press, state, session),
    watched: (isWatched) => pictures?.watched(isWatched),
    work: async (feed) => {
      await using pictured = pictureOn(learning, feed);
      pictures = pictured.watch;
      pictures.watched(feed.pages > 0);
      feed.show('learn', pageState(first));
      session = startSession({ ...learning, listen: listener(cli, learning, feed, (next) => (state = next)) }, first);
      const { lookAgain } = session;
      process.on('SIGCONT', lookAgain);
      await Promise.race([session.ended, pictured.failed]).finally(() => process.off('SIGCONT', lookAgain));
    },
    bye: text(
      'labwright has ended; your progress is kept. `lab learn --web` continues.',
      'labwright 已結束，進度已保留。執行 `lab learn --web` 就會繼續。',
    ),
  });
}

/** Shows the stack on the page. `failed` rejects with a bug. */
function pictureOn({ engine, own, clock, signal }: Omit<LearnOptions, 'listen'>, feed: Feed) {
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined); // it may reject before anything waits for it
  const { project, spec, dir } = own;
  const watch = watchPicture(
    { api: engine.api, project, spec, dir, clock, signal },
    { picture: (picture) => feed.show('picture', picture), requests: (requests) => feed.requests(requests), failed: fail },
  );
  return { watch, failed, [Symbol.asyncDispose]: () => watch.close() };
}

/** Shows each state on the page, and each step that passed in the terminal. */
function listener(
  { out, lang }: Cli,
  { tutorial }: Pick<LearnOptions, 'tutorial'>,
  feed: Feed,
  seen: (state: LearnState) => void,
): LearnOptions['listen'] {
  const causes = createCauses();
  const followed = createFollower(tutorial, lang);
  return (state, event, before) => {
    seen(state);
    feed.show('learn', pageState(causes(state, event, before)));
    for (const one of followed(state, event, before))
      if (one.kind === 'step-passed') out.write(plainLines({ ...one, recap: '' }, lang));
  };
}
