import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { compile, source } from './program.ts';

/** A worker in a process of its own, which can be killed or held. It prints `performing JOB ATTEMPT`, and ends the job when it reads a line: that is the result. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  /** Resolves when it prints a line that matches. */
  printed(pattern: RegExp): Promise<string>;
  finish(result: string): void;
  kill(): Promise<void>;
}

let compiled: string | undefined;
const program = () =>
  compile(`
    import { createInterface } from 'node:readline';
    import { loadQueueAddress } from ${source('src/grade/queue/address.ts')};
    import { openQueue } from ${source('src/grade/queue/bull/open-queue.ts')};
    const [url, classId, id, times] = process.argv.slice(2);
    const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    const queue = await openQueue(await loadQueueAddress(url, process.env), { times: JSON.parse(times), signal: new AbortController().signal });
    const member = await queue.join(classId, { id, host: 'child', build: 'b', version: '1', slots: 1, stage: 'grading', jobs: [] });
    member.serveShared(1, async (job, signal) => {
      console.log('performing', job.id, job.attempt);
      signal.addEventListener('abort', () => console.log('aborted', signal.reason.why));
      const { value } = await lines.next();
      console.log('finished', job.id);
      return Buffer.from(value);
    });
    console.log('joined');
  `);

/** `env`: further variables, such as those of a clock of its own. */
export async function startWorker(
  url: string,
  classId: string,
  id: string,
  times: object,
  env: NodeJS.ProcessEnv = {},
): Promise<WorkerProcess> {
  compiled ??= program();
  const child = spawn(process.execPath, [compiled, url, classId, id, JSON.stringify(times)], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const seen: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    seen.push(line);
    for (const look of waiting) look();
  });
  const printed = (pattern: RegExp) =>
    new Promise<string>((resolve) => {
      const look = () => {
        const line = seen.find((one) => pattern.test(one));
        if (line === undefined) return;
        waiting.delete(look);
        resolve(line);
      };
      waiting.add(look);
      look();
    });
  await printed(/^joined$/);
  return {
    child,
    printed,
    finish: (result) => void child.stdin.write(`${result}\n`),
    kill: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
