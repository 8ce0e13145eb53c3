import { availableParallelism, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type Started, startBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { gradingEngine } from '../helpers/grading.ts';
import { gradeOnQueue, submissions, workWithoutEngine } from '../helpers/queue-class.ts';
import { startQueueServer } from '../helpers/queue-server.ts';
import { addSubmission, comment, redisReachable } from '../helpers/small-class.ts';
import { measure, median } from './processes.ts';

/**
 * Measures how much faster two workers of a queue grade than one, each with one job at a time, on one machine with one grading engine: alternately on classes
 * of the same kind, a third of them wrong. `npm run bench:queue -- --rounds 3 --size 12`. Exits with 1 if a bound does not hold.
 *
 * Also shows what limits the rate: the same for jobs that only wait, which is the queue alone; for `lab grade` without a queue; and for the machine, which
 * starts programs, because a grading starts hundreds of them. A virtual machine may start no more programs on two processors than on one.
 */
const bounds = { twoWorkers: 1.6, queueAlone: 1.8 };

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '2' }, size: { type: 'string', default: '12' } },
});
const [rounds, size] = [values.rounds, values.size].map((value) => {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new Error(`a whole number from 1 is wanted, not '${value}'`);
  return count;
}) as [number, number];

/** How many were made. */
let classes = 0;
const env = { ...process.env, LANG: 'C', LC_ALL: 'C' };
// both start if they are not running, and get their images
const engines = [await readyEngine(), (await gradingEngine()).engine];
interface Rates {
  /** Submissions a minute, while workers had proved themselves; undefined without a queue. */
  readonly grading?: number;
  /** Submissions a minute, with all gradings of the reference solution. */
  readonly all: number;
  /** The load average of the last minute, at the end. */
  readonly load: number;
}

async function bench(): Promise<boolean> {
  const { version } = engines[1] ?? {};
  console.log(
    `engine ${version}, ${availableParallelism()} processors, ${size} submissions, ${rounds} rounds after one to warm up\n`,
  );
  const alone = await median3(async () => (await waitingJobs(2)) / (await waitingJobs(1)));
  const starts = await median3(async () => (await programStarts(2)) / (await programStarts(1)));
  await onQueue(2, makeClass(2));
  const seen: Record<string, Rates[]> = {};
  for (let round = 1; round <= rounds; round++) {
    console.log(`round ${round}, submissions a minute: while grading, and with the reference solution`);
    const contenders: Readonly<Record<string, () => Promise<Rates>>> = {
      'one worker': () => onQueue(1, makeClass(size)),
      'two workers': () => onQueue(2, makeClass(size)),
      ...(round === 1
        ? { '--jobs 1': () => onMachine(1, makeClass(size)), '--jobs 2': () => onMachine(2, makeClass(size)) }
        : {}),
    };
    // each is first in half of the rounds
    const order = Object.entries(contenders);
    if (round % 2 === 0) order.reverse();
    for (const [name, work] of order) {
      const rates = await work();
      seen[name] = [...(seen[name] ?? []), rates];
      row(name, `${rates.grading?.toFixed(2) ?? '-'}  ${rates.all.toFixed(2)}  (load ${rates.load.toFixed(1)})`);
    }
  }
  const ratios = (seen['two workers'] ?? []).map(({ grading = 0 }, at) => grading / (seen['one worker']?.[at]?.grading ?? 0));
  console.log(`\nbounds\n  two workers to one, each round: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`);
  const without = (seen['--jobs 2']?.[0]?.all ?? 0) / (seen['--jobs 1']?.[0]?.all ?? 0);
  row('without a queue', `two jobs to one: ${without.toFixed(2)}`);
  row('the machine', `starts ${starts.toFixed(2)} times as many programs on two processors as on one`);
  return [
    holds('the queue alone', alone, bounds.queueAlone),
    holds('two workers, the median', median(ratios), bounds.twoWorkers),
  ].every(Boolean);
}

function holds(what: string, ratio: number, bound: number): boolean {
  row(what, `${ratio.toFixed(2)}, at least ${bound}: ${ratio >= bound ? 'holds' : 'DOES NOT HOLD'}`);
  return ratio >= bound;
}

const median3 = async (look: () => Promise<number>): Promise<number> => median([await look(), await look(), await look()]);

