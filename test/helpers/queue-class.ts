import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { clock } from '../../src/cli/clock.ts';
import { GradeCache } from '../../src/grade/grade-cache.ts';
import type { SentWork } from '../../src/grade/grade-key.ts';
import { openJournal } from '../../src/grade/journal.ts';
import type { QueueAddress } from '../../src/grade/queue/address.ts';
import { openQueue } from '../../src/grade/queue/bull/open-queue.ts';
import { openCoordinator } from '../../src/grade/queue/coordinator.ts';
import type { CoordinatorTimes } from '../../src/grade/queue/coordinator-options.ts';
import { type Order, sentError } from '../../src/grade/queue/messages.ts';
import type { QueueNote, Stability } from '../../src/grade/queue/notes.ts';
import { ownerOf } from '../../src/grade/queue/owner.ts';
import type { QueueTimes } from '../../src/grade/queue/port.ts';
import { runWorker, type WorkerEvent } from '../../src/grade/queue/worker.ts';
import { runTasks, type Task } from '../../src/grade/scheduler.ts';
import type { Grade } from '../../src/grade/types.ts';
import { LabError } from '../../src/lab/error.ts';
import { verbatim } from '../../src/lab/text.ts';
import { randomId } from '../../src/platform/ids.ts';
import { grade, gradedCheck } from '../fixtures/graded.ts';

/** Classes on a real queue whose submissions are graded without an engine: their points follow from their content. */

/** Quick to notice what happens, and slow to take a worker on a busy machine for one that is gone. */
export const classTimes = {
  queue: { beatMs: 100, goneMs: 30_000, leaseMs: 30_000 },
  class: { lookMs: 100, stuckMs: 20_000, goneMs: 2_000 },
} satisfies TestClass['times'];

/** Short times, so that a test sees what happens when workers and coordinators disappear. */
export const lossTimes = {
  queue: { beatMs: 200, goneMs: 3_000, leaseMs: 3_000 },
  class: { lookMs: 100, stuckMs: 20_000, goneMs: 4_000 },
} satisfies TestClass['times'];

/** The points of a submission, by its content. */
export const pointsOf = (key: string): number => Number.parseInt(key.slice(0, 2), 16) % 21;
export const keyOf = (name: string): string => createHash('sha256').update(name).digest('hex');

const gradeOf = (points: number): Grade => grade({ points, checks: [gradedCheck('up/one', { max: 20, points })] });

/** The submissions of a class, unpacked below a folder. */
export function submissions(dir: string, names: readonly string[]): SentWork[] {
  return names.map((name) => {
    const own = join(dir, name);
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'compose.yaml'), `# ${name}\n`);
    return { key: keyOf(name), name, dir: own, composeFile: 'compose.yaml', images: [], answers: {}, notes: [] };
  });
}

export interface TestClass {
  readonly works: readonly SentWork[];
  /** Names of those that the coordinator refuses. */
  readonly refused?: readonly string[];
  readonly out: string;
  readonly key?: Buffer;
  readonly build?: string;
  readonly proveEvery?: number;
  readonly limitMs?: number;
  readonly times?: { readonly queue: QueueTimes; readonly class: CoordinatorTimes };
  readonly signal?: AbortSignal;
  /** How long the journal takes to write what was confirmed. */
  readonly confirmMs?: number;
  onNote?(note: QueueNote): void;
}

export interface TestGrades {
  readonly grades: ReadonlyMap<string, Grade>;
  readonly notes: readonly QueueNote[];
  readonly stability: Stability;
}

