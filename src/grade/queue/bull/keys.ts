import { LabError } from '../../../lab/error.ts';
import { text } from '../../../lab/text.ts';

/** Everything of labwright on a server begins with this. */
const root = 'labwright';

/** The set of the IDs of all classes. */
export const classIndex = `${root}:classes`;

/** The keys of a class. */
export interface ClassKeys {
  /** BullMQ's keys of a queue begin with it. */
  readonly prefix: string;
  /** The announcement without the setup (JSON). Exists as long as the class does. */
  readonly announcement: string;
  readonly setup: string;
  /** Exists while the coordinator is alive. */
  readonly alive: string;
  /** Exists if no worker may take further jobs. */
  readonly draining: string;
  /** The set of the IDs of workers. */
  readonly workers: string;
  /** A worker's state (JSON). Exists while it is alive. */
  worker(id: string): string;
  /** The names of the queues. */
  readonly queues: string;
  /** Job ID → name of its queue. */
  readonly jobs: string;
  body(job: string): string;
  /** Attempt → body. Only the worker that has the lease writes it. */
  result(job: string): string;
}

/** Throws LabError E_QUEUE for an ID that could reach keys of others. */
export function keysOf(classId: string): ClassKeys {
  const at = `${root}:${checkedId(classId)}`;
  return {
    prefix: at,
    announcement: `${at}:announcement`,
    setup: `${at}:setup`,
    alive: `${at}:alive`,
    draining: `${at}:draining`,
    workers: `${at}:workers`,
    worker: (id) => `${at}:worker:${checkedId(id)}`,
    queues: `${at}:queues`,
    jobs: `${at}:jobs`,
    body: (job) => `${at}:body:${checkedId(job)}`,
    result: (job) => `${at}:result:${checkedId(job)}`,
  };
}

/** The queue for all workers, and that for one. */
export const sharedQueue = 'shared';
export const directedQueue = (worker: string): string => `to-${checkedId(worker)}`;
/** Undefined: the queue is for all workers. */
export const workerOfQueue = (queue: string): string | undefined => (queue.startsWith('to-') ? queue.slice(3) : undefined);

/** BullMQ does not accept a number as ID. */
export const bullId = (job: string): string => `j-${checkedId(job)}`;
export const jobOfBullId = (id: string): string => id.slice(2);

/** The keys that BullMQ writes for a queue without jobs. */
export const tracesOf = ({ prefix }: ClassKeys, queue: string): string[] =>
  ['meta', 'stalled-check', 'stalled', 'marker', 'events'].map((key) => `${prefix}:${queue}:${key}`);

const checkedId = (id: string): string => {
  if (/^[A-Za-z0-9-]{1,128}$/.test(id)) return id;
  throw new LabError(
    'E_QUEUE',
    text(`'${id.slice(0, 40)}' is not an ID of the queue`, `「${id.slice(0, 40)}」不是佇列可用的 ID`),
    text('an ID consists of letters, digits and dashes', 'ID 只能包含英文字母、數字和連字號'),
  );
};
