import { type Announcement, type ClassQueue, type Ended, type Job, mostAttempts, type QueueTimes } from '../port.ts';
import { keyOfJob, prepareQueue, queuesOf, removeJob, sha256 } from './bull-queue.ts';
import { readWorkers, writeAnnouncement } from './class-records.ts';
import type { Connection } from './connect.ts';
import { type EndedJobs, watchEnded } from './ended-jobs.ts';
import { parting, startHeart, unlessLost } from './heart.ts';
import { bullId, type ClassKeys, directedQueue, sharedQueue } from './keys.ts';
import { coordinatorBeat } from './scripts.ts';
import { wipe } from './wipe.ts';

/** A coordinator's side of a class. */
export async function openClassQueue(
  connection: Connection,
  keys: ClassKeys,
  own: Announcement,
  times: QueueTimes,
): Promise<ClassQueue> {
  const { main, bulk } = connection;
  const queueOf = queuesOf(connection, keys);
  let watched: EndedJobs | undefined;
  let isOver = false;
  let ending: Promise<void> | undefined;

  /** What is being written: the end of the class waits for it, so that nothing appears after it. */
  const writing = new Set<Promise<void>>();
  const write = async (work: () => Promise<void>): Promise<void> => {
    if (isOver) return;
    const written = work();
    writing.add(written);
    try {
      await written;
    } finally {
      writing.delete(written);
    }
  };
  const announce = () => write(() => writeAnnouncement(connection, keys, own, times.goneMs));
  let seenAt = connection.backAt();
  const heart = startHeart(async () => {
    const isThere = (await main.eval(coordinatorBeat, 2, keys.announcement, keys.alive, times.goneMs)) === 1;
    if (!isThere) await announce();
    // the connection held, and the data was removed: otherwise nothing else notices it
    if (!isThere && !isOver && seenAt === connection.backAt()) connection.reportLoss();
    seenAt = connection.backAt();
  }, times.beatMs);
  const ignore = connection.onState(async (state) => {
    if (state === 'back') await heart.beat().catch(() => undefined);
  });

  const sendBy = async (name: string, { id, body, limitMs }: Job) => {
    const there = await main.hget(keys.jobs, id);
    if (there !== null && (await main.exists(keyOfJob(keys, there, id))) === 1) return;
    // in this order, so that whatever is there after a crash is found by the next coordinator, and a worker that gets a job finds its body
    await main.hset(keys.jobs, id, name);
    await Promise.all([prepareQueue(connection, keys, name), bulk.set(keys.body(id), body)]);
    const kept = { removeOnComplete: false, removeOnFail: false, stackTraceLimit: 0 };
    await queueOf(name).add('job', { limitMs, sha256: sha256(body) }, { jobId: bullId(id), attempts: mostAttempts, ...kept });
  };
  const settle = async (id: string) => {
    const name = await main.hget(keys.jobs, id);
    if (name !== null) await removeJob(connection, keys, queueOf(name), id);
    await main.unlink(keys.body(id), keys.result(id));
    await main.hdel(keys.jobs, id);
    watched?.forget(id);
  };
  const has = async (id: string) => {
    const name = await main.hget(keys.jobs, id);
    return name !== null && (await main.exists(keyOfJob(keys, name, id))) === 1;
  };
  const stop = () => {
    isOver = true;
    heart.stop();
    ignore();
    watched?.stop();
  };

  await announce();
  await main.del(keys.draining);
  for (const name of await main.smembers(keys.queues)) await queueOf(name).resume();
  await prepareQueue(connection, keys, sharedQueue);
  for (const id of await main.hkeys(keys.jobs)) if (!(await has(id))) await settle(id);
  return {
    id: own.id,
    send: (job) => write(() => sendBy(sharedQueue, job)),
    sendTo: (worker, job) => write(() => sendBy(directedQueue(worker), job)),
    has,
    settle,
    onEnded: (listener: (ended: Ended) => Promise<void>) => {
      watched?.stop();
      watched = watchEnded({ connection, keys, queueOf, goneMs: times.goneMs, listener });
    },
    workers: () => readWorkers(connection, keys),
    announce,
    end: async () => {
      stop();
      ending ??= unlessLost(connection, async () => {
        await parting(connection, ...writing);
        await wipe(connection, own.id);
      });
      await ending;
    },
    [Symbol.asyncDispose]: async () => {
      if (isOver) return ending;
      stop();
      await parting(connection, main.del(keys.alive));
    },
  };
}
