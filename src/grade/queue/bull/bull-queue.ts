import { createHash } from 'node:crypto';
import { type Job as BullJob, Queue } from 'bullmq';
import type { Connection } from './connect.ts';
import { bullId, type ClassKeys } from './keys.ts';

/** What BullMQ stores with a job. The bodies are in keys of their own. */
export interface JobData {
  readonly limitMs: number;
  /** SHA-256 of the body. */
  readonly sha256: string;
}

export const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

/** Whether a body is the one that the job was sent with. */
export const isIntact = (body: Buffer | null, data: JobData): boolean => body !== null && sha256(body) === data.sha256;

/** What BullMQ stores with a completed job. */
export interface JobResult {
  readonly worker: string;
  /** The field of the result's body. */
  readonly attempt: string;
  readonly durationMs: number;
}

export type StoredJob = BullJob<JobData, JobResult>;
export type JobQueue = Queue<JobData, JobResult>;

/** Times that a worker may disappear with the job. */
export const mostStalled = 2;

/** What all queues and workers of BullMQ have in common. The server is examined at the start. */
export const optionsOn = ({ main }: Connection, { prefix }: ClassKeys) => ({ connection: main, prefix, skipVersionCheck: true });

/** BullMQ's queues of a class, opened when they are needed. */
export function queuesOf(connection: Connection, keys: ClassKeys): (name: string) => JobQueue {
  const open = new Map<string, JobQueue>();
  return (name) => {
    const queue =
      open.get(name) ?? new Queue<JobData, JobResult>(name, { ...optionsOn(connection, keys), skipMetasUpdate: true });
    // the connection itself reports what happens to it
    if (!open.has(name)) queue.on('error', () => undefined);
    open.set(name, queue);
    return queue;
  };
}

/** The key of BullMQ's data of a job. */
export const keyOfJob = ({ prefix }: ClassKeys, queue: string, job: string): string => `${prefix}:${queue}:${bullId(job)}`;

/** Creates a queue. BullMQ keeps a stream of events; nothing reads it, so it is kept short. */
export async function prepareQueue({ main }: Connection, keys: ClassKeys, queue: string): Promise<void> {
  await Promise.all([main.sadd(keys.queues, queue), main.hset(`${keys.prefix}:${queue}:meta`, 'opts.maxLenEvents', 1)]);
}

/** Removes a job from its queue, also one that a worker performs: that loses its lease. */
export async function removeJob({ main }: Connection, keys: ClassKeys, queue: JobQueue, job: string): Promise<void> {
  if ((await queue.remove(bullId(job))) !== 0) return;
  await main.del(`${keyOfJob(keys, queue.name, job)}:lock`);
  await queue.remove(bullId(job));
}
