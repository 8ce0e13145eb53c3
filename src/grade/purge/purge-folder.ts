import { lstat, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { draftOf } from '../../platform/atomic-file.ts';
import { openPlain } from '../../platform/plain-file.ts';
import { about, lookAt, remove } from '../export/atomic-write.ts';
import { manifestPath } from '../export/manifest.ts';
import { loadManifest } from '../export/write.ts';
import { journalFile, lockName } from '../journal.ts';
import { header } from '../journal-lines.ts';
import { ownerFile } from '../queue/owner.ts';

/** The files in an output folder that the teacher writes. */
export const teachersFiles = ['overrides.csv', 'requests.csv', 'roles.csv', 'extensions.csv'] as const;

/** What a purge of an output folder removes and leaves: paths below it, with `/`. */
export interface PurgePlan {
  /** Written by labwright, and unchanged. */
  readonly own: readonly string[];
  /** Decisions of the teacher that are there. */
  readonly decisions: readonly string[];
  /** Written by labwright and changed since. */
  readonly changed: readonly string[];
  /** Written by others. */
  readonly foreign: readonly string[];
}

/** Looks at an output folder. Throws LabError E_USAGE if it is none, and E_STATE if its manifest is not labwright's. */
export async function planPurge(dir: string): Promise<PurgePlan> {
  const manifest = await loadManifest(dir);
  const own: string[] = [];
  const changed: string[] = [];
  for (const [path, hash] of manifest) {
    const found = await about(join(dir, path), () => lookAt(dir, path));
    if (found.kind === 'none') continue;
    // null: it was about to be written when labwright was killed, and nothing else was there
    if (found.kind === 'file' && (hash === null || found.hash === hash)) own.push(path);
    else changed.push(path);
  }
  for (const path of [...manifest.keys(), manifestPath]) {
    const draft = draftBelow(path);
    if ((await lookAt(dir, draft)).kind === 'file') own.push(draft);
  }
  if (await isJournal(join(dir, journalFile))) own.push(journalFile);
  if ((await lookAt(dir, ownerFile)).kind === 'file') own.push(ownerFile);
  if (manifest.size > 0) own.push(manifestPath);
  if (own.length === 0 && changed.length === 0) throw noOutput(dir);
  const known = new Set([...own, ...changed, lockName]);
  const others = (await filesBelow(dir)).filter((path) => !known.has(path));
  const isTeachers = (path: string) => (teachersFiles as readonly string[]).includes(path);
  return { own, changed, decisions: others.filter(isTeachers), foreign: others.filter((path) => !isTeachers(path)) };
}

/** Removes files that `planPurge` named, and folders that are then empty. The manifest is last, so that a purge that was killed can be repeated. */
export async function purgeFiles(dir: string, paths: readonly string[]): Promise<void> {
  const ordered = [...paths.filter((path) => path !== manifestPath), ...paths.filter((path) => path === manifestPath)];
  for (const path of ordered) {
    await about(join(dir, path), async () => {
      if ((await lookAt(dir, path)).kind === 'file') await remove(dir, path);
    });
  }
  for (const folder of ['gradescope', 'students', 'classroom', 'summary']) await removeEmpty(join(dir, folder));
}

/** Removes the output folder itself if it is empty. */
export const removeEmpty = (folder: string): Promise<void> =>
  rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY'].includes(error.code ?? '')) throw error;
  });

/** The path of a draft, below the folder. */
const draftBelow = (path: string): string => draftOf(join('/', path)).slice(1);

async function isJournal(path: string): Promise<boolean> {
  const file = await openPlain(path, { follow: false }).catch(() => undefined);
  if (!file) return false;
  try {
    const start = JSON.stringify(header).slice(0, -1);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(start.length), 0, start.length, 0);
    // a killed grader may have written only a part of the first line
    return start.startsWith(buffer.subarray(0, bytesRead).toString());
  } finally {
    await file.close();
  }
}

/** More files are not listed one by one. */
const mostListed = 10_000;

/** Everything below a folder, without following links; a folder only if it is empty. */
async function filesBelow(dir: string, below = ''): Promise<string[]> {
  const names = await readdir(join(dir, below));
  const found: string[] = [];
  for (const name of names.sort()) {
    if (found.length > mostListed) break;
    const path = below === '' ? name : `${below}/${name}`;
    const isFolder = (await lstat(join(dir, path))).isDirectory();
    if (isFolder) found.push(...(await filesBelow(dir, path)));
    else found.push(path);
  }
  return found;
}

const noOutput = (dir: string): LabError =>
  new LabError(
    'E_USAGE',
    text(`${dir} contains no files of lab grade`, `${dir} 裡沒有 lab grade 的檔案`),
    text('name the folder that was the --out of lab grade', '請指定 lab grade 的 --out 所用的資料夾'),
  );
