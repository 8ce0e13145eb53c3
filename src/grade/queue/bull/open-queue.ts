import { unlessAborted } from '../../../platform/any-signal.ts';
import type { QueueAddress } from '../address.ts';
import type { ClassQueue, QueueServer, QueueTimes } from '../port.ts';
import { openClassQueue } from './class-queue.ts';
import { readClasses } from './class-records.ts';
import { connect } from './connect.ts';
import { keysOf } from './keys.ts';
import { joinClass } from './membership.ts';
import { drainClass, readOverview } from './overview.ts';
import { answered } from './refusals.ts';
import { wipe } from './wipe.ts';

export interface OpenQueueOptions {
  readonly times: QueueTimes;
  /** Ends all calls, also while the server does not answer. Workers give their jobs back. */
  readonly signal: AbortSignal;
}

/** Connects to a queue server. Throws LabError E_QUEUE if it cannot be used. */
export async function openQueue(address: QueueAddress, { times, signal }: OpenQueueOptions): Promise<QueueServer> {
  const connection = await connect(address, times, signal);
  const call = <T>(work: Promise<T>): Promise<T> => unlessAborted(answered(work, address), signal);
  /** What this program has not closed itself. */
  const opened = new Set<AsyncDisposable>();
  const kept = <T extends AsyncDisposable>(one: T): T => {
    opened.add(one);
    return one;
  };
  const each = async (ids: readonly string[], work: (id: string) => Promise<void>) => {
    for (const id of ids) await call(work(id));
  };
  return {
    openClass: async (own) => {
      const queue = await call(openClassQueue(connection, keysOf(own.id), own, times));
      return guarded(kept(queue), call);
    },
    classes: () => call(readClasses(connection)),
    join: async (classId, state) => kept(await call(joinClass(connection, keysOf(classId), state, times, signal))),
    overview: () => call(readOverview(connection)),
    drain: (ids) => each(ids, (id) => drainClass(connection, id)),
    purge: (ids) => each(ids, (id) => wipe(connection, id)),
    onConnection: (listener) => void connection.onState(listener),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...opened].map((one) => one[Symbol.asyncDispose]()));
      connection.close();
    },
  };
}

/** Every call ends with the program's signal, except the end of the class: it also removes the class when the program is interrupted. */
const guarded = (queue: ClassQueue, call: <T>(work: Promise<T>) => Promise<T>): ClassQueue => ({
  ...queue,
  send: (job) => call(queue.send(job)),
  sendTo: (worker, job) => call(queue.sendTo(worker, job)),
  has: (id) => call(queue.has(id)),
  settle: (id) => call(queue.settle(id)),
  workers: () => call(queue.workers()),
  announce: () => call(queue.announce()),
});
