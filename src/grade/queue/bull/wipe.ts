import { queuesOf } from './bull-queue.ts';
import type { Connection } from './connect.ts';
import { classIndex, keysOf } from './keys.ts';

/** Removes everything of a class, and nothing else on the server. It can be repeated after it was interrupted. */
export async function wipe(connection: Connection, classId: string): Promise<void> {
  const { main } = connection;
  const keys = keysOf(classId);
  // first what tells workers that the class exists
  await main.del(keys.announcement, keys.alive);
  const queueOf = queuesOf(connection, keys);
  for (const name of await main.smembers(keys.queues)) {
    const queue = queueOf(name);
    // BullMQ removes a queue only while it is paused
    await queue.pause();
    await queue.obliterate({ force: true, count: 1000 });
  }
  for (const id of await main.hkeys(keys.jobs)) await main.unlink(keys.body(id), keys.result(id));
  for (const id of await main.smembers(keys.workers)) await main.unlink(keys.worker(id));
  await main.unlink(keys.setup, keys.draining, keys.workers, keys.queues, keys.jobs);
  await main.srem(classIndex, classId);
}
