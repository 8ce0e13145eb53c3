import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { openPlain } from '../../platform/plain-file.ts';

const code = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
const absent = (error: unknown): undefined => {
  if (code(error) !== 'ENOENT') throw error;
  return undefined;
};

/** What went wrong with a file, named. */
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
        ? text('make room on that disk, then give the same command again', '請先清出磁碟空間，再執行一次同樣的指令')
        : text(
            'see that its folder may be written to, or name another with --out',
            '請確認可以寫入它的資料夾，或用 --out 指定別的資料夾',
          ),
      { cause: error },
    );
  }
}

/** Something stands where a file of ours goes, and we did not put it there. */
export const notOurs = (file: string): LabError =>
  new LabError(
    'E_STATE',
    text(`${file} is there, and is nothing that lab grade wrote`, `${file} 已經存在，而且不是 lab grade 寫的`),
    text('move it away, or name another folder with --out', '請把它移走，或用 --out 指定別的資料夾'),
  );

/** What stands at a path: nothing; a file, with its SHA-256; or what is no file, or no folder on the way there, such as a link. */
export type StoredFile =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly hash: string }
  | { readonly kind: 'other'; readonly at: string };

/** Looks below a folder without following a link. */
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
  // since it was looked at it may have become something else
  const handle = await openPlain(file, { follow: false });
  try {
    return createHash('sha256')
      .update(await handle.readFile())
      .digest('hex');
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those above it, below one that is there. What else stands there, be it a link to a folder, is nothing of ours. */
export async function makeFolder(dir: string, below: string): Promise<void> {
  if (below === '.') return;
  await makeFolder(dir, dirname(below));
  const folder = join(dir, below);
  await mkdir(folder).then(
    () => sync(dirname(folder)),
    (error: unknown) => {
      if (code(error) !== 'EEXIST') throw error;
    },
  );
  if (!(await lstat(folder)).isDirectory()) throw notOurs(folder);
}

const draftOf = (file: string): string => join(dirname(file), `.${basename(file)}.labwright-draft`);

/** Puts a file in place: all of it, on the disk, or what was there before. */
export async function replace(file: string, parts: Iterable<string>): Promise<void> {
  const draft = draftOf(file);
  await rm(draft, { force: true }); // of a run that was killed
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666);
  try {
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await sync(dirname(file));
}

/** Removes a file of ours, and its folder if that was all in it. */
export async function remove(dir: string, path: string): Promise<void> {
  const file = join(dir, path);
  await rm(draftOf(file), { force: true });
  await unlink(file).catch(absent);
  await sync(dirname(file));
  if (!path.includes('/')) return;
  await rmdir(dirname(file)).catch((error: unknown) => {
    if (code(error) !== 'ENOTEMPTY') throw error;
  });
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
