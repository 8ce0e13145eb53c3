import { access, mkdir, readdir, readFile, readlink, realpath, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { complaint, shell } from '../../platform/system-command.ts';
import type { Layout } from './layout.ts';
import { parseMounts, unmountIn } from './mounts.ts';

/** How much of what is free the engine's disk may take at most. */
const shareOfFree = 0.5;

/** In MB: with less than this free, a disk counts as full. */
export const spareMb = 100;

/**
 * Mounts a disk of so many MB, in a file that grows as it is filled, where the engine keeps its data. Mounts below it reach the engine's own mount
 * namespace, and so does their removal. Throws LabError E_ENGINE_START where the machine can have none.
 */
export async function mountDisk({ dir, disk, data, bounds }: Layout): Promise<void> {
  if (!bounds) return;
  const { bavail, bsize } = await statfs(dir);
  const mb = Math.min(bounds.diskMb, Math.floor((bavail * bsize * shareOfFree) / 1e6));
  const made = (await exists(disk))
    ? undefined
    : await shell()`truncate --size ${`${mb}M`} ${`${disk}.new`} && mkfs.ext4 -q -F -m 0 ${`${disk}.new`} && mv ${`${disk}.new`} ${disk}`;
  const mounted =
    made?.ok === false ? made : await shell()`mount -o loop,nodev,discard ${disk} ${data} && mount --make-shared ${data}`;
  if (!mounted.ok) throw noDisk(complaint(mounted));
}

export interface DiskSize {
  readonly mb: number;
  readonly files: number;
}

/**
 * Mounts a file system of its own at `path`, below the engine's disk: what is written there is limited, and takes no space from
 * anything else, since all of its space is reserved at once, in the file `<path>.img`. `dockerd`: the process that is to see it. Throws LabError E_DISK_FULL where
 * there is no space for it, else E_ENGINE_START.
 */
export async function makeDisk(path: string, { mb, files }: DiskSize, dockerd: number): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o711 });
  if ((await freeIn(path)) < mb) throw full(path, mb);
  const image = imageOf(path);
  // without a journal, which a file system that is removed within minutes does not need; `discard` and zeroed inode tables would give the reserved space back, or take time
  const form = ['-m', '0', '-b', '4096', '-O', '^has_journal,^resize_inode', '-E', 'nodiscard,lazy_itable_init=1'];
  const made =
    await shell()`fallocate --length ${`${mb}MB`} ${image} && mkfs.ext4 -q -F ${form} -N ${files} ${image} && mount -o loop,nodev,nosuid,noinit_itable ${image} ${path}`;
  if (!made.ok) throw /No space left/i.test(made.stderr) ? full(path, mb) : noDisk(complaint(made));
  if (await sees(dockerd, path)) return;
  // something has cut its mount namespace off (`mount --make-rprivate /`): what is mounted here does not appear there by itself
  const [device] = await loopsOf(await realpath(image));
  const there =
    await shell()`nsenter --mount=${`/proc/${dockerd}/ns/mnt`} mount -t ext4 -o nodev,nosuid,noinit_itable ${device ?? ''} ${path}`;
  if (!there.ok) throw unseen(complaint(there));
}

/** Whether something is mounted at this path for this process too. */
async function sees(pid: number, path: string): Promise<boolean> {
  const [mounts, point] = await Promise.all([readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => ''), realpath(path)]);
  return parseMounts(mounts).some((mount) => mount.point === point);
}

/** What such disks can take of the one that this folder is on, in MB. */
export async function freeIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(0, Math.floor((bavail * bsize) / 1e6) - spareMb);
}

/** Removes it, with all that is on it, mounted or not. Absent: nothing to do. */
export async function removeDisk(path: string): Promise<void> {
  await unmountIn([path]);
  const image = await realpath(imageOf(path)).catch(() => imageOf(path));
  // mount namespaces that the removal did not reach by itself
  for (const pid of (await Promise.all((await loopsOf(image)).map(holdersOf))).flat())
    await shell()`nsenter --mount=${`/proc/${pid}/ns/mnt`} umount --lazy ${path}`;
  await rm(imageOf(path), { force: true });
  await rm(path, { recursive: true, force: true });
}

/** The file that holds it, if it is there. */
export const findDisk = async (path: string): Promise<string | undefined> =>
  (await exists(imageOf(path))) ? imageOf(path) : undefined;

