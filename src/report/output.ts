import { accessSync, constants, realpathSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';

const absent = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Whether a report can be written there is told before the run, not after it. Throws E_USAGE. */
export function assertWritable(file: string): void {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isDirectory()) throw new Error('EISDIR: a folder');
    accessSync(stats && !stats.isFile() ? file : dirname(resolve(file)), constants.W_OK);
  } catch (error) {
    const why = (error as Error).message;
    throw new LabError(
      'E_USAGE',
      text(`the report cannot be written to ${file}: ${why}`, `無法將報告寫入 ${file}：${why}`),
      text(
        'Give --out a file in a folder that exists and that you may write to.',
        '請用 --out 指定檔案，它的資料夾要存在而且可以寫入。',
      ),
      { cause: error },
    );
  }
}

/** All of it or nothing: a reader never sees half a report. A device or a pipe is written to, not replaced. */
export function writeWhole(file: string, contents: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) {
    writeFileSync(file, contents);
    return;
  }
  const target = realFile(file);
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
  try {
    writeFileSync(draft, contents);
    renameSync(draft, target);
  } catch (error) {
    try {
      unlinkSync(draft);
    } catch (gone) {
      if (!absent(gone)) throw gone;
    }
    throw error;
  }
}

/** Where a link leads, so that the link stays one. */
function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if (absent(error)) return resolve(file);
    throw error;
  }
}
