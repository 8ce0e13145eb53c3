import { setTimeout as pause } from 'node:timers/promises';
import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Ended } from '../port.ts';
import { isIntact, type JobQueue, mostStalled, type StoredJob } from './bull-queue.ts';
import type { Connection } from './connect.ts';
import { type ClassKeys, jobOfBullId, workerOfQueue } from './keys.ts';

/** How often the queues are examined for jobs that ended. BullMQ's events would be faster, but are lost while a program or the server is away. */
const everyMs = 250;

export interface EndedJobs {
  /** The job may end again, under the same ID. */
  forget(job: string): void;
  stop(): void;
}

interface WatchOptions {
  readonly connection: Connection;
  readonly keys: ClassKeys;
  readonly queueOf: (name: string) => JobQueue;
  /** A job for a worker that is gone for this time is lost. */
  readonly goneMs: number;
  readonly listener: (ended: Ended) => Promise<void>;
}

/** Calls the listener for each job that ended, one at a time. A call that rejects is repeated. */
export function watchEnded(options: WatchOptions): EndedJobs {
  const { connection, keys, queueOf, listener } = options;
  const stopped = new AbortController();
  const { signal } = stopped;
  const reported = new Set<string>();
  const tell = async (ended: Ended) => {
    if (signal.aborted || reported.has(ended.id)) return;
    reported.add(ended.id);
    try {
      await listener(ended);
    } catch (error) {
      reported.delete(ended.id);
      throw error;
    }
  };
  const gone = watchGone(options);
  const round = async () => {
    for (const name of await connection.main.smembers(keys.queues)) {
      const queue = queueOf(name);
      for (const id of await endedIn(connection, queue)) {
        if (signal.aborted) return;
        if (reported.has(jobOfBullId(id))) continue;
        const job = await queue.getJob(id);
        // a server that lost its data in between has the job again, and it has not ended there
        if (job?.finishedOn !== undefined) await tell(await endOf(connection, keys, job));
      }
    }
    for (const lost of await gone()) await tell(lost);
  };
  const watch = async () => {
    while (!signal.aborted) {
      await round().catch(() => undefined);
      await pause(everyMs, undefined, { signal }).catch(() => undefined);
    }
  };
  void watch();
  return { forget: (job) => void reported.delete(job), stop: () => stopped.abort() };
}

const endedIn = async ({ main }: Connection, queue: JobQueue): Promise<string[]> =>
  (await Promise.all([main.zrange(queue.toKey('completed'), '0', '-1'), main.zrange(queue.toKey('failed'), '0', '-1')])).flat();

async function endOf({ bulk }: Connection, keys: ClassKeys, job: StoredJob): Promise<Ended> {
  const id = jobOfBullId(job.id ?? '');
  const { failedReason, returnvalue, processedBy } = job;
  const worker = processedBy === undefined ? {} : { worker: processedBy };
  // a job that succeeded keeps the reason of an attempt that failed before
  if (!returnvalue) {
    if (job.stalledCounter > mostStalled)
      return { id, ok: false, why: 'lost', reason: `${job.stalledCounter} workers disappeared while they performed it` };
    // a worker's word is not enough; after a restart of a server that lost its data, a job can be there with the body of an earlier one
    const why = isIntact(await bulk.getBuffer(keys.body(id)), job.data) ? 'failed' : 'damaged';
    return { id, ok: false, ...worker, why, reason: oneLine(failedReason ?? '', 300) };
  }
  const body = await bulk.hgetBuffer(keys.result(id), returnvalue.attempt);
  if (!body) return { id, ok: false, ...worker, why: 'damaged', reason: 'its result is not on the server' };
  return { id, ok: true, worker: returnvalue.worker, body, durationMs: returnvalue.durationMs };
}

/**
 * Jobs for one worker end with it: no other worker takes them. A worker is gone when it gave no sign of life for the time after which the server forgets it, and
 * for as long again, in which it may return after the server did.
 */
function watchGone({ connection, keys, goneMs }: WatchOptions): () => Promise<Ended[]> {
  const goneSince = new Map<string, number>();
  let backAt = connection.backAt();
  return async () => {
    const { main } = connection;
    const directed = Object.entries(await main.hgetall(keys.jobs)).flatMap(([id, queue]) => {
      const worker = workerOfQueue(queue);
      return worker === undefined ? [] : [{ id, worker }];
    });
    const workers = [...new Set(directed.map(({ worker }) => worker))];
    const alive = await Promise.all(workers.map((worker) => main.exists(keys.worker(worker))));
    if (backAt !== connection.backAt()) goneSince.clear();
    backAt = connection.backAt();
    const now = performance.now();
    for (const [at, worker] of workers.entries()) {
      if (alive[at] === 1) goneSince.delete(worker);
      else if (!goneSince.has(worker)) goneSince.set(worker, now);
    }
    return directed
      .filter(({ worker }) => now - (goneSince.get(worker) ?? now) > goneMs)
      .map(({ id, worker }) => ({ id, ok: false, worker, why: 'lost', reason: 'its worker disappeared' }) as const);
  };
}
