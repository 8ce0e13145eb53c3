import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';
import { type Lock, tryLock } from '../platform/lock.ts';
import { NotPlainError, readPlain } from '../platform/plain-file.ts';
import type { Homes } from '../platform/state-dirs.ts';
import { onPath } from '../platform/system-error.ts';
import type { JournalEntry } from './journal-entry.ts';

export type { JournalEntry } from './journal-entry.ts';

/** The prefix of every project of a run, and so of all names that Compose derives from it. */
export const projectPrefix = (id: string): string => `labwright-${id}-`;

/** The label on everything created for a run. */
export const runLabel = 'labwright.run';
/** The label on containers and networks that a run creates without Compose; no image has it, so nothing inherits it. */
export const madeLabel = 'labwright.made';

export const runsDir = (homes: Homes): string => join(homes.state, 'runs');
/** A run's own folder. */
export const runDir = (homes: Homes, id: string): string => join(runsDir(homes), id);
const entryPath = (homes: Homes, id: string) => join(runsDir(homes), `${id}.json`);

/**
 * The process that holds this lock is performing or removing the run; the lock is released when the process ends, for any reason.
 */
export const tryRunLock = (homes: Homes, id: string): Promise<Lock | undefined> => tryLock(join(runsDir(homes), `${id}.lock`));

/** Writes an entry, flushed to disk before this resolves. */
export async function writeEntry(homes: Homes, entry: JournalEntry): Promise<void> {
  await mkdir(runsDir(homes), { recursive: true });
  const path = entryPath(homes, entry.id);
  await rm(`${path}.new`, { force: true });
  const handle = await open(`${path}.new`, 'wx');
  try {
    await onPath(`${path}.new`, async () => {
      await handle.writeFile(`${JSON.stringify(entry)}\n`);
      await handle.sync();
    });
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
}

/** Removes entries that a crash interrupted while they were written: nothing was created for them yet. */
export async function removeDrafts(homes: Homes): Promise<void> {
  for (const name of await namesIn(homes)) {
    const id = /^([a-z0-9]+)\.json\.new$/.exec(name)?.[1];
    const lock = id && (await tryRunLock(homes, id));
    if (!lock) continue;
    await rm(join(runsDir(homes), name), { force: true });
    await lock.release();
  }
}

export const removeEntry = (homes: Homes, id: string): Promise<void> => rm(entryPath(homes, id), { force: true });

/**
 * All entries: of runs in progress, and of those that ended without cleaning up. `onDamaged` receives an error for each file that
 * is not a valid entry; without it, the first is thrown.
 */
export async function loadEntries(homes: Homes, onDamaged: (error: LabError) => void = rethrow): Promise<JournalEntry[]> {
  const names = await namesIn(homes);
  const entries = names.filter((name) => name.endsWith('.json')).map((name) => loadEntry(join(runsDir(homes), name), onDamaged));
  return (await Promise.all(entries)).filter((entry) => entry !== undefined);
}

const namesIn = (homes: Homes): Promise<string[]> =>
  readdir(runsDir(homes)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });

const rethrow = (error: LabError): never => {
  throw error;
};

/**
 * Undefined: the run has just ended and removed its entry, or the file is not a valid entry (LabError E_STATE to `onDamaged`).
 */
async function loadEntry(path: string, onDamaged: (error: LabError) => void): Promise<JournalEntry | undefined> {
  const written = await readPlain(path, { maxBytes: 1_000_000 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    if (error instanceof NotPlainError) return error;
    throw error;
  });
  if (written === undefined) return undefined;
  if (written instanceof NotPlainError) {
    onDamaged(damaged(written.text, written));
    return undefined;
  }
  const { journalEntry } = await import('./journal-entry.ts');
  const { success, data, error } = journalEntry.safeParse(parseJson(written.toString()));
  if (success) return data;
  const { message } = error;
  onDamaged(damaged(text(`${path} is no journal entry: ${message}`, `${path} 不是有效的執行紀錄：${message}`), error));
  return undefined;
}

const damaged = (message: Text, cause: Error): LabError =>
  new LabError(
    'E_STATE',
    message,
    text(
      `look for what that run left (docker ps -a --filter label=${runLabel}), remove it, then remove the file`,
      `請先找出該次執行留下的資源（docker ps -a --filter label=${runLabel}）並移除，再刪除這個檔案`,
    ),
    { cause },
  );

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined; // the schema rejects it
  }
}

export interface Runs {
  readonly underWay: readonly JournalEntry[];
  /** Killed runs, and runs with `--keep`: what they created still exists. */
  readonly ended: readonly JournalEntry[];
}

/** The runs in the journal, by whether a process is working on them. */
export async function listRuns(homes: Homes): Promise<Runs> {
  const entries = await loadEntries(homes);
  const free = await Promise.all(
    entries.map(async ({ id }) => {
      const lock = await tryRunLock(homes, id);
      await lock?.release();
      return lock !== undefined;
    }),
  );
  return { underWay: entries.filter((_, at) => !free[at]), ended: entries.filter((_, at) => free[at]) };
}
