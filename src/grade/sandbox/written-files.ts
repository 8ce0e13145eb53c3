import { readdirSync, readFileSync, type Stats, statfsSync, statSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineApi, filters } from '../../docker/api/engine-api.ts';
import { runLabel } from '../../run/journal.ts';

/** Maximum number of files; with more, counting stops. */
export const mostFiles = 20_000;

/** How many bytes a run's containers wrote in themselves, and their IDs. */
export async function writtenIn(api: EngineApi, runId: string): Promise<{ bytes: number; ids: string[] }> {
  const label = filters({ label: [`${runLabel}=${runId}`] });
  const all = await api.get<{ Id: string; SizeRw?: number }[]>('/containers/json', { filters: label, all: true, size: true });
  return { bytes: all.reduce((sum, { SizeRw = 0 }) => sum + SizeRw, 0), ids: all.map(({ Id }) => Id) };
}

/**
 * By how many bytes the built images exceed the largest possible base image. Images from the build cache take no time and no more
 * disk space.
 */
export async function builtBy(api: EngineApi, runId: string): Promise<number> {
  const all = await api.get<{ Size: number; Labels?: Readonly<Record<string, string>> | null }[]>('/images/json');
  const base = Math.max(0, ...all.filter(({ Labels }) => Labels?.[runLabel] === undefined).map(({ Size }) => Size));
  const own = all.filter(({ Labels }) => Labels?.[runLabel] === runId);
  return own.reduce((sum, { Size }) => sum + Math.max(0, Size - base), 0);
}

/**
 * Bytes on the disk below a folder; does not follow links. Infinite if there are too many files, or if some are too deep to read.
 */
export async function sizeOf(dir: string, signal: AbortSignal): Promise<number> {
  let bytes = 0;
  let files = 0;
  const folders = [dir];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (signal.aborted) return 0;
    const entries = await readdir(folder, { withFileTypes: true }).catch(({ code }) =>
      code === 'ENAMETOOLONG' ? undefined : [],
    );
    if (!entries) return Number.POSITIVE_INFINITY;
    for (const entry of entries) {
      files += 1;
      if (files > mostFiles) return Number.POSITIVE_INFINITY;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else
        bytes += await lstat(path).then(
          ({ blocks }) => blocks * 512,
          () => 0,
        );
    }
  }
  return bytes;
}

/** In-memory file systems, by statfs(2) type: a container's memory limits their content. */
const inMemory: ReadonlySet<number> = new Set([0x01021994, 0x958458f6]);

/**
 * Bytes on the disk of unlinked files that these containers' processes have open or mapped: listing folders does not find them.
 * Sees only processes of this machine. `counted`: a device whose files are all counted already. Infinite if too many files are
 * open.
 */
export function unlinked(containers: readonly string[], counted?: number): number {
  const sizes = new Map<number, number>();
  let looks = 0;
  for (const pid of pidsOf(containers)) {
    for (const path of [...opened(pid), ...mapped(pid)]) {
      looks += 1;
      if (looks > mostFiles) return Number.POSITIVE_INFINITY;
      const found = ifThere(() => statSync(path));
      if (!found || !isUnlinked(found) || found.dev === counted || inMemory.has(ifThere(() => statfsSync(path).type) ?? 0))
        continue;
      // with an overlay and the file system below it, a file has two devices but one inode number
      sizes.set(found.ino, found.blocks * 512);
    }
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

const isUnlinked = (found: Stats): boolean => found.isFile() && found.nlink === 0;

/** The processes in these containers: the cgroup's name contains the container's ID. */
function pidsOf(containers: readonly string[]): string[] {
  if (containers.length === 0) return [];
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.filter((pid) => {
    const cgroup = ifThere(() => readFileSync(`/proc/${pid}/cgroup`, 'utf8')) ?? '';
    return containers.some((id) => cgroup.includes(id));
  });
}

const opened = (pid: string): string[] =>
  (ifThere(() => readdirSync(`/proc/${pid}/fd`)) ?? []).map((fd) => `/proc/${pid}/fd/${fd}`);

/** `7f00-7f10 rw-s 00000000 08:01 12 /junk (deleted)` (proc_pid_maps(5)). */
const mapped = (pid: string): string[] =>
  [
    ...(ifThere(() => readFileSync(`/proc/${pid}/maps`, 'utf8')) ?? '').matchAll(
      /^0*([0-9a-f]+)-0*([0-9a-f]+) .* \(deleted\)$/gm,
    ),
  ].map(([, from, to]) => `/proc/${pid}/map_files/${from}-${to}`);

/** Undefined on error: a process can end at any time. */
function ifThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
