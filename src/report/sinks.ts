import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import { namingPath } from '../platform/system-error.ts';

/** The destination of a report. `write`, or else `close`, throws if it could not be written; after `close` it is complete. */
export interface Outlet {
  write(text: string): void;
  close(): void | Promise<void>;
}

const absent = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Checks before the run, not after it, whether a report can be written to a file. Throws E_USAGE. */
export function assertWritable(file: string): void {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isDirectory()) throw new Error('EISDIR: a folder');
    if (stats) accessSync(file, constants.W_OK);
    if (!stats || stats.isFile()) accessSync(dirname(realFile(file)), constants.W_OK);
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

/** Whether two names mean one file, which may not exist yet. Devices can be shared. */
export const sameFile = (one: string, other: string): boolean =>
  statSync(one, { throwIfNoEntry: false })?.isFile() !== false && realFile(one) === realFile(other);

/** A file for one document, written completely or not at all: a reader never sees half a report. A device or a pipe is written to, not replaced. */
export const wholeFile = (file: string): Outlet => ({ write: (contents) => writeWhole(file, contents), close: () => undefined });

function writeWhole(file: string, contents: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) {
    writeFileSync(file, contents);
    return;
  }
  const target = realFile(file);
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
  try {
    writeFileSync(draft, contents, { flush: true });
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

/** A file for lines, each written at once. The first creates or empties the file. It never ends with an incomplete line. */
export function lineFile(file: string): Outlet {
  let opened: { readonly fd: number; readonly regular: boolean } | undefined;
  let wholeBytes = 0;
  const open = () => {
    const fd = openSync(file, 'w');
    return { fd, regular: fstatSync(fd).isFile() };
  };
  return {
    write(line) {
      opened ??= open();
      try {
        appendFileSync(opened.fd, line);
      } catch (error) {
        if (opened.regular) ftruncateSync(opened.fd, wholeBytes);
        throw error;
      }
      wholeBytes += Buffer.byteLength(line);
    },
    close() {
      if (!opened) return;
      try {
        if (opened.regular) fsyncSync(opened.fd);
        // a file whose name was removed meanwhile was written completely, but is lost
        statSync(file);
      } finally {
        closeSync(opened.fd);
      }
    },
  };
}

/** Appends to a file that the process was started with. The error names the file, if the system provides its name. */
export function appendTo(fd: number, part: string): void {
  try {
    appendFileSync(fd, part);
  } catch (error) {
    throw namingPath(error, fileOf(fd));
  }
}

function fileOf(fd: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return fd === 1 ? 'stdout' : 'stderr';
  }
}

/** stdout. Closing waits until everything is written. A reader that closes the pipe is no failure. */
export function streamOutlet(stream: NodeJS.WritableStream & { readonly fd?: number }): Outlet {
  const { fd } = stream;
  // Node's own stream treats data that a full disk cut off as written
  if (fd !== undefined && fstatSync(fd).isFile()) return { write: (part) => appendTo(fd, part), close: () => undefined };
  let broken: NodeJS.ErrnoException | undefined;
  let taken = Promise.resolve();
  return {
    write(part) {
      if (broken) throw broken;
      taken = new Promise((resolve) => {
        stream.write(part, (error?: NodeJS.ErrnoException | null) => {
          if (error && error.code !== 'EPIPE') broken ??= error;
          resolve();
        });
      });
    },
    async close() {
      await taken;
      if (broken) throw broken;
    },
  };
}

/** The target of a link, so that the link itself is kept. */
function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if (absent(error)) return resolve(file);
    throw error;
  }
}
