import { text } from '../../lab/text.ts';
import type { Outcome } from '../../lab/verdict.ts';
import { numberedIds, randomId } from '../../platform/ids.ts';
import { assets } from '../../platform/package-root.ts';
import { openReporters } from '../../report/reporters.ts';
import { planLabs } from '../../run/plan.ts';
import { runLabs } from '../../run/run.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { cleaningUp } from '../interrupted.ts';
import { startPointer } from '../output/start-lines.ts';
import { readyEngine } from '../prepare-engine.ts';
import { stepPrompt } from '../step-prompt.ts';
import { loadTutorial } from '../tutorials.ts';

export interface RunOptions {
  readonly tutorial: string;
  readonly reporter: readonly string[];
  readonly out: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  readonly keep?: boolean;
  readonly verbose?: boolean;
  /** Waits for Enter between steps. */
  readonly step?: boolean;
}

/** `lab run`: performs labs and verifies each step. */
export async function run(cli: Cli, options: RunOptions, names: readonly string[]): Promise<number> {
  const { tutorial } = await loadTutorial(cli, options.tutorial);
  const labs = planLabs(tutorial, names);
  const beforeStep = options.step ? stepPrompt(cli) : undefined;
  const { out, err, lang, signal } = cli;
  const reporters = openReporters(options.reporter, options.out, { out, err, lang, signal, brief: options.verbose !== true });
  let outcome: Outcome = 'errored';
  let failures: readonly unknown[] = [];
  try {
    await using engine = await readyEngine(cli, tutorial);
    outcome = await cleaningUp(cli, interrupted, nothingLeft, () =>
      runLabs({
        ...cli,
        tutorial,
        labs,
        engine,
        assets,
        clock,
        runId: randomId(4),
        nonce: numberedIds(6),
        listen: reporters.listen,
        timeoutMs: options.timeout * 1000,
        keep: options.keep === true,
        ...(beforeStep ? { beforeStep } : {}),
      }),
    );
  } finally {
    failures = await reporters.close();
  }
  const isWhole = labs.length === tutorial.labs.length && outcome === 'passed';
  const { reporter } = options;
  const isOnStdout = reporter.filter((name) => name !== 'terminal').length === options.out.length;
  const isShown = isOnStdout && (reporter.length === 0 || reporter.includes('terminal'));
  if (isWhole && isShown) cli.out.write(startPointer(cli.lang, options.tutorial));
  return failures.length > 0 ? 3 : exitCodes[outcome];
}

const interrupted = text('interrupted; what the run had made is removed', '已中斷；這次執行建立的資源都已移除');
const nothingLeft = text('`lab clean --dry-run` shows that nothing is left', '`lab clean --dry-run` 可以確認沒有殘留');
