import { readdir, readFile, realpath, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { shell } from '../../platform/system-command.ts';
import type { Layout } from './layout.ts';

/** The relevant part of a line of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly point: string;
  readonly type: string;
}

/** Decodes blanks and the like, which are written as `\040`. */
const plain = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const point = before.split(' ')[4];
    return point ? [{ point: plain(point), type: after.split(' ')[0] ?? '' }] : [];
  });
}

export const loadMounts = async (): Promise<Mount[]> =>
  parseMounts(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''));

/** Mount points at or below these folders, deepest first. */
export const mountsIn = (mounts: readonly Mount[], folders: readonly string[]): string[] =>
  mounts
    .map(({ point }) => point)
    .filter((point) => folders.some((folder) => point === folder || point.startsWith(`${folder}/`)))
    .sort((one, other) => other.length - one.length);

/** Removes what the daemons mounted: containers' file systems, network namespaces, the data root on itself. */
export const removeMounts = ({ run, data }: Layout): Promise<void> => unmountIn([run, data]);

/** Unmounts everything at or below these folders. A mount in use disappears at once too, and is released when the last process that uses it ends. */
export async function unmountIn(folders: readonly string[]): Promise<void> {
  // mountinfo has real paths, even if a link leads to the folder
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  for (const point of mountsIn(await loadMounts(), real)) await shell()`umount ${point} || umount --lazy ${point}`;
}

/**
 * A script for `sh` in a new mount namespace, which has a copy of every mount, including those of other engines: their disks, their containers' file
 * systems and networks. Each copy would keep its file system in use after that engine has stopped; the script removes them. `own` is a pattern of
 * `case` for the mount points to keep. In mountinfo a blank is `\040` (proc_pid_mountinfo(5)).
 */
export const dropForeignMounts = (own?: string): string => `cat /proc/self/mountinfo | while read -r _ _ _ _ point rest; do
  case "$point" in *[\\\\]*) point=$(printf '%b' "$(printf '%s' "$point" | sed 's/[\\\\]/&0/g')") ;; esac
  case "$point" in${own ? `\n    ${own}) continue ;;` : ''}
    /run/labwright-????????/* | */engine/run/* | */engine/data | */engine/data/*) ;;
    */merged | */rootfs) case "$rest" in *' - overlay '*) ;; *) continue ;; esac ;;
    *) case "$rest" in *' - nsfs '*) ;; *) continue ;; esac ;;
  esac
  umount --lazy -- "$point" 2>/dev/null
done`;

/** Removes the empty cgroups that dockerd leaves: one in each hierarchy of version 1, or the single one of version 2. */
export async function removeCgroups({ cgroup }: Layout): Promise<void> {
  const hierarchies = (await loadMounts()).filter(({ type }) => type === 'cgroup' || type === 'cgroup2');
  await Promise.all(hierarchies.map(({ point }) => removeCgroup(join(point, cgroup))));
}

async function removeCgroup(path: string): Promise<void> {
  const below = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of below) if (entry.isDirectory()) await removeCgroup(join(path, entry.name));
  // a cgroup in use stays
  await rmdir(path).catch(() => undefined);
}
