import { type JobQueue, queuesOf } from './bull-queue.ts';
import type { Connection } from './connect.ts';
import { classIndex, keysOf } from './keys.ts';

/** Removes everything of a class, and nothing else on the server. It can be repeated after it was interrupted. */
export async function wipe(connection: Connection, classId: string): Promise<void> {
  const { main } = connection;
  const keys = keysOf(classId);
  // first what tells workers that the class exists
  await main.del(keys.announcement, keys.alive);
  const queueOf = queuesOf(connection, keys);
  for (const name of await main.smembers(keys.queues)) await removeQueue(queueOf(name));
  for (const id of await main.hkeys(keys.jobs)) await main.unlink(keys.body(id), keys.result(id));
  for (const id of await main.smembers(keys.workers)) await main.unlink(keys.worker(id));
  await main.unlink(keys.setup, keys.draining, keys.workers, keys.queues, keys.jobs);
  await main.srem(classIndex, classId);
}

/** BullMQ removes a queue only while it is paused. A worker that leaves meanwhile removes the mark of that with its traces. */
async function removeQueue(queue: JobQueue): Promise<void> {
  for (;;) {
    await queue.pause();
    try {
      await queue.obliterate({ force: true, count: 1000 });
      return;
    } catch (error) {
      if (await queue.isPaused()) throw error;
    }
  }
}
