import { stat } from 'node:fs/promises';
import { asLabError } from '../docker/api/api-error.ts';
import { EngineApi } from '../docker/api/engine-api.ts';
import { endOrphans } from '../docker/compose/orphans.ts';
import { findDisk, removeDisk } from '../docker/embedded/disks.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import { removeFolder } from '../platform/remove-folder.ts';
import type { Homes } from '../platform/state-dirs.ts';
import type { Clock } from './clock.ts';
import { type JournalEntry, loadEntries, removeDrafts, removeEntry, runDir, tryRunLock } from './journal.ts';
import { findLeft, type Left, quietMs, removeRun } from './teardown.ts';

/** What runs left behind: names by kind; `files` are the runs' folders. */
export interface Leftovers extends Left {
  readonly files: readonly string[];
}

export interface Cleaned {
  readonly left: Leftovers;
  /** Runs in progress, which are not touched. */
  readonly underWay: readonly string[];
  /** Runs whose engine is unreachable or could not remove something, and damaged entries: they stay in the journal. */
  readonly failed: readonly { readonly id?: string; readonly error: LabError }[];
}

/** Removes (or with `dryRun` only finds) the leftovers of runs that ended without cleaning up; of all of them, or of `which`. */
export async function clean(
  homes: Homes,
  clock: Clock,
  { dryRun, which = () => true }: { dryRun: boolean; which?: (entry: JournalEntry) => boolean },
): Promise<Cleaned> {
  const left = {
    containers: [] as string[],
    networks: [] as string[],
    volumes: [] as string[],
    images: [] as string[],
    files: [] as string[],
  };
  const underWay: string[] = [];
  const failed: { id?: string; error: LabError }[] = [];
  if (!dryRun) await removeDrafts(homes);
  const entries = await loadEntries(homes, (error) => failed.push({ error }));
  for (const entry of entries.filter(which)) {
    const lock = await tryRunLock(homes, entry.id);
    if (!lock) {
      underWay.push(entry.id);
      continue;
    }
    try {
      const found = await cleanRun(homes, clock, entry, dryRun);
      for (const kind of Object.keys(left) as (keyof Leftovers)[]) left[kind].push(...found[kind]);
    } catch (error) {
      failed.push({ id: entry.id, error: asLabError(error) });
    } finally {
      await lock.release();
    }
  }
  return { left, underWay, failed };
}

async function cleanRun(homes: Homes, clock: Clock, entry: JournalEntry, dryRun: boolean): Promise<Leftovers> {
  const dir = runDir(homes, entry.id);
  const folders = (await stat(dir).catch(() => undefined)) ? [dir] : [];
  await using api = await reach(entry);
  if (!api) {
    // The private engine is stopped: its containers are not running, and can be removed when it is started again.
    throw new LabError(
      'E_ENGINE_UNREACHABLE',
      text(
        `the engine of run ${entry.id} (${entry.endpoint.host}) does not answer`,
        `ID 為 ${entry.id} 的執行所用的引擎（${entry.endpoint.host}）沒有回應`,
      ),
      entry.of === 'grade'
        ? text(
            'the same `lab grade` again starts it (a Docker of your own: start that) and removes this too',
            '再執行一次同樣的 `lab grade`，就會啟動它（若用自己的 Docker，請先啟動），也會一併移除',
          )
        : text(
            'start it (`lab engine up`, or Docker), then `lab clean` again',
            '先啟動它（`lab engine up`，或 Docker），再執行 `lab clean`',
          ),
    );
  }
  // on the engine's disk, which is mounted while the engine is running
  const disk = entry.disk === undefined ? undefined : await findDisk(entry.disk);
  const files = disk === undefined ? folders : [...folders, disk];
  if (dryRun) return { ...(await findLeft(api, entry.id)), files };
  const orphans = await endOrphans(entry.id);
  const removed = await removeRun(api, entry.id, clock, orphans ? quietMs : 0);
  if (entry.disk !== undefined) await removeDisk(entry.disk);
  await removeFolder(dir);
  await removeEntry(homes, entry.id);
  return { ...removed, files };
}

const reach = (entry: JournalEntry): Promise<EngineApi | undefined> =>
  EngineApi.connect(entry.endpoint).catch((error) => {
    if (error instanceof LabError && error.code === 'E_ENGINE_UNREACHABLE') return undefined;
    throw error;
  });
