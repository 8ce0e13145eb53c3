import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './helpers/bundle.ts';

/**
 * Runs test files: `node --import tsx test/run.ts [--slow] [part of a path…]`. Each has its own process; the unit tests of a folder share one, because most of
 * them take less time than the start of a process.
 * In its first lines a file may say `// time limit: 400 s` (else 300, or 600 below test/integration/, where the first file starts the engine and builds its
 * images), `// alone` (nothing else runs meanwhile), `// alone on the engine` (no other file that uses it does) and `// only with test:full` (otherwise it runs
 * if it is named: its tests are long, and other files test the same in fewer cases).
 * Files below test/integration/ mostly wait for the engine: one more of them runs at a time than there are processors. The others (unit tests,
 * test/integration/cli/, disk/ and queue/) mostly use the processors, and some wait for a time limit: one more. Files below test/slow/ run with
 * --slow only, one more at a time than there are processors: each of them starts several stacks at a time, unless it says `// without an engine`.
 * Files with a longer time limit start first, so that no long one is left at the end. Prints a line for each file as it ends, then the slowest files, slowest
 * last, then `N passed, N failed`.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const slow = process.argv.includes('--slow');
const wanted = process.argv.slice(2).filter((argument) => argument !== '--slow');

interface TestFile {
  readonly path: string;
  readonly limitMs: number;
  readonly isFull: boolean;
  readonly queue: 'alone on the engine' | 'engine' | 'other' | 'slow' | 'alone';
}
interface Result {
  readonly path: string;
  readonly ms: number;
  readonly passed: number;
  readonly failed: number;
}

const testFile = (path: string): TestFile => {
  const head = readFileSync(join(root, path), 'utf8').split('\n').slice(0, 5).join('\n');
  const onEngine = path.startsWith('test/integration/') && !/^test\/integration\/(?:cli|disk|queue)\//.test(path);
  const seconds = Number(/^\/\/ time limit: (\d+) s$/m.exec(head)?.[1] ?? (onEngine ? 600 : 300));
  const [, alone, engineOnly] = /^\/\/ (alone)( on the engine)?\b/m.exec(head) ?? [];
  const isSlow = path.startsWith('test/slow/') && !/^\/\/ without an engine$/m.test(head);
  const beside = onEngine ? 'engine' : isSlow ? 'slow' : 'other';
  const queue = engineOnly ? 'alone on the engine' : alone ? 'alone' : beside;
  return { path, limitMs: seconds * 1000, isFull: /^\/\/ only with test:full\b/m.test(head), queue };
};

const named = (path: string) => wanted.some((part) => !part.endsWith('/') && path.includes(part));
const files = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
  .filter((path) => path.endsWith('.test.ts') && (slow || !path.startsWith('test/slow/')))
  .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
  .sort()
  .map(testFile)
  .filter(({ isFull, path }) => !isFull || process.env.LAB_TEST_FULL || named(path))
  .sort((a, b) => b.limitMs - a.limitMs);

/** Undefined where a file cannot be compiled: then each is compiled by itself, and only that one fails, with the compiler's message. */
const bundled = await bundle(
  root,
  files.map(({ path }) => path),
).catch(() => undefined);

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
    bundled?.remove();
    process.exit(130);
  });
}

/** How long a file may take after SIGTERM to clean up. */
const graceMs = 5000;
/** How long the output of a process that a file left behind is still read. */
const trailingMs = 1000;

/** Runs files one after another in one process, and prints a line for each. */
function run(group: readonly TestFile[]): Promise<Result[]> {
  const startedAt = performance.now();
  const limitMs = Math.max(...group.map((file) => file.limitMs));
  const endOfFile = `end-of-${randomUUID()}`;
  const child = spawn(process.execPath, commandFor(group, endOfFile), {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid !== undefined) groups.add(pid);
  let output = '';
  let timedOut = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
    });
  }
  const stop = (signal: NodeJS.Signals) => pid !== undefined && end(pid, signal);
  let kill: NodeJS.Timeout | undefined;
  const limit = setTimeout(() => {
    timedOut = true;
    stop('SIGTERM');
    kill = setTimeout(stop, graceMs, 'SIGKILL');
  }, limitMs);

  return new Promise((resolve) => {
    const finish = (exit: string | undefined) => {
      clearTimeout(limit);
      clearTimeout(kill);
      if (pid !== undefined) groups.delete(pid);
      const wrong = timedOut ? `no end within ${limitMs / 1000} s` : exit;
      resolve(reports(group, output, { endOfFile, ms: performance.now() - startedAt, wrong }));
    };
    child.once('error', (error) => finish(String(error)));
    child.once('exit', (code, signal) => {
      if (timedOut) stop('SIGKILL');
      const exit = code === 0 ? undefined : code === null ? `ended by ${signal}` : `exit ${code}`;
      // A process that the file left behind may hold its output open for ever.
      const waited = setTimeout(finish, trailingMs, exit);
      child.once('close', () => {
        clearTimeout(waited);
        finish(exit);
      });
    });
  });
}

