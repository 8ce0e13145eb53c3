import { watchProcessorUse } from '../../docker/api/processor-use.ts';
import { findEngine } from '../../docker/discovery/open-engine.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { type Outcome, overall } from '../../lab/verdict.ts';
import { unlessAborted } from '../../platform/any-signal.ts';
import { numberedIds } from '../../platform/ids.ts';
import { openReporters } from '../../report/reporters.ts';
import { engineLine } from '../../run/engine-line.ts';
import { locateOwn, type OwnStack } from '../../run/learner-stack.ts';
import { findLabOrStep } from '../../run/plan.ts';
import { gatherSteps, type VerifyLabOptions, verifyLab } from '../../run/verify.ts';
import { observe } from '../../run/world.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { interruptible } from '../interrupted.ts';
import { holdingSteps } from '../output/holding-steps.ts';
import { findTutorial } from '../tutorials.ts';

export interface VerifyOptions {
  readonly tutorial: string;
  readonly project?: string;
  readonly reporter: readonly string[];
  readonly out: readonly string[];
}

/** `lab verify`: verifies the learner's own stack in its current state. Changes nothing. */
export function verify(cli: Cli, options: VerifyOptions, at?: string): Promise<number> {
  const tutorial = findTutorial(options.tutorial);
  const { lab, step } = at === undefined ? {} : findLabOrStep(tutorial, at);
  const work = async (): Promise<number> => {
    await using engine = await findEngine({ ...cli, choice: cli.engine });
    if (!engine) throw nothingUp();
    const { api, compose } = engine;
    const { project: named } = options;
    const where = { ...(lab ? { stack: lab.stack } : {}), ...(named === undefined ? {} : { project: named }) };
    const own = await unlessAborted(locateOwn({ ...cli, api, compose, tutorial, ...where }), cli.signal);
    const view = observe({ api, ...own, clock, nonce: numberedIds(6) });
    const verifying = { view, clock, signal: cli.signal, busy: watchProcessorUse(api, own.project) };
    if (!lab) return await listHolding(cli, options, tutorial, own, verifying);
    const { project } = own;
    const line = engineLine(engine);
    return await verifyOne(cli, options, { ...verifying, engine: line, project, tutorial, lab, ...(step ? { step } : {}) });
  };
  return interruptible(
    cli,
    work,
    text('nothing was made or changed; the same command looks again', '沒有建立或更動任何資源；再執行一次同樣的指令就會重新檢查'),
  );
}

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
): Promise<number> {
  const reporters = openReporters(options.reporter, options.out, cli);
  let outcome: Outcome = 'errored';
  let failures: readonly unknown[] = [];
  try {
    outcome = await unlessAborted(verifyLab({ ...verifying, listen: reporters.listen }), cli.signal);
  } finally {
    failures = await reporters.close();
  }
  return failures.length > 0 ? 3 : exitCodes[outcome];
}

/** All steps of the stack in this folder and whether they hold. Exit code 0: at least one does. */
async function listHolding(
  cli: Cli,
  options: VerifyOptions,
  tutorial: Tutorial,
  own: OwnStack,
  verifying: VerifyLabOptions,
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
  cli.out.write(holdingSteps(cli, own, labs, states));
  const outcomes = states.map(({ outcome }) => outcome);
  return overall(outcomes) === 'errored' ? 3 : outcomes.includes('passed') ? 0 : 1;
}
