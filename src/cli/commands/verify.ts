import { watchProcessorUse } from '../../docker/api/processor-use.ts';
import { findEngine } from '../../docker/discovery/open-engine.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import type { Outcome } from '../../lab/verdict.ts';
import { loadProgress } from '../../learn/progress.ts';
import { unlessAborted } from '../../platform/any-signal.ts';
import { numberedIds } from '../../platform/ids.ts';
import { openReporters } from '../../report/reporters.ts';
import { engineLine } from '../../run/engine-line.ts';
import { locateOwn, type OwnStack } from '../../run/learner/own-stack.ts';
import { isOneStart, nextStep } from '../../run/learner/progress.ts';
import { type CountedTraces, countTraces } from '../../run/learner/traces.ts';
import { findLabOrStep } from '../../run/plan.ts';
import { gatherSteps, type VerifiedLab, type VerifyLabOptions, verifyLab } from '../../run/verify.ts';
import { observe } from '../../run/world.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { interruptible } from '../interrupted.ts';
import { verifiedSteps } from '../output/verified-steps.ts';
import { loadTutorial, tutorialHere } from '../tutorials.ts';

export interface VerifyOptions {
  readonly tutorial?: string;
  readonly project?: string;
  /** Services by role. */
  readonly role: Readonly<Record<string, string>>;
  readonly reporter: readonly string[];
  readonly out: readonly string[];
  /** Takes large samples. */
  readonly thorough?: boolean;
  /** The file of a receipt to judge, instead of the learner's stack. */
  readonly receipt?: string;
}

/** `lab verify`: one look at the learner's own stack. Changes nothing. Exit code 0: every step in question is done; 1: not all; 3: errored. */
export async function verify(cli: Cli, options: VerifyOptions, at?: string): Promise<number> {
  const { receipt } = options;
  if (receipt !== undefined) return (await import('./verify-receipt.ts')).verifyReceipt(cli, receipt, options, at);
  const { tutorial } = await loadTutorial(cli, await tutorialHere(cli, options.tutorial));
  const { lab, step } = at === undefined ? {} : findLabOrStep(tutorial, at);
  const work = async (): Promise<number> => {
    await using engine = await findEngine({ ...cli, choice: cli.engine });
    if (!engine) throw nothingUp();
    const { api, compose } = engine;
    const { project: named } = options;
    const where = {
      roles: options.role,
      ...(lab ? { stack: lab.stack } : {}),
      ...(named === undefined ? {} : { project: named }),
    };
    const own = await unlessAborted(locateOwn({ ...cli, api, compose, tutorial, ...where }), cli.signal);
    const traces = countTraces(clock, { thorough: options.thorough === true });
    const view = observe({ api, ...own, clock, traces, nonce: numberedIds(6) });
    const stored = await loadProgress(own.dir);
    const shown = new Set(Object.keys(stored?.steps ?? {}));
    const spoiled = stored?.spoiled ? { spoiled: stored.current } : {};
    const oneStart = async () => isOneStart((await view.look().state()).replicas);
    const verifying = { view, clock, signal: cli.signal, shown, ...spoiled, busy: watchProcessorUse(api, own.project), oneStart };
    const line = engineLine(engine);
    const show = showOn(cli, own, tutorial, traces, line.composeLine);
    if (!lab) return await verifyAll(cli, options, tutorial, own, verifying, show);
    const { project } = own;
    const all = { ...verifying, engine: line, project, tutorial, lab, ...(step ? { step } : {}) };
    return await verifyOne(cli, options, all, show);
  };
  return interruptible(
    cli,
    work,
    text('nothing was made or changed; the same command looks again', '沒有建立或更動任何資源；再執行一次同樣的指令就會重新檢查'),
  );
}

type Show = (verified: Pick<VerifiedLab, 'states' | 'next'>, all?: 'all') => void;

const showOn =
  (cli: Cli, own: OwnStack, tutorial: Tutorial, traces: CountedTraces, composeLine: string): Show =>
  (verified, all) => {
    const { project, dir } = own;
    const at = tutorial.labs.findLastIndex((lab) => lab.stack === own.stack);
    const other = all && !verified.next ? tutorial.labs[at + 1] : undefined;
    const elsewhere = other ? { elsewhere: { lab: other, dir: tutorial.stacks[other.stack]?.dir ?? '' } } : {};
    const { states, next } = verified;
    const shown = { states, ...(next ? { next } : {}), ...elsewhere, project, dir, composeLine, sent: traces.sent() };
    cli.out.write(verifiedSteps(cli.out, cli.lang, shown));
  };

const nothingUp = (): LabError =>
  new LabError(
    'E_ENGINE_UNREACHABLE',
    text('no Docker engine is up, so nothing of yours can run', '沒有正在執行的 Docker 引擎，所以你的服務不可能在執行'),
    text(
      'start Docker; or the private engine: `lab engine up`, then `eval "$(lab engine env)"` in the shell that you type in',
      '請啟動 Docker；或用專用引擎：先執行 `lab engine up`，再於你輸入指令的 shell 執行 `eval "$(lab engine env)"`',
    ),
  );

async function verifyOne(
  cli: Cli,
  options: VerifyOptions,
  verifying: Omit<Parameters<typeof verifyLab>[0], 'listen'>,
  show: Show,
): Promise<number> {
  const written = options.reporter.filter((name) => name !== 'terminal');
  const isShown = written.length === 0 || options.reporter.includes('terminal');
  const onTerminal = isShown ? { err: { ...cli.err, interactive: false } } : {};
  const reporters =
    written.length > 0 || options.out.length > 0 ? openReporters(written, options.out, { ...cli, ...onTerminal }) : undefined;
  let outcome: Outcome = 'errored';
  let failures: readonly unknown[] = [];
  try {
    const verified = await unlessAborted(verifyLab({ ...verifying, listen: (event) => reporters?.listen(event) }), cli.signal);
    if (isShown) show(verified);
    outcome = verified.outcome;
  } finally {
    failures = (await reporters?.close()) ?? [];
  }
  return failures.length > 0 ? 3 : exitCodes[outcome];
}

/** All steps of the stack in this folder. */
async function verifyAll(
  cli: Cli,
  options: VerifyOptions,
  tutorial: Tutorial,
  own: OwnStack,
  verifying: VerifyLabOptions,
  show: Show,
): Promise<number> {
  if (options.reporter.some((name) => name !== 'terminal') || options.out.length > 0)
    throw new LabError(
      'E_USAGE',
      text('lab verify: a report is about one lab', 'lab verify：報告一次只針對一個單元'),
      text('name the lab: lab verify scale --reporter json', '請指定單元：lab verify scale --reporter json'),
    );
  const labs = tutorial.labs.filter((lab) => lab.stack === own.stack);
  const looking = gatherSteps(
    verifying,
    labs.flatMap((lab) => lab.steps.map((step) => [lab, step] as const)),
  );
  const states = await unlessAborted(looking, cli.signal);
  const next = nextStep(states);
  show({ states, ...(next ? { next } : {}) }, 'all');
  if (states.some(({ progress }) => progress === 'errored')) return 3;
  return states.every(({ progress }) => progress === 'done') ? 0 : 1;
}
