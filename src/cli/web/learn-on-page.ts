import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { readReceipt } from '../../learn/receipt/file.ts';
import { type LearnOptions, type LearnSession, startSession } from '../../learn/session.ts';
import type { Action, LearnEvent, LearnState } from '../../learn/state.ts';
import { pageContent } from '../../learn/web/content/page-content.ts';
import { createReread } from '../../learn/web/content/reread.ts';
import { pageState, pressOnPage } from '../../learn/web/learn-page.ts';
import type { PageContent } from '../../learn/web/protocol.ts';
import type { Feed } from '../../learn/web/server/feed.ts';
import { stackPicture } from '../../learn/web/stack-picture.ts';
import { tutorialAtPort } from '../../run/learner/tutorial-at-port.ts';
import { followMembership, type JoinedByCommand } from '../class/join.ts';
import type { Cli } from '../context.ts';
import { createCauses } from '../learn/causes.ts';
import { createFollower, plainLines } from '../learn/follow.ts';
import { labwrightEnded, type PageOptions, servePage } from './serve-page.ts';

export interface LearnOnPageOptions extends PageOptions {
  /** The Compose project, if the learner named one: then also for the commands in the page's terminal. */
  readonly project?: string;
}

/**
 * Live mode on a page, until an interrupt. The program's own terminal shows the address, and each step that passed. `join`: joins a class; the caller leaves it.
 * Throws LabError E_STATE if a class is to be joined and another server has the page.
 */
export async function learnOnPage(
  cli: Cli,
  learning: Omit<LearnOptions, 'listen'>,
  first: LearnState,
  options: LearnOnPageOptions,
  join?: () => Promise<JoinedByCommand>,
): Promise<void> {
  const { own, tutorial, engine } = learning;
  const { compose } = engine;
  const named = options.project === undefined ? {} : { COMPOSE_PROJECT_NAME: options.project };
  let state = first;
  let session: LearnSession | undefined;
  let membership: JoinedByCommand | undefined;
  let contentNow: () => Promise<PageContent>;
  const isServed = await servePage(cli, {
    ...options,
    folder: own.dir,
    terminal: { dir: own.dir, env: { ...compose.env, ...named } },
    content: (terminal) => {
      contentNow = () =>
        pageContent({
          ...{ tutorial: tutorialAtPort(tutorial, own), plan: first.plan, mode: 'learn', lang: cli.lang, folder: own.dir },
          ...{ terminal, stackOf: () => own, compose },
        });
      return contentNow();
    },
    press: (press) => {
      if (press.kind === 'help') membership?.joined.askForHelp(press.on);
      else if (session) pressOnPage(press, state, session);
    },
    receipt: () => readReceipt(own.dir),
    work: async (feed, stop) => {
      feed.show('learn', pageState(first));
      membership = await join?.();
      if (membership) followMembership(cli, membership, (now) => feed.show('class', now));
      const reread = createReread(contentNow, (content) => feed.show('content', content));
      const seen = (next: LearnState, event: LearnEvent) => {
        state = next;
        membership?.joined.listen(next);
        if (event.kind === 'acted' && showsFile(tutorial, event.action)) reread().catch(stop.failed);
      };
      const picture = stackPicture({ api: engine.api, clock: learning.clock, feed, ...stop });
      picture.show(own);
      // nothing is awaited between the start and the end: an error of the session would have no handler
      const listen = listener(cli, learning, feed, seen);
      session = startSession({ ...learning, signal: stop.signal, listen }, first);
      const { lookAgain, ended } = session;
      process.on('SIGCONT', lookAgain);
      try {
        await ended;
      } finally {
        process.off('SIGCONT', lookAgain);
        await picture.close();
      }
    },
    bye: labwrightEnded,
    ended: text(
      'The page has ended; your progress is kept. `lab learn --web` continues.',
      '頁面已結束，進度已保留。執行 `lab learn --web` 就會繼續。',
    ),
  });
  if (!isServed && join) throw notJoined();
}

/** Whether a file was changed that a step shows. */
const showsFile = ({ labs }: Tutorial, { kind, what }: Action): boolean =>
  kind === 'edit' && labs.some(({ steps }) => steps.some(({ show = [] }) => show.some(({ file }) => file === what)));

const notJoined = (): LabError =>
  new LabError(
    'E_STATE',
    text('the class was not joined: another `lab` serves the page', '沒有加入班級：頁面由另一個 `lab` 提供'),
    text('end that one with Ctrl-C, then run the command again', '請按 Ctrl-C 結束那個 `lab`，再執行一次'),
  );

/** Shows each state on the page, and each step that passed in the terminal. */
function listener(
  { out, lang }: Cli,
  { tutorial }: Pick<LearnOptions, 'tutorial'>,
  feed: Feed,
  seen: (state: LearnState, event: LearnEvent) => void,
): LearnOptions['listen'] {
  const causes = createCauses();
  const followed = createFollower(tutorial, lang);
  return (state, event, before) => {
    seen(state, event);
    feed.show('learn', pageState(causes(state, event, before)));
    for (const one of followed(state, event, before))
      if (one.kind === 'step-passed') out.write(plainLines({ ...one, recap: '' }, lang));
  };
}