const imageOf = (path: string): string => `${path}.img`;

/** Bytes that such disks in this folder have reserved, whatever is on them. */
export async function reservedIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = names
    .filter((name) => name.endsWith('.img'))
    .map((name) =>
      stat(join(folder, name)).then(
        ({ blocks }) => blocks * 512,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** How long the kernel may take to release a disk after the last process that used it has ended. */
const releaseMs = 10_000;

/**
 * Waits until no loop device holds the engine's disk: the last mount may be removed a moment after the processes of its mount namespace. Throws LabError E_CLEAN, with the
 * processes that hold it.
 */
export async function diskReleased({ disk, bounds }: Layout): Promise<void> {
  if (!bounds) return;
  const file = await realpath(disk).catch(() => disk);
  for (const until = performance.now() + releaseMs; ; await pause(20)) {
    const devices = await loopsOf(file);
    if (devices.length === 0) return;
    if (performance.now() < until) continue;
    const holders = (await Promise.all(devices.map(holdersOf))).flat();
    throw new LabError(
      'E_CLEAN',
      text(
        `${devices.join(', ')} still holds ${disk}${holders.length > 0 ? `: it is mounted for process ${holders.join(', ')}` : ''}`,
        `${devices.join('、')} 仍佔用 ${disk}${holders.length > 0 ? `：行程 ${holders.join('、')} 還掛載著它` : ''}`,
      ),
      text(
        'stop what holds it (another private engine: `lab engine down` with its XDG_STATE_HOME), then `lab engine down` again',
        '請停止佔用它的程式（若是另一個專用引擎，用它的 XDG_STATE_HOME 執行 `lab engine down`），再執行一次 `lab engine down`',
      ),
    );
  }
}

/** The loop devices (`/dev/loop3`) that hold this file, by what the kernel says. */
async function loopsOf(file: string): Promise<string[]> {
  const names = (await readdir('/sys/block').catch(() => [])).filter((name) => name.startsWith('loop'));
  const files = await Promise.all(names.map((name) => readFile(`/sys/block/${name}/loop/backing_file`, 'utf8').catch(() => '')));
  return names.filter((_, at) => files[at]?.trimEnd() === file).map((name) => `/dev/${name}`);
}

/** One process of each mount namespace in which this device is mounted. */
async function holdersOf(device: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = new Map<string, string>();
  for (const pid of pids) {
    const space = await readlink(`/proc/${pid}/ns/mnt`).catch(() => '');
    const mounts = found.has(space) ? '' : await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '');
    if (mounts.includes(` ${device} `)) found.set(space, pid);
  }
  return [...found.values()];
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const onOwnDocker: Text = text(
  'it needs mkfs.ext4 (package e2fsprogs) and loop devices; or grade on your own Docker: --engine docker',
  '需要 mkfs.ext4（套件 e2fsprogs）和 loop 裝置；或改用你自己的 Docker：--engine docker',
);

const noDisk = (why: string): LabError =>
  new LabError(
    'E_ENGINE_START',
    text(`the grading engine has no disk of its own: ${why}`, `無法替評分引擎準備專用的磁碟：${why}`),
    onOwnDocker,
  );

const full = (path: string, mb: number): LabError =>
  new LabError(
    'E_DISK_FULL',
    text(
      `the disk of the grading engine has no ${mb} MB for a submission's files, in ${dirname(path)}`,
      `評分引擎的磁碟沒有 ${mb} MB 可以存放作業的檔案，位置在 ${dirname(path)}`,
    ),
    text(
      'grade with fewer --jobs, or a smaller diskMb in the rubric; to have a larger disk, free some space on this machine, stop the engine (`lab engine down`) and remove its disk.img',
      '請減少 --jobs，或在評分標準中降低 diskMb；若要更大的磁碟，請在這台機器上騰出空間，停止引擎（`lab engine down`），再刪除它的 disk.img',
    ),
  );

const unseen = (why: string): LabError =>
  new LabError(
    'E_ENGINE_START',
    text(`the disk of a submission could not be mounted for the grading engine: ${why}`, `無法替評分引擎掛載作業的磁碟：${why}`),
    text(
      '`lab engine down` stops the engine; then the same command again',
      '先用 `lab engine down` 停止引擎，再執行一次同樣的指令',
    ),
  );
