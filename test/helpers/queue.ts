import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { openQueue } from '../../src/grade/queue/bull/open-queue.ts';
import type {
  Announcement,
  ClassQueue,
  Ended,
  Job,
  Perform,
  QueueServer,
  QueueTimes,
  WorkerState,
} from '../../src/grade/queue/port.ts';
import { startQueueServer, type TestQueueServer } from './queue-server.ts';

/** Short times, so that a lost worker is noticed soon. */
export const shortTimes: QueueTimes = { beatMs: 200, goneMs: 2_000, leaseMs: 2_000 };

export const announcement = (id = 'c1', startedAt = '2026-01-01T00:00:00Z'): Announcement => ({
  id,
  build: 'build',
  version: '0.1.0',
  host: 'teacher',
  startedAt,
  encrypted: false,
  setup: Buffer.from([0, 255, 10]),
});
export const workerState = (id = 'w1'): WorkerState => ({
  id,
  host: 'machine',
  build: 'build',
  version: '0.1.0',
  slots: 2,
  stage: 'grading',
  jobs: [],
});
export const jobOf = (id: string, { body = 'body', limitMs = 60_000 } = {}): Job => ({ id, body: Buffer.from(body), limitMs });

/** Resolves when something becomes true on the server. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await pause(10);
}

/** Resolves when the signal has aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** A promise that the test fulfils. */
export function gate<T = void>(): { readonly opened: Promise<T>; open(value: T): void } {
  let open: (value: T) => void = () => undefined;
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { opened, open: (value) => open(value) };
}

/** A job that ends when the test says so, or fails when its signal aborts. `started` resolves to that signal. */
export function heldJob() {
  let [start, finish]: [(signal: AbortSignal) => void, (body: Buffer) => void] = [() => undefined, () => undefined];
  const started = new Promise<AbortSignal>((resolve) => {
    start = resolve;
  });
  const attempts: number[] = [];
  const perform: Perform = ({ attempt }, signal) =>
    new Promise((resolve, reject) => {
      attempts.push(attempt);
      finish = resolve;
      signal.addEventListener('abort', () => reject(signal.reason));
      start(signal);
    });
  return { perform, started, attempts, finish: (body: string) => finish(Buffer.from(body)) };
}

/** The ends of jobs, as a coordinator is told. */
export interface Ends {
  readonly all: Ended[];
  /** The first one of a job. Resolves when it arrives. */
  of(id: string): Promise<Ended>;
}

export function endsOf(queue: ClassQueue): Ends {
  const all: Ended[] = [];
  const waiting = new Set<() => void>();
  queue.onEnded(async (ended) => {
    all.push(ended);
    for (const look of waiting) look();
  });
  const of = (id: string) =>
    new Promise<Ended>((resolve) => {
      const look = () => {
        const found = all.find((one) => one.id === id);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { all, of };
}

export interface QueueScene extends AsyncDisposable {
  readonly server: TestQueueServer;
  readonly queue: QueueServer;
  readonly cls: ClassQueue;
  readonly ends: Ends;
}

/** A server with a class. */
export async function queueScene(options: Parameters<typeof startQueueServer>[0] = {}, times = shortTimes): Promise<QueueScene> {
  const server = await startQueueServer(options);
  const queue = await openQueue(server.address, { times, signal: new AbortController().signal });
  const cls = await queue.openClass(announcement());
  return {
    server,
    queue,
    cls,
    ends: endsOf(cls),
    [Symbol.asyncDispose]: async () => {
      await cls[Symbol.asyncDispose]();
      await queue[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
