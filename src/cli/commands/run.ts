import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { tutorials } from '../../../labs/index.ts';
import type { Engine } from '../../engine/engine.ts';
import { ensureImages } from '../../engine/images.ts';
import { neededImages } from '../../engine/needed-images.ts';
import { openEngine } from '../../engine/open.ts';
import { assets } from '../../engine/package.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Lab, Tutorial } from '../../lab/tutorial.ts';
import type { Outcome } from '../../lab/verdict.ts';
import { openReporters, type Reporters } from '../../report/reporters.ts';
import { planLabs } from '../../run/plan.ts';
import { runLabs } from '../../run/run.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { interruptible } from '../interrupted.ts';
import { talkOn } from '../talk.ts';

export interface RunOptions {
  readonly tutorial: string;
  readonly reporter: readonly string[];
  readonly out: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  readonly keep?: boolean;
}

const exitCodes: Record<Outcome, number> = { passed: 0, failed: 1, skipped: 1, errored: 3 };

/** `lab run`: performs labs and proves each step. */
export async function run(cli: Cli, options: RunOptions, names: readonly string[]): Promise<number> {
  const tutorial = findTutorial(options.tutorial);
  const labs = planLabs(tutorial, names);
  const reporters = openReporters(options.reporter, options.out, cli);
  let outcome: Outcome = 'errored';
  let failures: readonly unknown[] = [];
  try {
    const engine = await interruptible(cli, () => prepare(cli, tutorial));
    try {
      outcome = await perform(cli, options, { tutorial, labs, engine, reporters });
    } finally {
      await engine.api.close();
    }
  } finally {
    failures = await reporters.close();
  }
  return failures.length > 0 ? 3 : exitCodes[outcome];
}

/** An engine that answers and has the tutorial's images. */
async function prepare(cli: Cli, tutorial: Tutorial): Promise<Engine> {
  const talk = talkOn(cli);
  try {
    const engine = await openEngine({ ...cli, ...talk, choice: cli.engine });
    try {
      await ensureImages(engine, await neededImages(join(assets, tutorial.id)), { ...cli, ...talk });
      return engine;
    } catch (error) {
      await engine.api.close();
      throw error;
    }
  } finally {
    talk.end();
  }
}

interface Work {
  readonly tutorial: Tutorial;
  readonly labs: readonly Lab[];
  readonly engine: Engine;
  readonly reporters: Reporters;
}

async function perform(cli: Cli, options: RunOptions, { tutorial, labs, engine, reporters }: Work): Promise<Outcome> {
  const session = randomBytes(6).toString('hex');
  let marks = 0;
  try {
    return await runLabs({
      ...cli,
      tutorial,
      labs,
      engine,
      assets,
      clock,
      runId: randomBytes(4).toString('hex'),
      nonce: () => `${session}-${++marks}`,
      listen: reporters.listen,
      timeoutMs: options.timeout * 1000,
      keep: options.keep === true,
    });
  } catch (cause) {
    // A LabError here says that something of the run could not be removed: worse than being interrupted.
    if (!cli.signal.aborted || cause instanceof LabError) throw cause;
    throw new LabError(
      'E_INTERRUPTED',
      text('interrupted; what the run had made is removed', '已中斷；這次執行建立的東西都已移除'),
      text('`lab clean --dry-run` shows that nothing is left', '`lab clean --dry-run` 可以確認沒有殘留'),
      { cause },
    );
  }
}

function findTutorial(id: string): Tutorial {
  const found = tutorials.find((tutorial) => tutorial.id === id);
  if (found) return found;
  const known = tutorials.map((tutorial) => tutorial.id);
  throw new LabError(
    'E_LAB_UNKNOWN',
    text(`there is no tutorial "${id}"`, `沒有名為「${id}」的教學`),
    text(`tutorials: ${known.join(', ')}`, `可用的教學：${known.join('、')}`),
  );
}
