import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readPlain } from '../platform/plain-file.ts';
import { onPath } from '../platform/system-error.ts';

const file = join('.labwright', 'tutorial');
/** A learner types commands in the folder that `lab start` made, or in that of a stack in it. */
const levels = 3;

/** Records in a learner's folder which tutorial its files are of: an ID, or an absolute path. */
export async function recordTutorial(dir: string, ref: string): Promise<void> {
  const path = join(dir, file);
  await onPath(path, () => mkdir(dirname(path), { recursive: true }));
  await onPath(path, () => writeFile(path, `${ref}\n`));
}

/** The tutorial that is recorded in this folder, or in one of those above it; undefined: none is. */
export async function recordedTutorial(dir: string): Promise<string | undefined> {
  for (let at = dir, level = 0; level < levels; at = dirname(at), level++) {
    const found = await readPlain(join(at, file), { maxBytes: 4096 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    });
    if (found) return found.toString('utf8').trim();
  }
  return undefined;
}
