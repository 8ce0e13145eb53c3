import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Every call accepts a path of this length; Linux accepts 4095 bytes. */
const longest = 3000;

/**
 * Removes a folder with all its content, at any depth: anyone who can write in it can nest folders beyond the longest possible path. Does not follow
 * links. No other program may use it meanwhile. Does nothing if it is absent.
 */
export async function removeFolder(dir: string): Promise<void> {
  for (;;) {
    try {
      return await rm(dir, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENAMETOOLONG') throw error;
      await raise(dir);
    }
  }
}

/** Moves folders that are nested too deep to the top. A failed removal may continue elsewhere for a while, so absent folders are fine. */
async function raise(dir: string): Promise<void> {
  // names as bytes: a name that is not UTF-8 would not be found by its text
  const folders = [Buffer.from(dir)];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(ifGone)) {
      const path = Buffer.concat([folder, Buffer.from('/'), entry.name]);
      if (!entry.isDirectory()) continue;
      if (path.length > longest) await rename(path, join(dir, randomBytes(8).toString('hex'))).catch(ifGone);
      else folders.push(path);
    }
  }
}

function ifGone(error: NodeJS.ErrnoException): never[] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}
