import { existsSync, type Stats } from 'node:fs';
import { type FileHandle, lstat, opendir, readlink, realpath } from 'node:fs/promises';
import { printable } from '../../formats/untrusted-text.ts';
import { type Item, isJunk } from './archive-entry.ts';
import { assertReadable, openOwn } from './open-file.ts';
import { Refused } from './refusal.ts';

/** Deeper folders are refused; this limits open handles. */
const deepest = 40;
const slash = Buffer.from('/');

/**
 * The entries of a folder, without following links. It may change meanwhile: each folder is opened from its parent, by handle, so
 * everything read is below `dir` even if names on the way change. Throws Refused for what cannot be read.
 */
export async function* folderItems(dir: string | Buffer): AsyncGenerator<Item> {
  const handle = await openOwn(dir, 'folder', '');
  try {
    yield* itemsIn(handle, Buffer.from(dir), Buffer.alloc(0), 0);
  } finally {
    await handle.close();
  }
}

async function* itemsIn(folder: FileHandle, dir: Buffer, below: Buffer, depth: number): AsyncGenerator<Item> {
  if (depth > deepest) throw new Refused('path-too-deep', printable(below));
  const base = await pathOfOpen(folder, dir);
  const { uid } = await folder.stat();
  for await (const name of namesIn(base, printable(below))) {
    if (isJunk(name.toString())) continue;
    const path = below.length === 0 ? name : Buffer.concat([below, slash, name]);
    const at = printable(path);
    const real = Buffer.concat([base, slash, name]);
    const stat = await lstat(real).catch((error: unknown) => assertReadable(error, at));
    if (stat.isDirectory()) {
      yield { path, kind: 'folder' };
      const inner = await openOwn(real, 'folder', at);
      try {
        yield* itemsIn(inner, Buffer.concat([dir, slash, name]), path, depth + 1);
      } finally {
        await inner.close();
      }
    } else if (stat.isSymbolicLink()) {
      const target = await readlink(real, { encoding: 'buffer' }).catch((error: unknown) => assertReadable(error, at));
      yield { path, kind: 'link', target };
    } else if (stat.isFile()) {
      yield* fileItem(real, path, uid);
    } else {
      yield { path, kind: 'special' };
    }
  }
}

async function* fileItem(real: Buffer, path: Buffer, owner: number): AsyncGenerator<Item> {
  const at = printable(path);
  const file = await openOwn(real, 'file', at);
  try {
    const stat = await file.stat();
    // A hard link to another user's file, which is not the student's to submit.
    if (isForeign(stat, owner)) throw new Refused('link-leaves-folder', at);
    const read = () => file.createReadStream({ start: 0, autoClose: false });
    yield { path, kind: 'file', executable: (stat.mode & 0o100) !== 0, size: stat.size, read };
  } finally {
    await file.close();
  }
}

const isForeign = ({ nlink, uid }: Stats, owner: number): boolean => nlink > 1 && uid !== owner;

/** One at a time: a folder may contain more names than fit into memory. */
async function* namesIn(base: Buffer, at: string): AsyncGenerator<Buffer> {
  const options = { encoding: 'buffer' as BufferEncoding };
  const found = await opendir(base as unknown as string, options).catch((error: unknown) => assertReadable(error, at));
  for await (const { name } of found) yield name as unknown as Buffer;
}

/**
 * The path through which names in an open folder are reached. Linux has a path for the handle itself; on other systems the path
 * is checked again.
 */
async function pathOfOpen(folder: FileHandle, dir: Buffer): Promise<Buffer> {
  const own = `/proc/self/fd/${folder.fd}`;
  if (existsSync(own)) return Buffer.from(own);
  const real = await realpath(dir, { encoding: 'buffer' });
  const [here, there] = await Promise.all([folder.stat(), lstat(real)]);
  if (!real.equals(dir) || here.ino !== there.ino || here.dev !== there.dev) throw new Refused('unreadable', dir.toString());
  return dir;
}