/** Programs started a second by so many shells at the same time. */
async function programStarts(shells: number): Promise<number> {
  const each = 300;
  const startedMs = performance.now();
  const loop = ['-c', `i=0; while [ $i -lt ${each} ]; do /bin/true; i=$((i+1)); done`];
  await Promise.all(Array.from({ length: shells }, () => measure('sh', loop)));
  return (each * shells * 1000) / (performance.now() - startedMs);
}

/** Jobs a minute that so many workers of one job finish, if each job only waits. */
async function waitingJobs(count: number): Promise<number> {
  await using server = await startQueueServer();
  const ending = new AbortController();
  const proved = { count: 0, atMs: 0 };
  const names = Array.from({ length: 40 }, (_, at) => `student-${at}`);
  const workers = Array.from({ length: count }, (_, at) =>
    workWithoutEngine(server.address, { host: `worker-${at}`, slots: 1, tookMs: 300, signal: ending.signal }),
  );
  await gradeOnQueue(server.address, {
    works: submissions(folder(), names),
    out: folder(),
    proveEvery: names.length,
    onNote: ({ kind }) => {
      if (kind === 'proved' && ++proved.count === count) proved.atMs = performance.now();
    },
  });
  const spentMs = performance.now() - proved.atMs;
  ending.abort();
  await Promise.all(workers);
  return (names.length * 60_000) / spentMs;
}

/** Submissions that were never graded before; a third of them is wrong. */
function makeClass(count: number): string {
  const dir = folder();
  const [file, from, to] = redisReachable;
  classes += 1;
  for (let at = 0; at < count; at++) {
    const mark = `${process.pid}-${performance.timeOrigin}-${classes}-${at}`;
    addSubmission(dir, `student-${at}`, at % 3 === 2 ? [file, from, `${to} # ${mark}`] : comment(mark));
  }
  return dir;
}

/** When the program prints each line that matches, on the clock of `performance`. */
function momentsOf({ child }: Started, pattern: RegExp): number[] {
  const moments: number[] = [];
  if (child.stderr)
    createInterface({ input: child.stderr }).on('line', (line) => pattern.test(line) && moments.push(performance.now()));
  return moments;
}

/** `lab grade` prints a line for each submission that is decided. */
const decision = /^\S student-\d+ /;

async function succeeded({ ended }: Started): Promise<void> {
  const { exitCode, stdout, stderr } = await ended;
  if (exitCode !== 0) throw new Error(`a program ended with ${exitCode}:\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
}

/** Grades a class with so many workers, each a process that ends with the class. */
async function onQueue(count: number, dir: string): Promise<Rates> {
  await using server = await startQueueServer();
  const options = ['--queue', server.url];
  const start = () => startBin(['worker', ...options, '--jobs', '1', '--engine', 'private', '--yes', '--once'], env);
  const workers = Array.from({ length: count }, start);
  const ready = workers.map((worker) => momentsOf(worker, /^Grading, 1 at a time/));
  await Promise.all(workers.map((worker) => worker.until('Waiting for a class', 'stderr')));
  const { decided, all } = await gradeClass(dir, options);
  await Promise.all(workers.map(succeeded));
  const last = Math.max(...decided);
  // workers are not ready at the same moment: all their time until the last decision counts
  const spent = ready.reduce((sum, [moment = Number.NaN]) => sum + last - moment, 0);
  return { grading: (decided.length * count * 60_000) / spent, all, load: loadavg()[0] ?? Number.NaN };
}

const onMachine = async (jobs: number, dir: string): Promise<Rates> => {
  const { all } = await gradeClass(dir, ['--jobs', String(jobs)]);
  return { all, load: loadavg()[0] ?? Number.NaN };
};

/** Grades a class. Resolves to when each submission was decided, and to the rate of all that is graded. */
async function gradeClass(
  dir: string,
  options: readonly string[],
): Promise<{ readonly decided: number[]; readonly all: number }> {
  const program = startBin(['grade', dir, '--out', folder(), '--build-network', 'none', ...options], env);
  const decided = momentsOf(program, decision);
  const started = momentsOf(program, /^Network of builds/);
  await succeeded(program);
  const [first] = started;
  if (first === undefined || decided.length === 0) throw new Error('the program printed no start, or no decision');
  return { decided, all: (decided.length * 60_000) / (performance.now() - first) };
}

function row(what: string, value: string): void {
  console.log(`  ${what.padEnd(24)} ${value}`);
}

try {
  process.exitCode = (await bench()) ? 0 : 1;
} finally {
  for (const { api } of engines) await api.close();
}
