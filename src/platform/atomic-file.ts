import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The path under which a file's new content is written before it takes the file's place. */
export const draftOf = (file: string): string => join(dirname(file), `.${basename(file)}.labwright-draft`);

/** Replaces a file atomically: after a crash it has either its new or its old content. `mode`: its permissions. Throws the system's error. */
export async function replaceFile(file: string, parts: Iterable<string | Uint8Array>, mode = 0o666): Promise<void> {
  const draft = draftOf(file);
  await rm(draft, { force: true }); // left by a killed run
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
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
  await flushFolder(dirname(file));
}

/** Creates a file with these permissions and flushes it. False: something exists there already, and is left. Throws the system's error. */
export async function createFile(file: string, contents: string, mode: number): Promise<boolean> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = await open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    return undefined;
  });
  if (!handle) return false;
  try {
    await handle.writeFile(contents);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await flushFolder(dirname(file));
  return true;
}

/** Flushes a folder's entries to disk. Throws the system's error. */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
