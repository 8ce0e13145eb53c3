import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { UnrecoverableError, Worker } from 'bullmq';
import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Job, Perform, QueueTimes } from '../port.ts';
import { isIntact, type JobData, type JobResult, keyOfJob, mostStalled, optionsOn, type StoredJob } from './bull-queue.ts';
import type { Connection } from './connect.ts';
import { parting } from './heart.ts';
import { type ClassKeys, jobOfBullId } from './keys.ts';
import { holdLease, type Lease } from './lease.ts';
import { storeResult } from './scripts.ts';

export interface JobLoopOptions {
  readonly connection: Connection;
  readonly keys: ClassKeys;
  readonly queue: string;
  readonly worker: string;
  readonly slots: number;
  readonly times: QueueTimes;
  readonly perform: Perform;
}

/** Takes jobs from a queue and performs them. */
export interface JobLoop {
  /** Takes no further jobs. */
  drain(): void;
  /** Also gives back the jobs that it performs, as if they had not been started. */
  leave(): Promise<void>;
}

/** How long one request for a job waits on the server, in seconds. */
const waitSeconds = 1;
const retryMs = 1000;
const mostReason = 300;

export function startJobLoop(options: JobLoopOptions): JobLoop {
  const { connection, keys, queue, worker: name, slots, times } = options;
  const worker = new Worker<JobData, JobResult>(queue, null, {
    ...optionsOn(connection, keys),
    name,
    autorun: false,
    lockDuration: times.leaseMs,
    stalledInterval: Math.ceil(times.leaseMs / 3),
    maxStalledCount: mostStalled,
    drainDelay: waitSeconds,
  });
  worker.on('error', () => undefined);
  const stopped = new AbortController();
  const leases = new Set<Lease>();
  const running = new Set<Promise<void>>();
  const performing = new Set<Promise<unknown>>();
  const tracked: Perform = (job, signal) => {
    const work = options.perform(job, signal).finally(() => performing.delete(work));
    performing.add(work);
    return work;
  };

  const fetchJobs = async () => {
    await worker.startStalledCheckTimer();
    while (!stopped.signal.aborted) {
      if (running.size >= slots) {
        await Promise.race(running);
        continue;
      }
      const token = randomUUID();
      try {
        const job = await worker.getNextJob(token);
        if (job && stopped.signal.aborted) await job.moveToWait(token);
        else if (job) start(job, token);
      } catch {
        // the server refused: its memory is full, or it starts
        await pause(retryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    }
  };
  const start = (job: StoredJob, token: string) => {
    const lease = holdLease(job, token, times.leaseMs);
    leases.add(lease);
    const work = performJob(job, token, lease, { ...options, perform: tracked }).finally(() => {
      lease[Symbol.dispose]();
      leases.delete(lease);
      running.delete(work);
    });
    running.add(work);
  };

  const loop = fetchJobs();
  return {
    drain: () => stopped.abort(),
    leave: async () => {
      stopped.abort();
      for (const lease of leases) lease.abort('leaving');
      await Promise.allSettled(performing);
      await parting(connection, worker.close(true), loop, ...running);
      // a report to a server that is away never ends
      for (const lease of leases) lease[Symbol.dispose]();
    },
  };
}

/** Performs a job and reports its end. Never rejects: what cannot be reported is performed again, because its lease ends. */
async function performJob(job: StoredJob, token: string, lease: Lease, options: JobLoopOptions): Promise<void> {
  const { connection, keys, queue, worker } = options;
  const id = jobOfBullId(job.id ?? '');
  const fail = (why: string, last = false) => reporting(lease, () => job.moveToFailed(reasonOf(why, last), token));
  try {
    // BullMQ counts the workers that disappeared, and leaves it to the next one to end the job
    if (job.deferredFailure) return await fail(job.deferredFailure, true);
    const body = await connection.bulk.getBuffer(keys.body(id));
    if (!body || !isIntact(body, job.data))
      return await fail(body ? 'its body was changed on the server' : 'its body is not on the server', true);
    const startedAt = performance.now();
    const attempt = job.attemptsMade + job.stalledCounter + 1;
    const result = await performed({ id, body, limitMs: job.data.limitMs, attempt }, lease, options.perform);
    const durationMs = Math.round(performance.now() - startedAt);
    await reporting(lease, async () => {
      const stored = await connection.bulk.eval(
        storeResult,
        3,
        `${keyOfJob(keys, queue, id)}:lock`,
        keys.result(id),
        keys.announcement,
        token,
        result,
      );
      if (stored === 1) await job.moveToCompleted({ worker, attempt: token, durationMs }, token, false);
    });
  } catch (error) {
    if (lease.lost === 'lease lost') return;
    if (lease.lost === 'leaving') return await reporting(lease, () => job.moveToWait(token));
    if (lease.lost === 'limit') return await fail(`it took longer than ${job.data.limitMs / 1000} s`);
    await fail(error instanceof Error ? error.message : String(error));
  }
}

async function performed(job: Job & { attempt: number }, lease: Lease, perform: Perform): Promise<Buffer> {
  lease.signal.throwIfAborted();
  const limit = setTimeout(() => lease.abort('limit'), job.limitMs);
  try {
    return await perform(job, lease.signal);
  } finally {
    clearTimeout(limit);
  }
}

/** Repeats a report that the server refuses (its memory is full) as long as the lease holds. */
async function reporting(lease: Lease, report: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await report();
      return;
    } catch (error) {
      // BullMQ's own errors mean that another worker has the job, or that it was removed
      if ((error as Error).name !== 'ReplyError' || lease.lost !== undefined) return;
    }
    await pause(retryMs);
  }
}

/** Why an attempt failed, as it is stored: short, printable, without a stack. `last`: another attempt would fail too. */
function reasonOf(why: string, last: boolean): Error {
  const shown = oneLine(why, mostReason);
  const error = last ? new UnrecoverableError(shown) : new Error(shown);
  delete error.stack;
  return error;
}
