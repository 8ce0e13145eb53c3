import { createHash } from 'node:crypto';
import { lstat, mkdir, rm, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { draftOf, flushFolder } from '../../platform/atomic-file.ts';
import { openPlain } from '../../platform/plain-file.ts';

const code = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
const absent = (error: unknown): undefined => {
  if (code(error) !== 'ENOENT') throw error;
  return undefined;
};

/** Adds the file's name to an error of `work`. */
export async function about<Value>(file: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LabError) throw error;
    const why = (error as Error).message;
    const full = ['ENOSPC', 'EDQUOT'].includes(code(error) ?? '');
    throw new LabError(
      'E_STATE',
      text(`${file} could not be written: ${why}`, `無法寫入 ${file}：${why}`),
      full
        ? text('free space on that disk, then run the same command again', '請先清出磁碟空間，再執行一次同樣的指令')
        : text(
            'make sure that its folder is writable, or name another with --out',
            '請確認該資料夾可以寫入，或用 --out 指定別的資料夾',
          ),
      { cause: error },
    );
  }
}

/** The error for a file that labwright did not write, at the path of one of its files. */
export const notOurs = (file: string): LabError =>
  new LabError(
    'E_STATE',
    text(`${file} already exists and was not written by lab grade`, `${file} 已經存在，而且不是 lab grade 寫的`),
    text('move it away, or name another folder with --out', '請把它移走，或用 --out 指定別的資料夾'),
  );

/** What exists at a path: nothing; a file, with its SHA-256; or anything else, such as a link, also as a parent folder. */
export type StoredFile =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly hash: string }
  | { readonly kind: 'other'; readonly at: string };

/** Checks a path below a folder without following links. */
export async function lookAt(dir: string, path: string): Promise<StoredFile> {
  const parts = path.split('/');
  for (const depth of parts.keys()) {
    const at = join(dir, ...parts.slice(0, depth + 1));
    const found = await lstat(at).catch(absent);
    if (!found) return { kind: 'none' };
    const last = depth === parts.length - 1;
    if (last ? !found.isFile() : !found.isDirectory()) return { kind: 'other', at };
  }
  return { kind: 'file', hash: await digestOf(join(dir, path)) };
}

async function digestOf(file: string): Promise<string> {
  // it may have been replaced since the check
  const handle = await openPlain(file, { follow: false });
  try {
    return createHash('sha256')
      .update(await handle.readFile())
      .digest('hex');
  } finally {
    await handle.close();
  }
}

/**
 * Creates a folder and its parents below an existing one. Anything else in their place, such as a link to a folder, was not
 * created by labwright.
 */
export async function makeFolder(dir: string, below: string): Promise<void> {
  if (below === '.') return;
  await makeFolder(dir, dirname(below));
  const folder = join(dir, below);
  await mkdir(folder).then(
    () => flushFolder(dirname(folder)),
    (error: unknown) => {
      if (code(error) !== 'EEXIST') throw error;
    },
  );
  if (!(await lstat(folder)).isDirectory()) throw notOurs(folder);
}

/** Removes a file that labwright wrote, and its folders below `dir` that are then empty. */
export async function remove(dir: string, path: string): Promise<void> {
  const file = join(dir, path);
  await rm(draftOf(file), { force: true });
  await unlink(file).catch(absent);
  await flushFolder(dirname(file));
  for (let below = dirname(path); below !== '.'; below = dirname(below)) {
    const removed = await rmdir(join(dir, below)).then(
      () => true,
      (error: unknown) => {
        if (code(error) !== 'ENOTEMPTY') throw error;
        return false;
      },
    );
    if (!removed) return;
  }
}
