import { findEngine } from '../../docker/discovery/open-engine.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { planOf, resume } from '../../learn/plan.ts';
import { loadProgress } from '../../learn/progress.ts';
import { type LearnOptions, startSession } from '../../learn/session.ts';
import type { LearnState } from '../../learn/state.ts';
import { unlessAborted } from '../../platform/any-signal.ts';
import { numberedIds } from '../../platform/ids.ts';
import { locateOwn } from '../../run/learner/own-stack.ts';
import { tutorialAtPort } from '../../run/learner/tutorial-at-port.ts';
import { findLabOrStep } from '../../run/plan.ts';
import { callOf } from '../call-line.ts';
import { askToJoin, followMembership, type JoinCommandOptions, type JoinedByCommand, joinFor } from '../class/join.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { interruptible } from '../interrupted.ts';
import type { AlternateScreen } from '../learn/alternate-screen.ts';
import { endingLines } from '../learn/ending.ts';
import { firstScreen } from '../learn/first-screen.ts';
import { createFollower, ndjsonLine, plainLines } from '../learn/follow.ts';
import { stepList } from '../learn/step-list.ts';
import { loadTutorial, tutorialHere } from '../tutorials.ts';
import { assertNoPage } from '../web/page-options.ts';

export interface LearnCommandOptions extends JoinCommandOptions {
  readonly tutorial?: string;
  readonly project?: string;
  readonly role: Readonly<Record<string, string>>;
  readonly follow?: boolean;
  readonly list?: boolean;
  readonly reporter?: 'plain' | 'ndjson';
  readonly web?: boolean;
  readonly port?: number;
  /** commander's form of `--no-open`. */
  readonly open: boolean;
}

/** `lab learn`: watches the learner's own stack, and shows each step as it is done. Exit code 0: the learner quit, or all steps are done. */
export async function learn(cli: Cli, options: LearnCommandOptions, at?: string): Promise<number> {
  if (!options.web) assertNoPage('lab learn', options);
  const { tutorial } = await loadTutorial(cli, await tutorialHere(cli, options.tutorial), 'run');
  const joining = await askToJoin(cli, options);
  const lab = at === undefined ? undefined : findLabOrStep(tutorial, at).lab;
  const plain = options.follow || options.reporter !== undefined || !cli.out.interactive || process.stdin.isTTY !== true;
  const work = async (screen?: AlternateScreen): Promise<number> => {
    await using engine = await findEngine({ ...cli, choice: cli.engine });
    if (!engine) throw nothingUp();
    const { api, compose } = engine;
    const { project } = options;
    const where = { roles: options.role, ...(lab ? { stack: lab.stack } : {}), ...(project === undefined ? {} : { project }) };
    const own = await unlessAborted(locateOwn({ ...cli, api, compose, tutorial, ...where }), cli.signal);
    const stored = await loadProgress(own.dir);
    const first = resume(planOf(tutorial, own.stack), tutorial.id, stored, lab);
    if (options.list) {
      cli.out.write(stepList(cli.out, cli.lang, tutorial, first));
      return 0;
    }
    const { signal, env } = cli;
    const learning = { engine, own, tutorial, clock, signal, env, nonce: numberedIds(6) };
    let membership: JoinedByCommand | undefined;
    const join =
      joining &&
      (async () => {
        membership = await joinFor(cli, joining, tutorial.id, first);
        return membership;
      });
    try {
      if (options.web) await (await import('../web/learn-on-page.ts')).learnOnPage(cli, learning, first, options, join);
      else if (screen) await (await import('../learn/live.ts')).live(cli, learning, first, screen, await join?.());
      else await follow(cli, options, learning, first, await join?.());
    } finally {
      await membership?.joined.close();
    }
    return 0;
  };
  const onScreen = async (): Promise<number> => {
    const screen = await firstScreen(cli, tutorial, lab);
    try {
      return await work(screen);
    } finally {
      screen.leave();
      process.off('exit', screen.leave);
    }
  };
  return interruptible(
    cli,
    plain || options.list || options.web ? () => work() : onScreen,
    text('progress is kept; `lab learn` continues', '進度已保留；執行 `lab learn` 就會繼續'),
  );
}

/** Lines as things happen; continues after each step by itself. */
async function follow(
  cli: Cli,
  { reporter = 'plain' }: LearnCommandOptions,
  learning: Omit<LearnOptions, 'listen'>,
  first: LearnState,
  membership?: JoinedByCommand,
): Promise<void> {
  const { out, lang } = cli;
  if (membership) followMembership(cli, membership, () => undefined);
  const tutorial: Tutorial = tutorialAtPort(learning.tutorial, learning.own);
  const followed = createFollower(tutorial, lang);
  const session = startSession(
    {
      ...learning,
      listen: (state, event, before) => {
        membership?.joined.listen(state);
        for (const one of followed(state, event, before))
          out.write(reporter === 'ndjson' ? ndjsonLine(one, lang) : plainLines(one, lang));
        if ((state.phase === 'passed' || state.phase === 'finished') && before.phase === 'working')
          queueMicrotask(() => session.press('enter'));
      },
    },
    first,
  );
  process.on('SIGCONT', session.lookAgain);
  let ended: LearnState;
  try {
    ended = await session.ended;
  } finally {
    process.off('SIGCONT', session.lookAgain);
  }
  if (reporter !== 'plain' || ended.phase !== 'finished') return;
  const page = { paint: out.paint, lang, columns: out.columns, rows: out.stream.rows || 24 };
  out.write(`\n${endingLines(page, tutorial, ended, callOf(cli)).join('\n')}\n`);
}

const nothingUp = (): LabError =>
  new LabError(
    'E_ENGINE_UNREACHABLE',
    text('no Docker engine is up', '沒有正在執行的 Docker 引擎'),
    text(
      'start Docker; or the private engine: `lab engine up`, then `eval "$(lab engine env)"` in the shell that you type in',
      '請啟動 Docker；或用專用引擎：先執行 `lab engine up`，再於你輸入指令的 shell 執行 `eval "$(lab engine env)"`',
    ),
  );
