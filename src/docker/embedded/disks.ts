import { access, mkdir, readdir, readFile, readlink, realpath, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { complaint, shell } from '../../platform/system-command.ts';
import type { Layout } from './layout.ts';
import { parseMounts, unmountIn } from './mounts.ts';

/** The share of the free space that the engine's disk may take at most. */
const shareOfFree = 0.5;

/** In MB: a disk with less free space counts as full. */
export const spareMb = 100;

/**
 * Mounts a disk of limited size, in a file that grows as it is filled, at the folder of the engine's data. Mounts below it also appear in the
 * engine's own mount namespace, and so do unmounts. Throws LabError E_ENGINE_START if the machine does not support it.
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
 * Mounts a separate file system at `path`, below the engine's disk. It limits what can be written there, and its space is reserved at once in the
 * file `<path>.img`, so it takes none from others later. `dockerd`: the process that must see the mount. Throws LabError E_DISK_FULL if there is not
 * enough space, else E_ENGINE_START.
 */
export async function makeDisk(path: string, { mb, files }: DiskSize, dockerd: number): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o711 });
  if ((await freeIn(path)) < mb) throw full(path, mb);
  const image = imageOf(path);
  // no journal: this file system is removed within minutes; `discard` would give the reserved space back, and zeroing inode tables takes time
  const form = ['-m', '0', '-b', '4096', '-O', '^has_journal,^resize_inode', '-E', 'nodiscard,lazy_itable_init=1'];
  const made =
    await shell()`fallocate --length ${`${mb}MB`} ${image} && mkfs.ext4 -q -F ${form} -N ${files} ${image} && mount -o loop,nodev,nosuid,noinit_itable ${image} ${path}`;
  if (!made.ok) throw /No space left/i.test(made.stderr) ? full(path, mb) : noDisk(complaint(made));
  if (await sees(dockerd, path)) return;
  // something has made its mounts private (`mount --make-rprivate /`): what is mounted here does not appear there by itself
  const [device] = await loopsOf(await realpath(image));
  const there =
    await shell()`nsenter --mount=${`/proc/${dockerd}/ns/mnt`} mount -t ext4 -o nodev,nosuid,noinit_itable ${device ?? ''} ${path}`;
  if (!there.ok) throw unseen(complaint(there));
}

/** Whether something is mounted at this path in the mount namespace of this process. */
async function sees(pid: number, path: string): Promise<boolean> {
  const [mounts, point] = await Promise.all([readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => ''), realpath(path)]);
  return parseMounts(mounts).some((mount) => mount.point === point);
}

/** Space that such disks can take from the disk of this folder, in MB. */
export async function freeIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(0, Math.floor((bavail * bsize) / 1e6) - spareMb);
}

/** Removes such a disk with all its content, mounted or not. Does nothing if it is absent. */
export async function removeDisk(path: string): Promise<void> {
  await unmountIn([path]);
  const image = await realpath(imageOf(path)).catch(() => imageOf(path));
  // mount namespaces that the unmount did not reach
  for (const pid of (await Promise.all((await loopsOf(image)).map(holdersOf))).flat())
    await shell()`nsenter --mount=${`/proc/${pid}/ns/mnt`} umount --lazy ${path}`;
  await rm(imageOf(path), { force: true });
  await rm(path, { recursive: true, force: true });
}

/** The path of the file with the disk, if it exists. */
export const findDisk = async (path: string): Promise<string | undefined> =>
  (await exists(imageOf(path))) ? imageOf(path) : undefined;

const imageOf = (path: string): string => `${path}.img`;

/** Bytes that such disks in this folder have reserved, whatever their content. */
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
 * Waits until no loop device uses the engine's disk: the last mount can be removed a moment after the processes of its mount namespace. Throws
 * LabError E_CLEAN, which names the processes that use it.
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
        `${devices.join(', ')} still uses ${disk}${holders.length > 0 ? `: it is mounted for process ${holders.join(', ')}` : ''}`,
        `${devices.join('、')} 仍佔用 ${disk}${holders.length > 0 ? `：行程 ${holders.join('、')} 還掛載著它` : ''}`,
      ),
      text(
        'stop what uses it (another private engine: `lab engine down` with its XDG_STATE_HOME), then `lab engine down` again',
        '請停止佔用它的程式（若是另一個專用引擎，用它的 XDG_STATE_HOME 執行 `lab engine down`），再執行一次 `lab engine down`',
      ),
    );
  }
}

/** The loop devices (`/dev/loop3`) of this file, as the kernel lists them. */
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
    text(`the disk for the grading engine could not be created: ${why}`, `無法建立評分引擎專用的磁碟：${why}`),
    onOwnDocker,
  );

const full = (path: string, mb: number): LabError =>
  new LabError(
    'E_DISK_FULL',
    text(
      `the disk of the grading engine has less than the ${mb} MB that a submission's files need, in ${dirname(path)}`,
      `評分引擎的磁碟沒有 ${mb} MB 可以存放作業的檔案，位置在 ${dirname(path)}`,
    ),
    text(
      'use fewer --jobs, or a smaller diskMb in the rubric; for a larger disk, free some space on this machine, stop the engine (`lab engine down`) and remove its disk.img',
      '請減少 --jobs，或在評分標準中降低 diskMb；若要更大的磁碟，請在這台機器上騰出空間，停止引擎（`lab engine down`），再刪除它的 disk.img',
    ),
  );

const unseen = (why: string): LabError =>
  new LabError(
    'E_ENGINE_START',
    text(`the disk of a submission could not be mounted for the grading engine: ${why}`, `無法替評分引擎掛載作業的磁碟：${why}`),
    text(
      '`lab engine down` stops the engine; then run the same command again',
      '先用 `lab engine down` 停止引擎，再執行一次同樣的指令',
    ),
  );
