import { join } from 'node:path';
import type { Engine } from '../../docker/engine.ts';
import type { Listener } from '../../lab/event.ts';
import { text } from '../../lab/text.ts';
import { filesOf, type Lab, type Tutorial } from '../../lab/tutorial.ts';
import { pageContent } from '../../learn/web/content/page-content.ts';
import { createPause, type Pause } from '../../learn/web/run/pause.ts';
import { newRunView, type RunPageEvent, runViewAfter } from '../../learn/web/run/run-page.ts';
import { stackPicture } from '../../learn/web/stack-picture.ts';
import { assets } from '../../platform/package-root.ts';
import { runDir } from '../../run/journal.ts';
import type { RunOptions } from '../../run/run.ts';
import type { StackSession } from '../../run/session.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { enterPressed } from './enter-pressed.ts';
import { type PageOptions, servePage } from './serve-page.ts';

/** What the page needs of a run while it is performed. */
export type RunHooks = Pick<RunOptions, 'listen' | 'beforeStep' | 'onPlace'> & Partial<Pick<RunOptions, 'signal'>>;

export interface RunOnPage {
  readonly engine: Engine;
  readonly tutorial: Tutorial;
  readonly labs: readonly Lab[];
  readonly runId: string;
  /** Also receives each event. */
  readonly listen: Listener;
  /** Performs the run, and removes what it made. */
  perform(hooks: RunHooks): Promise<void>;
  /** Ends the output in the terminal, once the run has ended. */
  reported(): Promise<unknown>;
}

interface RunPageOptions extends PageOptions {
  /** Waits before every step. */
  readonly pause?: boolean;
}

/** Performs a run and shows it on a page, which stays until Enter or an interrupt: that is no error after the end of the run. */
export async function runOnPage(
  cli: Cli,
  running: RunOnPage,
  { pause: every = false, ...options }: RunPageOptions,
): Promise<void> {
  const { engine, tutorial, labs, runId } = running;
  const { compose } = engine;
  // stdout can be a report
  const screen = { ...cli, out: cli.err };
  const folder = runDir(cli.homes, runId);
  let pause: Pause | undefined;
  await servePage(screen, {
    ...options,
    folder,
    terminal: { why: noTerminal },
    content: (terminal) =>
      pageContent({
        ...{ tutorial, mode: 'run', lang: cli.lang, folder, terminal, compose },
        plan: labs.flatMap(({ id, steps }) => steps.map((step) => ({ key: `${id}/${step.id}` }))),
        stackOf: (key) => stackFiles(tutorial, key),
      }),
    press: ({ kind }) => {
      if (kind === 'pause' || kind === 'continue') pause?.press(kind);
    },
    work: async (feed, stop) => {
      let view = newRunView(every);
      const show = (event: RunPageEvent) => {
        view = runViewAfter(view, event);
        feed.show('run', view.page);
      };
      feed.show('run', view.page);
      const picture = stackPicture({ api: engine.api, clock, feed, ...stop });
      const waits = createPause(every, show, stop.signal);
      pause = waits;
      const places = new Map<string, StackSession>();
      try {
        await running.perform({
          signal: stop.signal,
          beforeStep: waits.beforeStep,
          onPlace: (place) => void places.set(place.spec.id, place),
          listen: (event) => {
            running.listen(event);
            show(event);
            const stack = event.kind === 'lab-started' && labs.find(({ id }) => id === event.lab)?.stack;
            const place = stack ? places.get(stack) : undefined;
            if (place) picture.show(place);
          },
        });
        await running.reported();
        cli.err.write(`${stays[cli.lang]}\n`);
        await enterPressed(process.stdin, stop.signal);
        // an interrupt is no error now
        if (!cli.signal.aborted) stop.signal.throwIfAborted();
      } finally {
        await picture.close();
      }
    },
    bye: text('The run has ended.', '執行已結束。'),
  });
}

/** The files of a stack that a run copies. */
function stackFiles(tutorial: Tutorial, key: string) {
  const spec = tutorial.stacks[key];
  if (!spec) throw new TypeError(`the tutorial ${tutorial.id} has no stack ${key}`);
  return { spec, dir: join(filesOf(tutorial, assets), spec.dir) };
}

const noTerminal = text(
  'labwright types the commands of this run. To type them yourself: lab start, then lab learn --web',
  '這次執行的指令由 labwright 輸入。想自己輸入：先執行 lab start，再執行 lab learn --web',
);

const stays = text('The page shows the result until Enter or Ctrl-C.', '頁面會保留結果，直到按下 Enter 或 Ctrl-C。');