function commandFor(group: readonly TestFile[], endOfFile: string): string[] {
  const programs = group.flatMap(({ path }) => bundled?.files.get(path) ?? []);
  if (programs.length === 0) return ['--import', 'tsx', ...group.map(({ path }) => path)];
  const runner = programs.length > 1 ? [join(root, 'test/helpers/group.mjs'), endOfFile] : [];
  return ['--enable-source-maps', ...runner, ...programs];
}

interface Ended {
  readonly endOfFile: string;
  readonly ms: number;
  /** How the process ended, if it was not with 0. */
  readonly wrong: string | undefined;
}

/** The output of each file ends with a line that has its time; that of the last one can lack it, and then belongs to how the process ended. */
function reports(group: readonly TestFile[], output: string, { endOfFile, ms, wrong }: Ended): Result[] {
  const [only] = group;
  if (only && group.length === 1) return [report(only, output, ms, wrong)];
  const parts = output.split(new RegExp(`^${endOfFile} (.*)$`, 'm'));
  const ended = (parts.length - 1) / 2;
  return group.map((file, at) => {
    const [own = '', time = '0'] = parts.slice(2 * at);
    if (at > ended) return report(file, '', 0, 'not begun');
    if (at === ended) return report(file, own, 0, wrong ?? 'no end');
    // a process that does not end by itself, or fails although no file did, is the last file's fault
    const isLast = at === group.length - 1;
    const isOwnFault = isLast && !parts.some((part) => counts(part).passed < counts(part).total);
    return report(file, isLast ? own + parts.slice(2 * at + 2).join('') : own, Number(time), isOwnFault ? wrong : undefined);
  });
}

/** The numbers of tests that uvu printed. */
function counts(output: string): { readonly total: number; readonly passed: number } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
  const plain = output.replace(/\x1b\[[\d;]*m/g, '');
  const counted = (what: string) =>
    [...plain.matchAll(new RegExp(`^ +${what}: +(\\d+)$`, 'gm'))].reduce((sum, found) => sum + Number(found[1]), 0);
  return { total: counted('Total'), passed: counted('Passed') };
}

/** Prints one line for a file, and its output if it failed. */
function report(file: TestFile, output: string, ms: number, wrong: string | undefined): Result {
  const { total, passed } = counts(output);
  const reason = wrong ?? (total === 0 ? 'no test ran' : passed < total ? 'failed' : undefined);
  const line = `${reason ? 'FAILED' : 'ok    '}  ${file.path}  ${passed}/${total}  ${(ms / 1000).toFixed(1)} s`;
  console.log(reason ? `${line}  (${reason})\n${output.trimEnd().replace(/^/gm, '  | ')}` : line);
  return { path: file.path, ms, passed, failed: Math.max(total - passed, reason ? 1 : 0) };
}

/** The longest list of files for one process, so that no group is left alone at the end. */
const longestGroup = 12;

/** Unit tests of one folder, without a time limit of their own, share a process. */
function grouped(all: readonly TestFile[]): TestFile[][] {
  const groups: TestFile[][] = [];
  const byFolder = new Map<string, TestFile[]>();
  for (const file of all) {
    const key = bundled && file.path.startsWith('test/unit/') && file.limitMs === 300_000 ? dirname(file.path) : file.path;
    const group = byFolder.get(key);
    if (group && group.length < longestGroup) group.push(file);
    else {
      const next = [file];
      byFolder.set(key, next);
      groups.push(next);
    }
  }
  return groups;
}

async function drain(queue: TestFile['queue'], workers: number): Promise<Result[]> {
  const waiting = grouped(files.filter((file) => file.queue === queue));
  const results: Result[] = [];
  const work = async () => {
    for (let group = waiting.shift(); group; group = waiting.shift()) results.push(...(await run(group)));
  };
  await Promise.all(Array.from({ length: workers }, work));
  return results;
}

const processors = availableParallelism();
const onEngine = async () => [...(await drain('alone on the engine', 1)), ...(await drain('engine', processors + 1))];
const results = (await Promise.all([onEngine(), drain('other', processors + 1)])).flat();
results.push(...(await drain('slow', processors + 1)), ...(await drain('alone', 1)));
if (results.length === 0) console.log(`no test file${wanted.length > 0 ? ` has ${wanted.join(' or ')} in its path` : ''}`);

bundled?.remove();
const slowest = results.toSorted((a, b) => a.ms - b.ms).slice(-10);
if (slowest.length > 1) {
  console.log('slowest files:');
  for (const { path, ms } of slowest) console.log(`${(ms / 1000).toFixed(1).padStart(8)} s  ${path}`);
}
const sum = (of: 'passed' | 'failed') => results.reduce((total, result) => total + result[of], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(results.length > 0 && sum('failed') === 0 ? 0 : 1);
