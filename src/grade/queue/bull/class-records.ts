import { z } from 'zod';
import type { Announcement, WorkerState } from '../port.ts';
import type { Connection } from './connect.ts';
import { type ClassKeys, classIndex, keysOf } from './keys.ts';

/** Announcements and states of workers, as they are stored. A record that another program wrote there is ignored. */

const line = z.string().max(500);
const announcementSchema = z.object({
  id: line,
  build: line,
  version: line,
  host: line,
  startedAt: line,
  encrypted: z.boolean(),
});
const workerSchema = z.object({
  id: line,
  host: line,
  build: line,
  version: line,
  slots: z.number().int().nonnegative(),
  stage: z.enum(['preparing', 'grading', 'unfit']),
  jobs: z.array(z.object({ id: line, forMs: z.number() })),
  why: z.object({ en: z.string(), 'zh-TW': z.string() }).optional(),
});

function parsed<Value>(schema: z.ZodType<Value>, stored: string | null): Value | undefined {
  if (stored === null) return undefined;
  try {
    return schema.safeParse(JSON.parse(stored)).data;
  } catch {
    return undefined;
  }
}

/** Writes an announcement, and that its coordinator is alive. What workers wait for comes last. */
export async function writeAnnouncement(
  { main, bulk }: Connection,
  keys: ClassKeys,
  own: Announcement,
  goneMs: number,
): Promise<void> {
  const { setup, ...described } = own;
  await main.sadd(classIndex, own.id);
  await bulk.set(keys.setup, setup);
  await main.set(keys.announcement, JSON.stringify(described));
  await main.set(keys.alive, '1', 'PX', goneMs);
}

export async function readAnnouncement({ main, bulk }: Connection, keys: ClassKeys): Promise<Announcement | undefined> {
  const described = parsed(announcementSchema, await main.get(keys.announcement));
  const setup = described && (await bulk.getBuffer(keys.setup));
  return setup ? { ...described, setup } : undefined;
}

/** The IDs of all classes with anything on the server. */
export const classIds = async ({ main }: Connection): Promise<string[]> =>
  (await main.smembers(classIndex)).filter((id) => /^[A-Za-z0-9-]{1,128}$/.test(id));

/** The classes whose coordinators are alive, in the order of their start. */
export async function readClasses(connection: Connection): Promise<Announcement[]> {
  const found = await Promise.all(
    (await classIds(connection)).map(async (id) => {
      const keys = keysOf(id);
      return (await connection.main.exists(keys.alive)) === 1 ? readAnnouncement(connection, keys) : undefined;
    }),
  );
  return found
    .filter((one) => one !== undefined)
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt) || a.id.localeCompare(b.id));
}

/** The workers of a class that are alive. */
export async function readWorkers({ main }: Connection, keys: ClassKeys): Promise<WorkerState[]> {
  const ids = (await main.smembers(keys.workers)).sort();
  const states = await Promise.all(ids.map(async (id) => parsed(workerSchema, await main.get(keys.worker(id)))));
  return states.filter((one) => one !== undefined) as WorkerState[];
}