/** Grades a class on a queue as `gradeClass` does: reads the journal, sends, writes the journal, and settles. */
export async function gradeOnQueue(address: QueueAddress, options: TestClass): Promise<TestGrades> {
  const { works, out, key, signal = new AbortController().signal } = options;
  setMaxListeners(0, signal);
  const times = options.times ?? classTimes;
  const grades = new Map<string, Grade>();
  const notes: QueueNote[] = [];
  await using journal = await openJournal(out);
  await using server = await openQueue(address, { times: times.queue, signal });
  await using coordinator = await openCoordinator({
    server,
    journal: {
      withdraw: (of) => journal.withdraw(of),
      unconfirmed: () => journal.unconfirmed(),
      confirm: async (by) => {
        if (options.confirmMs) await setTimeout(options.confirmMs);
        await journal.confirm(by);
      },
    },
    ...(key ? { key } : {}),
    setup: { rules: { tutorial: 'compose-scale' }, buildNetwork: 'none', trust: false },
    self: { build: options.build ?? 'b', version: '1', host: 'coordinator' },
    owner: await ownerOf(out),
    proveEvery: options.proveEvery ?? 20,
    limitMs: options.limitMs ?? 60_000,
    times: times.class,
    clock,
    signal,
    unjudged: (why) => grade({ status: 'review', points: null, checks: [], review: why }),
    onNote: (note) => {
      notes.push(note);
      options.onNote?.(note);
    },
  });
  await journal.withdraw((by) => by === undefined);
  const cache = new GradeCache(journal);
  const task =
    (work: SentWork): Task =>
    async () => {
      const made = await cache.get(work.key, async () =>
        options.refused?.includes(work.name) ? refused : (await coordinator.send(work)).grade,
      );
      await cache.keep(work.key, made, coordinator.graderOf(work.key));
      grades.set(work.name, made);
      return undefined;
    };
  await runTasks(works.map(task), { jobs: coordinator.atOnce, signal });
  for (;;) {
    const withdrawn = await coordinator.settle();
    if (withdrawn.size === 0) break;
    const again = works.filter((work) => withdrawn.has(work.key));
    await runTasks(again.map(task), { jobs: coordinator.atOnce, signal });
  }
  return { grades, notes, stability: coordinator.stability() };
}

export interface TestWorker {
  readonly host: string;
  readonly slots?: number;
  readonly key?: Buffer;
  readonly build?: string;
  readonly times?: QueueTimes;
  /** How long a submission takes. */
  readonly tookMs?: number;
  /** Whether the reference solution passes, the n-th time. */
  passes?(round: number): boolean;
  /** Points that differ from the content's. */
  points?(key: string): number;
  /** The images of the worker, if they are not those of the coordinator. */
  images?(key: string): readonly string[] | undefined;
  /** What happens before it takes jobs. */
  prepare?(): Promise<void>;
  /** What happens before a grading. */
  perform?(order: Order, signal: AbortSignal): Promise<void>;
  readonly once?: boolean;
  readonly signal: AbortSignal;
  onEvent?(event: WorkerEvent): void;
}

/** A worker without an engine. Resolves when the signal aborts, or after its class if `once`. */
export async function workWithoutEngine(address: QueueAddress, options: TestWorker): Promise<void> {
  const { host, slots = 2, tookMs = 0, signal, once = false } = options;
  await using server = await openQueue(address, { times: options.times ?? classTimes.queue, signal });
  const rounds = { passed: 0, tried: 0 };
  const running = runWorker({
    server,
    ...(options.key ? { key: options.key } : {}),
    self: { id: `${host}-${randomId(4)}`, host, build: options.build ?? 'b', version: '1' },
    jobs: slots,
    clock,
    signal,
    once,
    onEvent: (event) => options.onEvent?.(event),
    prepare: async (_, __, work) => {
      await options.prepare?.();
      return work({
        jobs: slots,
        grader: {
          perform: async (order, files, ends) => {
            await options.perform?.(order, ends);
            if (order.kind === 'reference') {
              rounds.tried += 1;
              if (options.passes?.(rounds.tried) === false)
                return { kind: 'reference', round: rounds.passed, failed: sentError(broken) };
              rounds.passed += 1;
              return { kind: 'reference', round: rounds.passed };
            }
            if (files.length === 0) throw new Error('no files were sent');
            const images = options.images?.(order.key);
            if (images) return { kind: 'images', images };
            if (tookMs > 0) await setTimeout(tookMs, undefined, { signal: ends });
            const points = (options.points ?? pointsOf)(order.key);
            return { kind: 'grade', grade: gradeOf(points), final: true, round: rounds.passed };
          },
        },
      });
    },
  });
  await running.catch((error) => {
    if (!signal.aborted) throw error;
  });
}

const refused = grade({
  status: 'refused',
  points: null,
  checks: [],
  refusals: [{ code: 'privileged', text: verbatim('privileged') }],
});

const broken = new LabError('E_CONTROL', verbatim('the reference solution lost a point'), verbatim('lab doctor'));
