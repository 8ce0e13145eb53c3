import type { Connection } from './connect.ts';
import { classIndex, keysOf } from './keys.ts';

/** Removes everything of a class, and nothing else on the server. It can be repeated after it was interrupted. */
export async function wipe({ main }: Connection, classId: string): Promise<void> {
  const { announcement, alive, prefix } = keysOf(classId);
  // first what shows workers that the class exists
  await main.del(announcement, alive);
  // not BullMQ's `obliterate`: it needs a queue that stays paused, and workers that leave remove that mark
  for (let cursor = '0'; ; ) {
    const [next, found] = await main.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', 1000);
    if (found.length > 0) await main.unlink(...found);
    if (next === '0') break;
    cursor = next;
  }
  await main.srem(classIndex, classId);
}
