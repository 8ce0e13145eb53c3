import { hostname } from 'node:os';
import { rulesOf } from '../../grade/load-class.ts';
import { openClass } from '../../grade/open-class.ts';
import { openGrader } from '../../grade/queue/engine-grader.ts';
import type { ServeOptions } from '../../grade/queue/serve-class.ts';
import { runWorker, type WorkerEvent } from '../../grade/queue/worker.ts';
import { text } from '../../lab/text.ts';
import { randomId } from '../../platform/ids.ts';
import { programBuild, version } from '../../platform/package-root.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { cleaningUp } from '../interrupted.ts';
import { workerLine } from '../output/worker-lines.ts';
import { promptsOn } from '../prompts/prompts.ts';
import { openQueueOf, type QueueOptions } from '../queue-server.ts';
import { findTutorial } from '../tutorials.ts';
import { faultsIn } from './break/break-folder.ts';
import { assertMirror } from './grading/options.ts';

interface Options extends QueueOptions {
  readonly jobs?: number;
  readonly engine: 'private' | 'docker';
  readonly registryMirror?: string;
  readonly once?: boolean;
}

/**
 * `lab worker`: grades for any coordinator (`lab grade --queue`) on a queue, until Ctrl-C or, with `--once`, the end of the first class. Exit code 0:
 * the class has ended; 3: this machine could not grade it.
 */
export async function worker(cli: Cli, options: Options): Promise<number> {
  const { signal, lang, err, homes } = cli;
  const { jobs, registryMirror, once = false } = options;
  assertMirror(registryMirror, cli.engine);
  let isUnfit = false;
  return await cleaningUp(cli, interrupted, again, async () => {
    await using queue = await openQueueOf(cli, options, 'lab worker', false);
    const prompts = promptsOn(cli);
    const report = (event: WorkerEvent) => {
      prompts.end();
      if (event.kind === 'class') isUnfit = false;
      if (event.kind === 'unfit') isUnfit = true;
      const line = workerLine(event, queue.shown);
      if (line) err.write(`${line[lang]}\n`);
    };
    const rounds = { passed: 0 };
    const prepare: ServeOptions['prepare'] = async ({ rules: written, buildNetwork, trust }, ends, work) => {
      const tutorial = findTutorial(written.tutorial);
      const rules = await rulesOf(written, tutorial, () => faultsIn(tutorial, 'lab worker'), ends);
      const mirror = registryMirror === undefined ? {} : { registryMirror };
      const opening = { ...cli, ...prompts, choice: cli.engine, signal: ends };
      await using opened = await openClass(rules, { opening, homes, buildNetwork, trust, ...mirror, clock, signal: ends });
      await using grader = await openGrader(rules, opened, rounds);
      prompts.end();
      await work({ grader, jobs: opened.jobs });
    };
    const { server, key } = queue;
    await runWorker({
      server,
      ...(key ? { key } : {}),
      self: { id: randomId(6), host: hostname(), build: programBuild(), version },
      ...(jobs === undefined ? {} : { jobs }),
      clock,
      signal,
      once,
      prepare,
      onEvent: report,
    }).finally(prompts.end);
    return isUnfit ? 3 : 0;
  });
}

const interrupted = text('interrupted; running submissions go back to the queue', '已中斷；評分中的作業會回到佇列');
const again = text('run the same command again to continue', '再執行一次同樣的指令就會繼續');
