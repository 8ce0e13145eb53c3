import type { Homes } from '../platform/state-dirs.ts';
import { type JournalEntry, loadEntries, tryRunLock } from '../run/journal.ts';

export interface Runs {
  readonly underWay: readonly JournalEntry[];
  /** Runs that were killed, and those of `--keep`: their resources still exist. */
  readonly ended: readonly JournalEntry[];
}

/** The runs in the journal, by whether they are still active. */
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
