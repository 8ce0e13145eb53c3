import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonText } from '../formats/untrusted-text.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import { replaceFile } from '../platform/atomic-file.ts';
import { loadPlain } from '../platform/plain-file.ts';
import { onPath } from '../platform/system-error.ts';
import { type Progress, progressFile } from './progress-schema.ts';

/** Below a learner's folder. */
export const progressFolder = '.labwright';
const pathIn = (dir: string): string => join(dir, progressFolder, 'progress.json');

const startOver = text('remove it to start over', '移除這個檔案，就會重新開始');

/**
 * The progress in a learner's folder; undefined: there is none. Throws LabError E_STATE, with the path, for a file that cannot be read or that is not a
 * progress file.
 */
export async function loadProgress(dir: string): Promise<Progress | undefined> {
  const path = pathIn(dir);
  const bytes = await loadPlain(path, { code: 'E_STATE', hint: startOver, maxBytes: 1_000_000, follow: false });
  if (!bytes) return undefined;
  const { success, data, error } = progressFile.safeParse(parsed(bytes.toString('utf8')));
  if (success) return data;
  throw new LabError(
    'E_STATE',
    text(`${path} is not a progress file of lab learn`, `${path} 不是 lab learn 的進度檔`),
    startOver,
    { cause: error },
  );
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined; // the schema rejects it
  }
}

const unlessExists = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};

/** Writes the progress, flushed to disk before this resolves. After a crash, the file is the old or the new one. Throws LabError E_STATE or E_DISK_FULL. */
export async function saveProgress(dir: string, progress: Progress): Promise<void> {
  const path = pathIn(dir);
  await onPath(path, async () => {
    await mkdir(join(dir, progressFolder)).catch(unlessExists);
    await replaceFile(path, [`${jsonText(progress, 2)}\n`]);
  });
}
