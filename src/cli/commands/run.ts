import { randomBytes } from 'node:crypto';
import type { Engine } from '../../docker/engine.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Lab, Tutorial } from '../../lab/tutorial.ts';
import type { Outcome } from '../../lab/verdict.ts';
import { assets } from '../../platform/package-root.ts';
import { openReporters, type Reporters } from '../../report/reporters.ts';
import { planLabs } from '../../run/plan.ts';
import { runLabs } from '../../run/run.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { readyEngine } from '../prepare-engine.ts';
import { findTutorial } from '../tutorials.ts';

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
    const engine = await readyEngine(cli, tutorial);
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
