import { defaultTutorial } from '../../../labs/default-tutorial.ts';
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
import { stepPrompt } from '../prompts/step-prompt.ts';
import { type LoadedTutorial, loadTutorial } from '../tutorials.ts';
import { repeatOnChange } from '../watch.ts';
import { assertNoPage } from '../web/page-options.ts';
import type { RunHooks, RunOnPage } from '../web/run-on-page.ts';

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
  /** Repeats the changed steps after each change of the tutorial. */
  readonly watch?: boolean;
  /** Shows the run on a page. */
  readonly web?: boolean;
  /** With the page: waits before every step. */
  readonly pause?: boolean;
  readonly port?: number;
  /** commander's form of `--no-open`. */
  readonly open: boolean;
}

/** `lab run`: performs labs and verifies each step. */
export async function run(cli: Cli, options: RunOptions, names: readonly string[]): Promise<number> {
  if (!options.web) assertNoPage('lab run', options);
  const load = () => loadTutorial(cli, options.tutorial, 'run');
  if (!options.watch) return runOnce(cli, options, await load(), names);
  return repeatOnChange(cli, load, (loaded, changed) => runOnce(cli, options, loaded, changed.length > 0 ? changed : names));
}

async function runOnce(cli: Cli, options: RunOptions, { tutorial }: LoadedTutorial, names: readonly string[]): Promise<number> {
  const labs = planLabs(tutorial, names);
  const beforeStep = options.step ? stepPrompt(cli) : undefined;
  const { out, err, lang, signal } = cli;
  const reporters = openReporters(options.reporter, options.out, { out, err, lang, signal, brief: options.verbose !== true });
  let outcome = 'errored' as Outcome;
  let closing: ReturnType<typeof reporters.close> | undefined;
  const closed = () => {
    closing ??= reporters.close();
    return closing;
  };
  try {
    await using engine = await readyEngine(cli, tutorial);
    const runId = randomId(4);
    const perform = async (hooks: RunHooks): Promise<void> => {
      outcome = await cleaningUp(cli, interrupted, nothingLeft, () =>
        runLabs({
          ...cli,
          tutorial,
          labs,
          engine,
          assets,
          clock,
          runId,
          nonce: numberedIds(6),
          timeoutMs: options.timeout * 1000,
          keep: options.keep === true,
          ...hooks,
        }),
      );
    };
    const { listen } = reporters;
    if (options.web) await onPage(cli, options, { engine, tutorial, labs, runId, listen, perform, reported: closed });
    else await perform({ listen, ...(beforeStep ? { beforeStep } : {}) });
  } finally {
    await closed();
  }
  const isWhole = tutorial.labs.every((lab) => labs.includes(lab)) && outcome === 'passed';
  const { reporter } = options;
  const isOnStdout = reporter.filter((name) => name !== 'terminal').length === options.out.length;
  const isShown = isOnStdout && (reporter.length === 0 || reporter.includes('terminal'));
  if (isWhole && isShown && !options.watch)
    cli.out.write(startPointer(cli.lang, options.tutorial === defaultTutorial ? undefined : options.tutorial));
  return (await closed()).length > 0 ? 3 : exitCodes[outcome];
}

const onPage = async (cli: Cli, options: RunOptions, running: RunOnPage): Promise<void> =>
  (await import('../web/run-on-page.ts')).runOnPage(cli, running, options);

const interrupted = text('interrupted; what the run had made is removed', '已中斷；這次執行建立的資源都已移除');
const nothingLeft = text('`lab clean --dry-run` shows that nothing is left', '`lab clean --dry-run` 可以確認沒有殘留');
