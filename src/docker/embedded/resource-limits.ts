import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from '../../formats/quote.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Bounds } from '../../platform/state-dirs.ts';
import { type Layout, remapBase, remapSize, remapUser } from './layout.ts';
import { dropForeignMounts, loadMounts } from './mounts.ts';

/**
 * A script for `sh` that starts both daemons with that range in /etc/subuid and /etc/subgid, visible to them only: in their own mount namespace, so
 * the host's files do not change. `ids` is the file that replaces both.
 */
export const startDaemonsScript = (
  { data, dataRoot, containerdLog }: Layout,
  ids: string,
  containerd: readonly string[],
  dockerd: readonly string[],
): string =>
  [
    'own_data=$1 own_run=$2',
    dropForeignMounts('"$own_data" | "$own_data"/* | "$own_run" | "$own_run"/*'),
    `for file in /etc/subuid /etc/subgid; do mount --bind ${quote(ids)} "$file" || exit; done`,
    `mount --bind ${quote(data)} ${quote(dataRoot)} && mount --make-private ${quote(dataRoot)} || exit`,
    `${containerd.map(quote).join(' ')} >>${quote(containerdLog)} 2>&1 &`,
    `exec ${dockerd.map(quote).join(' ')}`,
  ].join('\n');

/** Writes the file of IDs and creates the folders that the daemons need. Returns the file's path. */
export async function writeIds({ run, dataRoot }: Layout): Promise<string> {
  const path = join(run, 'ids');
  await mkdir(dataRoot, { recursive: true, mode: 0o711 });
  await writeFile(
    path,
    `${remapUser.split(':')[0]}:${remapBase}:${remapSize}\n${remapUser.split(':')[1]}:${remapBase}:${remapSize}\n`,
  );
  return path;
}

/** The files of a controller's folder, for the engine as a whole or for its builds, in the order in which the kernel accepts them. */
type Settings = Readonly<Record<string, string>>;

const period = 100_000;

/**
 * To the scheduler, all containers of the grading engine are one group, which by default gets as much as one thread of a program outside of it (where nothing sorts
 * those into groups too): on a busy machine, apps would not start in time. So the group counts as four threads. In the units of version 1 and of version 2.
 */
const weight = { v1: { 'cpu.shares': '4096' }, v2: { 'cpu.weight': '400' } } as const;

/** By controller, in the names of cgroups version 1. Memory limits exclude swap, if the kernel counts it. */
const settingsV1 = ({ memoryMb, cpus, pids }: Bounds): Readonly<Record<string, Settings>> => ({
  memory: memoryV1(memoryMb),
  cpu: { ...weight.v1, 'cpu.cfs_period_us': String(period), 'cpu.cfs_quota_us': String(Math.round(cpus * period)) },
  pids: { 'pids.max': String(pids) },
});
const memoryV1 = (mb: number): Settings => ({ 'memory.limit_in_bytes': bytes(mb), 'memory.memsw.limit_in_bytes': bytes(mb) });
const settingsV2 = ({ memoryMb, cpus, pids }: Bounds): Settings => ({
  ...memoryV2(memoryMb),
  ...weight.v2,
  'cpu.max': `${Math.round(cpus * period)} ${period}`,
  'pids.max': String(pids),
});
const memoryV2 = (mb: number): Settings => ({ 'memory.max': bytes(mb), 'memory.swap.max': '0' });
const buildPids = ({ pids }: Bounds): string => String(Math.floor(pids / 4));
const bytes = (mb: number): string => String(mb * 1024 * 1024);
const optional = /memsw|swap/;

/**
 * Creates the parent cgroup of all of this engine's containers and builds, sets its weight, and limits its memory, processors and processes. BuildKit has no
 * limit per build: all builds together get half of the memory and a quarter of the processes, so that a large build affects only other builds. Throws LabError
 * E_ENGINE_START if the machine lacks these controllers.
 */
export async function boundCgroup({ cgroup, bounds }: Layout): Promise<void> {
  if (!bounds) return;
  const builds = Math.floor(bounds.memoryMb / 2);
  const unified = (await loadMounts()).find(({ type, point }) => type === 'cgroup2' && point === top);
  try {
    if (unified) {
      await write(top, { 'cgroup.subtree_control': controllers });
      await write(join(top, cgroup), { ...settingsV2(bounds), 'cgroup.subtree_control': controllers });
      await write(join(top, cgroup, 'buildkit'), { ...memoryV2(builds), 'pids.max': buildPids(bounds) });
      return;
    }
    for (const [name, settings] of Object.entries(settingsV1(bounds))) await write(join(top, name, cgroup), settings);
    await write(join(top, 'memory', cgroup, 'buildkit'), memoryV1(builds));
    await write(join(top, 'pids', cgroup, 'buildkit'), { 'pids.max': buildPids(bounds) });
  } catch (cause) {
    throw new LabError(
      'E_ENGINE_START',
      text(
        `could not limit the resources of the grading engine: ${(cause as Error).message}`,
        `無法替評分引擎設定資源上限：${(cause as Error).message}`,
      ),
      text(
        'it needs the cgroup controllers memory, cpu and pids; or grade on your own Docker: --engine docker',
        '需要 cgroup 的 memory、cpu、pids 控制器；或改用你自己的 Docker：--engine docker',
      ),
      { cause },
    );
  }
}

const top = '/sys/fs/cgroup';
const controllers = '+memory +cpu +pids';

async function write(folder: string, settings: Settings): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, value] of Object.entries(settings)) {
    const written = writeFile(join(folder, name), value);
    await (optional.test(name) ? written.catch(unlessAbsent) : written);
  }
}

/** A kernel that does not count swap has no file for it. */
const unlessAbsent = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT' && error.code !== 'EACCES') throw error;
};
