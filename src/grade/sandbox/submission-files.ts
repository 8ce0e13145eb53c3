import { chmod, cp, lchown, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DiskSize, makeDisk } from '../../docker/embedded/disks.ts';
import type { GradingDisk } from '../../docker/embedded/grading-engine.ts';
import { removeFolder } from '../../platform/remove-folder.ts';
import { placeInside } from '../policy/paths.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import type { Rubric } from '../rubric/rubric.ts';
import { intakeLimits } from '../submissions/unpack.ts';
import { mostFiles } from './written-files.ts';

/** Moves a submission's files to a disk of its own. Returns their new path. */
export async function moveTo(disk: string, files: string, { limits }: Rubric, { dockerd }: GradingDisk): Promise<string> {
  await makeDisk(disk, diskSizeFor(limits.diskMb), dockerd);
  const to = join(disk, 'files');
  await cp(files, to, { recursive: true, verbatimSymlinks: true });
  await removeFolder(files);
  return to;
}

/**
 * Larger than the limit (`diskMb`) and than the largest submission: a disk of the size of the limit would be full before the
 * limit is exceeded.
 */
export const diskSizeFor = (diskMb: number): DiskSize => ({
  mb: Math.ceil(Math.max(diskMb, (intakeLimits.bytes + intakeLimits.files * 4096) / 1e6) * 1.1) + 20,
  files: mostFiles + 2000,
});

/**
 * Creates the folders to mount that do not exist, with the submission's own permissions; otherwise Compose would create them. If a
 * service gets a copy of the whole folder, it is made at `copy`.
 */
export async function makeSources(dir: string, { services }: NormalStack, copy: string): Promise<void> {
  const mounts = Object.values(services).flatMap((service) => service.mounts);
  for (const mount of mounts) if (mount.type === 'bind') await mkdir(join(dir, mount.source), { recursive: true }).catch(ifThere);
  if (mounts.some((mount) => mount.type === 'bind' && mount.copy))
    await cp(dir, copy, { recursive: true, verbatimSymlinks: true });
}

/**
 * Gives files of a submission another text: see `NormalStack.files`. Only before its containers run: they could replace a folder by a link. `dir` is
 * absolute.
 */
export async function writeFiles(dir: string, files: NonNullable<NormalStack['files']>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const place = placeInside(dir, name);
    if ('problem' in place) throw new Error(`${name} is not inside`);
    const path = join(dir, place.path);
    // a path that was not handed in may be a folder, with or without files
    await rm(path, { recursive: true, force: true });
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    await writeFile(path, content, { flag: 'wx' });
    await chmod(path, 0o644);
  }
}

const ifThere = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};

/** Changes the owner of a folder and its content to the user who is root in its containers. Does not follow links. */
export async function giveAway(path: string, id: number): Promise<void> {
  await lchown(path, id, id);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) await giveAway(below, id);
    else await lchown(below, id, id);
  }
}
