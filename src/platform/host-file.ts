import { createHash } from 'node:crypto';
import { type FileHandle, opendir, readlink, realpath, watch } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { FileFacts } from '../lab/world.ts';
import { anySignal } from './any-signal.ts';
import { openPlain } from './plain-file.ts';

const capBytes = 4_000_000;

/**
 * Opens a file below `dir`. A container can put a link, a FIFO or a device in its place, so this follows no link, never blocks, and opens regular files only.
 */
async function openHostFile(dir: string, path: string): Promise<FileHandle | 'absent' | 'not-a-file'> {
  const full = resolve(dir, path);
  if (!full.startsWith(resolve(dir) + sep)) return 'not-a-file';
  let handle: FileHandle;
  try {
    // O_NOFOLLOW applies to the last name only: no parent folder may be a link either.
    const [root, folder] = await Promise.all([realpath(dir), realpath(dirname(full))]);
    if (folder !== dirname(resolve(root, path))) return 'not-a-file';
    handle = await openPlain(full, { follow: false });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'not-a-file';
  }
  // A parent folder can become a link after the check above: the path of the open handle shows it, on systems that provide one.
  const opened = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => full);
  if (opened === full || opened === resolve(await realpath(dir), path)) return handle;
  await handle.close();
  return 'not-a-file';
}

/** Reads a file below `dir`, opened as above, up to a limit (4 MB). `tail`: reads the last whole lines of a larger file. */
export async function readHostFile(dir: string, path: string, tail = false): Promise<FileFacts> {
  const handle = await openHostFile(dir, path);
  if (typeof handle === 'string') return { kind: handle };
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - capBytes);
    if (from > 0 && !tail) return { kind: 'too-large' };
    const bytes = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    const all = bytes.subarray(0, bytesRead);
    const read = from > 0 ? all.subarray(all.indexOf('\n') + 1) : all;
    return {
      kind: 'file',
      size: from + bytesRead,
      sha256: createHash('sha256').update(read).digest('hex'),
      text: read.toString('utf8'),
    };
  } finally {
    await handle.close();
  }
}

/** How far a file was read, under whatever name. */
export interface FilePosition {
  readonly inode: number;
  readonly size: number;
}

/**
 * What was added to a file below `dir`, opened as above, since one of these positions, up to the same limit; all of it for a file that is not among them or that became
 * shorter. `isCut`: only the end of that. Undefined: it is not a regular file.
 */
export async function readAdded(
  dir: string,
  path: string,
  known: ReadonlyMap<number, FilePosition>,
): Promise<{ readonly position: FilePosition; readonly text: string; readonly isCut: boolean } | undefined> {
  const handle = await openHostFile(dir, path);
  if (typeof handle === 'string') return undefined;
  try {
    const { size, ino: inode } = await handle.stat();
    const before = known.get(inode)?.size ?? 0;
    const begin = before <= size ? before : 0;
    const from = Math.max(begin, size - capBytes);
    const bytes = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    return { position: { inode, size: from + bytesRead }, text: bytes.toString('utf8', 0, bytesRead), isCut: from > begin };
  } finally {
    await handle.close();
  }
}

const mostNames = 20;

/** The names of the regular files in a folder below `dir`, sorted, a limited number; none if a part of the path is a link. */
export async function listHostFolder(dir: string, path: string): Promise<string[]> {
  const full = resolve(dir, path);
  if (!full.startsWith(resolve(dir) + sep)) return [];
  const names: string[] = [];
  try {
    if ((await realpath(full)) !== resolve(await realpath(dir), path)) return [];
    for await (const entry of await opendir(full)) {
      if (entry.isFile()) names.push(entry.name);
      if (names.length === mostNames) break;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EACCES') throw error;
  }
  return names.sort();
}

/** Docker Desktop's engine sees the host's folders below this one. */
const hostMount = '/host_mnt';

/** A path with every link resolved, as far as it exists on this host: a deleted file still belongs to its folder. */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    if (path.startsWith(`${hostMount}/`)) return realPathOf(path.slice(hostMount.length));
    const folder = dirname(path);
    return folder === path ? path : join(await realPathOf(folder), basename(path));
  }
}

/** Reads a file, and again at each change in its folder, until `until` is true of its text or the signal is aborted. */
export async function awaitHostFile(
  dir: string,
  path: string,
  until: (text: string) => boolean,
  signal: AbortSignal,
  tail = false,
): Promise<FileFacts> {
  const done = (file: FileFacts) => file.kind === 'file' && until(file.text);
  const first = await readHostFile(dir, path, tail);
  if (done(first)) return first;
  const enough = new AbortController();
  using ends = anySignal(signal, enough.signal);
  const changes = watch(dirname(resolve(dir, path)), { signal: ends })[Symbol.asyncIterator]();
  try {
    for (;;) {
      // Requested before the file is read: this starts the watch, and a change can happen during the read.
      const change = changes.next();
      change.catch(() => undefined);
      const file = await readHostFile(dir, path, tail);
      if (done(file)) return file;
      await change;
    }
  } catch (error) {
    const { name, code } = error as NodeJS.ErrnoException;
    if (name !== 'AbortError' && code !== 'ENOENT') throw error;
  } finally {
    enough.abort();
  }
  return readHostFile(dir, path, tail);
}
