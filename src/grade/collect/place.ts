import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readlink, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readPlain } from '../../platform/plain-file.ts';
import { removeFolder } from '../../platform/remove-folder.ts';
import { isSystemError, onPath } from '../../platform/system-error.ts';
import { Extractor } from '../submissions/extractor.ts';
import { gitItems } from '../submissions/read-git.ts';
import { Refused } from '../submissions/refusal.ts';
import { intakeLimits } from '../submissions/unpack.ts';
import { type GitRun, gitLine, runGit } from './git.ts';
import { makeBare } from './mirror.ts';

/**
 * Writes the files of a commit into a new folder below `work`, with the bytes that git stores: no filters, no LFS, no submodules, and only links that
 * stay inside. If `lab grade` would refuse these files, the result is a repository with only this commit, so that it refuses them with its
 * reason. Returns the folder, and the ending of its name.
 */
export async function filesOf(
  mirror: string,
  commit: string,
  work: string,
  run: GitRun,
): Promise<{ readonly dir: string; readonly ending: '' | '.git' }> {
  await onPath(mirror, () => writeFile(join(mirror, 'HEAD'), `${commit}\n`));
  const tree = join(work, 'tree');
  const landing = new Extractor(tree, intakeLimits, { bytes: 0, files: 0 });
  try {
    await landing.takeAll(gitItems(mirror, run.signal), run.signal);
    if (landing.refusals.length === 0) return { dir: tree, ending: '' };
  } catch (error) {
    run.signal.throwIfAborted();
    if (!(error instanceof Refused)) throw error;
  }
  const bare = join(work, 'bare');
  await makeBare(bare);
  await writeFile(join(bare, 'HEAD'), `${commit}\n`);
  const objects = gitLine([`--git-dir=${mirror}`, 'rev-list', '--objects', '--max-count=1', commit]);
  const pack = gitLine([`--git-dir=${mirror}`, 'pack-objects', '--quiet', join(bare, 'objects/pack/pack')]);
  await runGit(`${objects} | ${pack}`, run);
  return { dir: bare, ending: '.git' };
}

/** Puts a folder in the place of what is there. `aside` must not exist. */
export async function replaceFolder(from: string, target: string, aside: string): Promise<void> {
  const isThere = await lstat(target).then(
    () => true,
    () => false,
  );
  if (isThere) await rename(target, aside);
  await mkdir(join(target, '..'), { recursive: true });
  await rename(from, target);
  await removeFolder(aside);
}

/** SHA-256 of everything in a folder; undefined: there is no such folder, or it has something that `filesOf` does not write. */
export async function folderHash(dir: string): Promise<string | undefined> {
  try {
    if (!(await lstat(dir)).isDirectory()) return undefined;
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    const lines: string[] = [];
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const name = relative(dir, path);
      if (entry.isDirectory()) lines.push(`folder\0${name}`);
      else if (entry.isSymbolicLink()) lines.push(`link\0${name}\0${await readlink(path)}`);
      else lines.push(`file\0${name}\0${await fileHash(path)}`);
    }
    return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
  } catch (error) {
    if (isSystemError(error) || (error as Error).name === 'NotPlainError') return undefined;
    throw error;
  }
}

async function fileHash(path: string): Promise<string> {
  const content = await readPlain(path, { maxBytes: 1_000_000_000, follow: false });
  return createHash('sha256').update(content).digest('hex');
}
