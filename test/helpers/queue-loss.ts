import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { QueueNote } from '../../src/grade/queue/notes.ts';
import { unlessAborted } from '../../src/platform/any-signal.ts';
import { gate } from './queue.ts';
import {
  gradeOnQueue,
  keyOf,
  lossTimes,
  pointsOf,
  type TestClass,
  type TestGrades,
  type TestWorker,
  workWithoutEngine,
} from './queue-class.ts';
import type { TestQueueServer } from './queue-server.ts';

/** Classes on a queue whose workers, coordinator or server disappear. */

/** A class that is not graded by then is not graded at all. */
const longestMs = 200_000;

export const gradeClass = ({ address }: TestQueueServer, options: Omit<TestClass, 'signal'>): Promise<TestGrades> =>
  gradeOnQueue(address, { times: lossTimes, ...options, signal: AbortSignal.timeout(longestMs) });

/** A worker that is ended by the test, also by one that fails. */
export function startWorker({ address }: Pick<TestQueueServer, 'address'>, options: Omit<TestWorker, 'signal'>) {
  const ending = new AbortController();
  const ended = workWithoutEngine(address, { times: lossTimes.queue, ...options, signal: ending.signal });
  const end = async () => {
    ending.abort();
    await ended;
  };
  return { end, [Symbol.asyncDispose]: end };
}

export const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `student-${at + 1}`);
export const keyOfSubmission = /^[0-9a-f]{64}$/;

/** The grades in a journal, also withdrawn ones. */
export const journalOf = (out: string): { readonly key?: string; readonly by?: { readonly worker: string } }[] =>
  existsSync(join(out, 'journal.ndjson'))
    ? readFileSync(join(out, 'journal.ndjson'), 'utf8')
        .split('\n')
        .slice(1, -1)
        .map((line) => JSON.parse(line))
        .filter(({ key }) => key !== undefined)
    : [];

export function assertGraded({ grades }: TestGrades, out: string, all: readonly string[]): void {
  assert.equal(
    all.map((name) => [name, grades.get(name)?.points]),
    all.map((name) => [name, pointsOf(keyOf(name))]),
  );
  assert.equal(
    journalOf(out)
      .map(({ key }) => key)
      .sort(),
    all.map(keyOf).sort(),
  );
}

export const kinds = (notes: readonly QueueNote[], ...wanted: readonly QueueNote['kind'][]): QueueNote['kind'][] =>
  notes.map(({ kind }) => kind).filter((kind) => wanted.includes(kind));

/** A worker of one slot that waits in the middle of its first submission until the test lets it go on. */
export function startWaitingWorker(server: Pick<TestQueueServer, 'address'>, options: Partial<Omit<TestWorker, 'signal'>> = {}) {
  const [begun, goOn] = [gate(), gate()];
  const worker = startWorker(server, {
    host: 'one',
    slots: 1,
    ...options,
    perform: async (order, signal) => {
      if (order.kind !== 'grade') return;
      begun.open();
      await unlessAborted(goOn.opened, signal);
    },
  });
  return { ...worker, begun: begun.opened, goOn: () => goOn.open() };
}
