import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** So long a path is still taken by every call; Linux takes 4095 bytes. */
const longest = 3000;

/**
 * Removes a folder with all that is in it, however deep: who may write in it can nest folders beyond the length of any path. Links are not followed. Nobody
 * else may be at work in it. Absent: nothing to do.
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

/** Moves what lies too deep to the top. A removal that has failed may go on elsewhere for a while, so what is gone is well. */
async function raise(dir: string): Promise<void> {
  // names as bytes: in one that is not UTF-8 nothing would be found by its text
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
