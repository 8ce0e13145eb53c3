import { availableParallelism } from 'node:os';
import { defaultTutorial } from '../../../labs/default-tutorial.ts';
import { tryGate } from '../../authoring/gate/gate.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { numberedIds } from '../../platform/ids.ts';
import { assets } from '../../platform/package-root.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { cleaningUp } from '../interrupted.ts';
import { gateJson, gateSummary } from '../output/gate-summary.ts';
import { readyEngine } from '../prepare-engine.ts';
import { promptsOn } from '../prompts/prompts.ts';
import { type LoadedTutorial, loadTutorial } from '../tutorials.ts';
import { namedTutorial } from '../usage.ts';
import { repeatOnChange } from '../watch.ts';

export interface TestOptions {
  readonly tutorial?: string;
  readonly only: readonly string[];
  readonly jobs?: number;
  readonly json?: boolean;
  /** Repeats the cases of changed steps after each change of the tutorial. */
  readonly watch?: boolean;
}

/** `lab test`: tests a tutorial's checks, for its author. Exit code 0: the checks are reliable. */
export async function test(cli: Cli, options: TestOptions, argument?: string): Promise<number> {
  const id = namedTutorial('lab test', argument, options.tutorial) ?? defaultTutorial;
  const load = () => loadTutorial(cli, id, 'run');
  if (!options.watch) return testOnce(cli, options, await load());
  return repeatOnChange(cli, load, async (loaded, changed) => {
    const { mistakes, equivalents } = await gateOf(loaded);
    const only = [...mistakes, ...equivalents].filter(({ at }) => changed.includes(at)).map((one) => one.id);
    return testOnce(cli, only.length > 0 ? { ...options, only } : options, loaded);
  });
}

async function testOnce(cli: Cli, options: TestOptions, loaded: LoadedTutorial): Promise<number> {
  const { tutorial } = loaded;
  const gate = await gateOf(loaded);
  await using engine = await readyEngine(cli, tutorial);
  const prompts = promptsOn(cli);
  const startedMs = clock.now();
  let done = 0;
  const trying = () =>
    tryGate({
      ...cli,
      tutorial,
      gate,
      engine,
      assets,
      clock,
      only: options.only,
      // A case mostly waits.
      jobs: options.jobs ?? availableParallelism() + 1,
      runId: numberedIds(4, ''),
      nonce: numberedIds(4),
      onResult: (result, of) => {
        done += 1;
        const so = `${result.surprise ? '✗' : '✓'} ${result.id}`;
        prompts.progress(text(`${done} of ${of}  ${so}`, `${done}／${of}  ${so}`));
      },
    });
  const results = await cleaningUp(cli, interrupted, nothingLeft, trying).finally(prompts.end);
  const durationMs = Math.round(clock.now() - startedMs);
  cli.out.write(options.json ? gateJson(cli, tutorial.id, results, durationMs) : gateSummary(cli, results, durationMs));
  return results.some(({ surprise }) => surprise) ? 1 : 0;
}

const interrupted = text('interrupted; what was made is removed', '已中斷；建立的資源都已移除');
const nothingLeft = text('`lab clean --dry-run` shows that nothing is left', '`lab clean --dry-run` 可以確認沒有殘留');

function gateOf({ tutorial, gate, isOwn }: LoadedTutorial) {
  if (gate) return gate();
  throw new LabError(
    'E_LAB_INVALID',
    text(
      `the tutorial ${tutorial.id} has no mistakes to try its checks with`,
      `教學 ${tutorial.id} 沒有可以用來測試檢查的錯誤案例`,
    ),
    isOwn
      ? text('write them, and list them in labs/cases.ts', '請寫好錯誤案例，並加到 labs/cases.ts')
      : text('add a block to a step: ```yaml mistakes', '請在步驟加上區塊：```yaml mistakes'),
  );
}
