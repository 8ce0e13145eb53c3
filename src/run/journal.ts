import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Homes } from '../engine/homes.ts';
import { type Lock, tryLock } from '../engine/lock.ts';

/** What a run is about to make, written down before it exists: with it, whoever comes later can remove all of it. */
export interface JournalEntry {
  readonly id: string;
  readonly startedAt: string;
  /** The engine that it works on. */
  readonly endpoint: { readonly host: string; readonly certificates?: string };
  /** Its own folder: copies of the stacks, with what containers write into them. */
  readonly dir: string;
}

/** The label that everything made for a run carries. */
export const runLabel = 'labwright.run';

export const runsDir = (homes: Homes): string => join(homes.state, 'runs');
const entryPath = (homes: Homes, id: string) => join(runsDir(homes), `${id}.json`);

/** Whoever holds this is at work on the run, or removing it; it goes with its holder's process, however that ends. */
export const tryRunLock = (homes: Homes, id: string): Promise<Lock | undefined> => tryLock(`run ${runsDir(homes)} ${id}`);

/** Writes an entry, flushed to the disk before this resolves. */
export async function writeEntry(homes: Homes, entry: JournalEntry): Promise<void> {
  await mkdir(runsDir(homes), { recursive: true });
  const path = entryPath(homes, entry.id);
  const handle = await open(`${path}.new`, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(entry)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
}

export const removeEntry = (homes: Homes, id: string): Promise<void> => rm(entryPath(homes, id), { force: true });

/** All entries: of runs at work, and of those that ended without removing what they made. */
export async function loadEntries(homes: Homes): Promise<JournalEntry[]> {
  const names = await readdir(runsDir(homes)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const entries = names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(runsDir(homes), name), 'utf8'));
  return (await Promise.all(entries)).map((text) => JSON.parse(text) as JournalEntry);
}
