import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { tutorials } from '../../../labs/index.ts';
import { ensureImages } from '../../engine/images.ts';
import { neededImages } from '../../engine/needed-images.ts';
import { openEngine } from '../../engine/open.ts';
import { assets } from '../../engine/package.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import type { Outcome } from '../../lab/verdict.ts';
import { openReporters } from '../../report/reporters.ts';
import { planLabs } from '../../run/plan.ts';
import { runLabs } from '../../run/run.ts';
import { askPerson } from '../ask.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { progressLine } from '../progress.ts';

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
  const progress = progressLine(cli);
  const work = {
    ...cli,
    progress: progress.tell,
    ask: (question: Parameters<typeof askPerson>[1]) => progress.around(() => askPerson(cli, question)),
  };
  let outcome: Outcome = 'errored';
  let failures: readonly unknown[] = [];
  try {
    const engine = await openEngine({ ...work, choice: cli.engine });
    try {
      await ensureImages(engine, await neededImages(join(assets, tutorial.id)), work);
      progress.end();
      let marks = 0;
      const session = randomBytes(6).toString('hex');
      outcome = await runLabs({
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
    } finally {
      await engine.api.close();
    }
  } catch (error) {
    if (cli.signal.aborted) throw interrupted(error);
    throw error;
  } finally {
    progress.end();
    failures = await reporters.close();
  }
  return failures.length > 0 ? 3 : exitCodes[outcome];
}

const interrupted = (cause: unknown): LabError =>
  new LabError(
    'E_INTERRUPTED',
    text('interrupted; what the run had made is removed', '已中斷；這次執行建立的東西都已移除'),
    text('`lab clean --dry-run` shows that nothing is left', '`lab clean --dry-run` 可以確認沒有殘留'),
    { cause },
  );

function findTutorial(id: string): Tutorial {
  const found = tutorials.find((tutorial) => tutorial.id === id);
  if (found) return found;
  const known = tutorials.map((tutorial) => tutorial.id).join(', ');
  throw new LabError(
    'E_LAB_UNKNOWN',
    text(`there is no tutorial "${id}"`, `沒有名為「${id}」的教學`),
    text(`tutorials: ${known}`, `可用的教學：${known}`),
  );
}
