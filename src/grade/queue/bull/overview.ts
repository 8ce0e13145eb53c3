import type { ClassOverview } from '../port.ts';
import { queuesOf } from './bull-queue.ts';
import { classIds, readAnnouncement, readWorkers } from './class-records.ts';
import type { Connection } from './connect.ts';
import { keysOf, sharedQueue } from './keys.ts';
import { sizeOf } from './scripts.ts';

/** All classes with anything left on the server. Those that started last come last. */
export async function readOverview(connection: Connection): Promise<ClassOverview[]> {
  const found = await Promise.all((await classIds(connection)).map((id) => overviewOf(connection, id)));
  const startOf = ({ announcement }: ClassOverview) => announcement?.startedAt ?? '';
  return found.sort((a, b) => startOf(a).localeCompare(startOf(b)) || a.id.localeCompare(b.id));
}

async function overviewOf(connection: Connection, id: string): Promise<ClassOverview> {
  const { main } = connection;
  const keys = keysOf(id);
  const queueOf = queuesOf(connection, keys);
  const [announcement, alive, draining, workers, names, jobs] = await Promise.all([
    readAnnouncement(connection, keys),
    main.exists(keys.alive),
    main.exists(keys.draining),
    readWorkers(connection, keys),
    main.smembers(keys.queues),
    main.hkeys(keys.jobs),
  ]);
  const counts = await Promise.all(names.map((name) => queueOf(name).getJobCounts()));
  const sum = (...states: readonly string[]) =>
    counts.reduce((total, count) => total + states.reduce((some, state) => some + (count[state] ?? 0), 0), 0);
  const bodies = jobs.flatMap((job) => [keys.body(job), keys.result(job)]);
  const bytes = bodies.length === 0 ? 0 : Number(await main.eval(sizeOf, bodies.length, ...bodies));
  return {
    ...(announcement ? { announcement } : {}),
    id,
    coordinator: alive === 1 ? 'alive' : 'gone',
    draining: draining === 1,
    jobs: {
      waiting: sum('waiting', 'paused', 'prioritized', 'delayed'),
      active: sum('active'),
      ended: sum('completed', 'failed'),
    },
    workers,
    bytes,
  };
}

/** No worker takes further jobs of a class: at once by the queues that are there, and by the mark for those that come. */
export async function drainClass(connection: Connection, id: string): Promise<void> {
  const { main } = connection;
  const keys = keysOf(id);
  const queueOf = queuesOf(connection, keys);
  await main.set(keys.draining, '1');
  for (const name of new Set([sharedQueue, ...(await main.smembers(keys.queues))])) await queueOf(name).pause();
}
