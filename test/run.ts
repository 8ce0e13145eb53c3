import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Runs test files, each as a process of its own: `node --import tsx test/run.ts [--slow] [part of a path…]`.
 * In its first lines a file may say `// time limit: 400 s` (else 120, or 300 below test/integration/, where the first brings up the engine and its images) and `// alone` (nothing else runs
 * meanwhile).
 * Files below test/integration/ run two at a time, the others beside them, one a core; those below test/slow/ with --slow only.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const slow = process.argv.includes('--slow');
const wanted = process.argv.slice(2).filter((argument) => argument !== '--slow');

interface TestFile {
  readonly path: string;
  readonly limitMs: number;
  readonly queue: 'engine' | 'alone' | 'other';
}
interface Result {
  readonly passed: number;
  readonly failed: number;
}

const testFile = (path: string): TestFile => {
  const head = readFileSync(join(root, path), 'utf8').split('\n').slice(0, 5).join('\n');
  const onEngine = path.startsWith('test/integration/') && !path.startsWith('test/integration/cli/');
  const seconds = Number(/^\/\/ time limit: (\d+) s$/m.exec(head)?.[1] ?? (onEngine ? 300 : 120));
  const alone = /^\/\/ alone\b/m.test(head);
  return { path, limitMs: seconds * 1000, queue: alone ? 'alone' : onEngine ? 'engine' : 'other' };
};

const files = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
  .filter((path) => path.endsWith('.test.ts') && (slow || !path.startsWith('test/slow/')))
  .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
  .sort()
  .map(testFile);

/** The groups that run now; a file leads its own, so that ending it ends what it started. */
const groups = new Set<number>();
function end(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    for (const group of groups) end(group, 'SIGKILL');
    process.exit(130);
  });
}

/** What a file gets, after SIGTERM, to put away its things. */
const graceMs = 5000;
/** What a process left behind gets to say its last words. */
const lastWordsMs = 1000;

function run(file: TestFile): Promise<Result> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', file.path], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const group = child.pid;
  if (group !== undefined) groups.add(group);
  let output = '';
  let timedOut = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
    });
  }
  const stop = (signal: NodeJS.Signals) => group !== undefined && end(group, signal);
  let kill: NodeJS.Timeout | undefined;
  const limit = setTimeout(() => {
    timedOut = true;
    stop('SIGTERM');
    kill = setTimeout(stop, graceMs, 'SIGKILL');
  }, file.limitMs);

  return new Promise((resolve) => {
    const finish = (exit: string | undefined) => {
      clearTimeout(limit);
      clearTimeout(kill);
      if (group !== undefined) groups.delete(group);
      resolve(tell(file, output, performance.now() - startedAt, timedOut ? `no end within ${file.limitMs / 1000} s` : exit));
    };
    child.once('error', (error) => finish(String(error)));
    child.once('exit', (code, signal) => {
      if (timedOut) stop('SIGKILL');
      const exit = code === 0 ? undefined : code === null ? `ended by ${signal}` : `exit ${code}`;
      // A process that the file left behind may hold its output open for ever.
      const waited = setTimeout(finish, lastWordsMs, exit);
      child.once('close', () => {
        clearTimeout(waited);
        finish(exit);
      });
    });
  });
}

/** One line for a file; all it said, if it failed. */
function tell(file: TestFile, output: string, ms: number, wrong: string | undefined): Result {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
  const plain = output.replace(/\x1b\[[\d;]*m/g, '');
  const counted = (what: string) =>
    [...plain.matchAll(new RegExp(`^ +${what}: +(\\d+)$`, 'gm'))].reduce((sum, found) => sum + Number(found[1]), 0);
  const total = counted('Total');
  const passed = counted('Passed');
  const reason = wrong ?? (total === 0 ? 'no test ran' : passed < total ? 'failed' : undefined);
  const line = `${reason ? 'FAILED' : 'ok    '}  ${file.path}  ${passed}/${total}  ${(ms / 1000).toFixed(1)} s`;
  console.log(reason ? `${line}  (${reason})\n${output.trimEnd().replace(/^/gm, '  | ')}` : line);
  return { passed, failed: Math.max(total - passed, reason ? 1 : 0) };
}

async function drain(queue: TestFile['queue'], workers: number): Promise<Result[]> {
  const waiting = files.filter((file) => file.queue === queue);
  const results: Result[] = [];
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) results.push(await run(file));
  };
  await Promise.all(Array.from({ length: workers }, work));
  return results;
}

const results = (await Promise.all([drain('engine', 2), drain('other', availableParallelism())])).flat();
results.push(...(await drain('alone', 1)));
if (results.length === 0) console.log(`no test file${wanted.length > 0 ? ` has ${wanted.join(' or ')} in its path` : ''}`);

const sum = (of: 'passed' | 'failed') => results.reduce((total, result) => total + result[of], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(results.length > 0 && sum('failed') === 0 ? 0 : 1);
