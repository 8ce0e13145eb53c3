import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, lstat, open, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type ErrorCode, LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';

/** What can exist at a path instead of a regular file. */
export type Other = 'folder' | 'pipe' | 'socket' | 'device' | 'link' | 'file';

const names: Readonly<Record<Other, Text>> = {
  folder: text('a folder', '資料夾'),
  pipe: text('a named pipe', '具名管線'),
  socket: text('a socket', 'socket'),
  device: text('a device', '裝置'),
  link: text('a symbolic link', '符號連結'),
  file: text('a file', '檔案'),
};

/** Something of another type is at the path, or the file is too large to read. */
export class NotPlainError extends Error {
  override readonly name = 'NotPlainError';
  readonly what: Other | 'too-large';
  /** Names the path and what it is. */
  readonly text: Text;
  constructor(what: Other | 'too-large', message: Text) {
    super(message.en);
    this.what = what;
    this.text = message;
  }
}

type Path = string | Buffer;

interface OpenFileOptions {
  readonly kind?: 'file' | 'folder';
  /** False: a link as the last name is refused. Links to parent folders are followed. */
  readonly follow?: boolean;
  /** `append`: opens for reading and for writing at the end; creates the file if it does not exist. */
  readonly access?: 'read' | 'append';
}

interface Reading extends Pick<OpenFileOptions, 'follow'> {
  readonly maxBytes: number;
}

const { O_RDONLY, O_RDWR, O_APPEND, O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Opens a regular file (or a folder) that another program or user may have replaced. Opening a named pipe would block a thread, and Node waits for
 * its threads at exit, so only SIGKILL would end the process; nothing here blocks. The type is checked before opening, because opening a device can
 * have an effect, and again after. Throws NotPlainError, or the system's error (ENOENT, EACCES).
 */
export async function openPlain(path: Path, opening: OpenFileOptions = {}): Promise<FileHandle> {
  const { kind = 'file', follow = true, access = 'read' } = opening;
  const absent = (error: NodeJS.ErrnoException) => {
    if (access === 'append' && error.code === 'ENOENT') return undefined;
    throw error;
  };
  const before = await (follow ? stat(path) : lstat(path)).catch(absent);
  if (before) assertIs(kind, before, path);
  const handle = await open(path, flagsOf(opening), 0o666);
  try {
    assertIs(kind, await handle.stat(), path);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const flagsOf = ({ kind, follow = true, access }: OpenFileOptions): number =>
  (access === 'append' ? O_RDWR | O_APPEND | O_CREAT : O_RDONLY) |
  O_NONBLOCK |
  (follow ? 0 : O_NOFOLLOW) |
  (kind === 'folder' ? O_DIRECTORY : 0);

function assertIs(kind: 'file' | 'folder', stats: Stats, path: Path): void {
  const what = whatIs(stats);
  if (what === kind) return;
  const [is, wanted] = [names[what], kind === 'file' ? text('a regular file', '一般檔案') : names.folder];
  throw new NotPlainError(
    what,
    text(`${path} is ${is.en}, not ${wanted.en}`, `${path} 是${is['zh-TW']}，不是${wanted['zh-TW']}`),
  );
}

const whatIs = (stats: Stats): Other => {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  if (stats.isFIFO()) return 'pipe';
  if (stats.isSocket()) return 'socket';
  return stats.isSymbolicLink() ? 'link' : 'device';
};

const tooLarge = (path: Path, maxBytes: number): NotPlainError => {
  const limit = `${maxBytes / 1e6} MB`;
  return new NotPlainError('too-large', text(`${path} is larger than ${limit}`, `${path} 超過 ${limit}`));
};

/** The bytes of a regular file. Throws as `openPlain` does, and NotPlainError for more than `maxBytes`. */
export async function readPlain(path: Path, { maxBytes, follow = true }: Reading): Promise<Buffer> {
  const handle = await openPlain(path, { follow });
  try {
    return await readOpened(handle, path, maxBytes);
  } finally {
    await handle.close();
  }
}

/** The same for an open file, which may grow meanwhile. */
export async function readOpened(handle: FileHandle, path: Path, maxBytes: number): Promise<Buffer> {
  const { size } = await handle.stat();
  if (size > maxBytes) throw tooLarge(path, maxBytes);
  const chunks: Buffer[] = [];
  for (let total = 0; ; ) {
    // the first chunk contains all of a file that does not grow
    const chunk = Buffer.allocUnsafe(Math.max(size - total, 0) + 4096);
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, total);
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, bytesRead));
    total += bytesRead;
    if (total > maxBytes) throw tooLarge(path, maxBytes);
  }
}

/** `readPlain` for synchronous code. A file that grows meanwhile is read up to its earlier size. */
export function readPlainSync(path: string, { maxBytes, follow = true }: Reading): Buffer {
  assertIs('file', follow ? statSync(path) : lstatSync(path), path);
  const file = openSync(path, flagsOf({ follow }));
  try {
    const stats = fstatSync(file);
    assertIs('file', stats, path);
    if (stats.size > maxBytes) throw tooLarge(path, maxBytes);
    const bytes = Buffer.alloc(stats.size);
    return bytes.subarray(0, readSync(file, bytes, 0, stats.size, 0));
  } finally {
    closeSync(file);
  }
}

interface Loading extends Reading {
  /** Code and hint of the error for a file that cannot be read. */
  readonly code: ErrorCode;
  readonly hint: Text;
  /** If given, a pipe is read too, until its end or an abort. For files that the user named, as in `--roster <(…)`. */
  readonly pipe?: AbortSignal;
}

/** The bytes of a file; undefined if it does not exist. Throws a LabError with this code that names the path, and the abort's reason. */
export async function loadPlain(path: string, loading: Loading): Promise<Buffer | undefined> {
  const { code, hint, maxBytes, pipe } = loading;
  try {
    return await readPlain(path, loading).catch((error) => {
      if (pipe && error instanceof NotPlainError && error.what === 'pipe') return readPipe(path, maxBytes, pipe);
      throw error;
    });
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw new LabError(code, whyUnread(path, error), hint, { cause: error });
  }
}

const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/** The reason why a file was not read, as text. Rethrows anything that is not a file error. */
export function whyUnread(path: string, error: unknown): Text {
  if (error instanceof NotPlainError) return error.text;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (!code || !syscall) throw error;
  return text(`${path} cannot be read (${code})`, `無法讀取 ${path}（${code}）`);
}

/** Interval for checking a pipe that has no data yet. */
const pipeMs = 25;

/** Reads a pipe. Waits until a program writes to a named pipe, as any other reader does. */
async function readPipe(path: string, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const isNamed = (await lstat(path)).isFIFO();
  const handle = await open(path, O_RDONLY | O_NONBLOCK);
  try {
    const chunks: Buffer[] = [];
    for (let total = 0; ; ) {
      signal.throwIfAborted();
      const chunk = Buffer.allocUnsafe(65_536);
      const bytesRead = await handle.read(chunk, 0, chunk.length, null).then(
        (read) => read.bytesRead,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EAGAIN') return undefined;
          throw error;
        },
      );
      if (bytesRead) {
        chunks.push(chunk.subarray(0, bytesRead));
        total += bytesRead;
        if (total > maxBytes) throw tooLarge(path, maxBytes);
      } else if (bytesRead === 0 && (total > 0 || !isNamed)) {
        return Buffer.concat(chunks);
      } else {
        await pause(pipeMs, undefined, { signal });
      }
    }
  } finally {
    await handle.close();
  }
}
