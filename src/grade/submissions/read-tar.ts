import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { printable } from '../../formats/untrusted-text.ts';
import { isSystemError } from '../../platform/system-error.ts';
import type { IntakeLimits, Item } from './archive-entry.ts';
import { assertRatio } from './extractor.ts';
import { paxField, RecentBytes } from './names/pax-names.ts';
import { Refused } from './refusal.ts';

const block = 512;
/** How many times the permitted bytes may be read: the rest is junk of the student's tools. */
const readEach = 4;

const kinds: Readonly<Record<string, Item['kind']>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'folder',
  symlink: 'link',
  link: 'hard-link',
  'character-device': 'special',
  'block-device': 'special',
  fifo: 'special',
};

/**
 * The entries of a tar, with or without gzip, in one pass, filtered by `wanted`; `names`: all of them, unexamined. `packed` is
 * its size on the disk.
 */
export async function* tarItems(
  source: Readable,
  gzip: boolean,
  packed: number,
  limits: IntakeLimits,
  signal: AbortSignal,
  wanted: 'names' | ((path: Uint8Array) => boolean),
): AsyncGenerator<Item> {
  // Names as bytes: one character each.
  const entries = extract({ filenameEncoding: 'latin1' } as object);
  const recent = new RecentBytes();
  const meter = (chunks: AsyncIterable<Uint8Array>) => metered(chunks, packed, limits, recent);
  let failure: { readonly error: unknown } | undefined;
  const pumped = (
    gzip
      ? pipeline(source, createGunzip(), meter, entries as unknown as NodeJS.WritableStream, { signal })
      : pipeline(source, meter, entries as unknown as NodeJS.WritableStream, { signal })
  ).catch((error: unknown) => {
    failure = { error };
  });
  try {
    for await (const entry of entries) {
      const why = async (error: unknown) => {
        await pumped;
        return translated(failure?.error ?? error);
      };
      const path = pathOf(entry.header, recent);
      if (wanted === 'names') yield { path, kind: kinds[entry.header.type] ?? 'special' };
      else if (wanted(path))
        yield { ...itemOf(entry.header, path, recent), read: () => bytesIn(entry as AsyncIterable<Uint8Array>, why) };
      entry.resume();
    }
    await pumped;
    if (failure) throw failure.error;
  } catch (error) {
    throw translated(failure?.error ?? error);
  } finally {
    (entries as unknown as Readable).destroy();
    source.destroy();
    await pumped;
  }
}

async function* bytesIn(entry: AsyncIterable<Uint8Array>, why: (error: unknown) => Promise<unknown>): AsyncGenerator<Uint8Array> {
  try {
    yield* entry;
  } catch (error) {
    throw await why(error);
  }
}

function translated(error: unknown): unknown {
  const isOurs = error instanceof Refused || isSystemError(error) || (error instanceof Error && error.name === 'AbortError');
  return isOurs ? error : new Refused('archive-damaged');
}

/** Counts the output and requires that it ends like a tar: with a block of zeros. */
async function* metered(
  chunks: AsyncIterable<Uint8Array>,
  packed: number,
  limits: IntakeLimits,
  recent: RecentBytes,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let tail = Buffer.alloc(0);
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limits.bytes * readEach) throw new Refused('too-large');
    assertRatio(bytes, packed, limits);
    recent.push(chunk);
    tail = chunk.length >= block ? Buffer.from(chunk.subarray(-block)) : Buffer.concat([tail, chunk]).subarray(-block);
    yield chunk;
  }
  if (tail.length < block || tail.some((byte) => byte !== 0)) throw new Refused('archive-damaged');
}

const paxOf = (header: Header): Readonly<Record<string, string>> => (header.pax ?? {}) as Readonly<Record<string, string>>;
const pathOf = (header: Header, recent: RecentBytes): Buffer => bytesOf(header, header.name, 'path', recent);

function itemOf(header: Header, path: Buffer, recent: RecentBytes): Omit<Item, 'read'> {
  const { type, mode, size, linkname } = header;
  const kind = kinds[type];
  const isSparse = Object.keys(paxOf(header)).some((key) => key.startsWith('GNU.sparse.'));
  if (kind === undefined || isSparse) throw new Refused('archive-entry', printable(path));
  const target = linkname ? { target: bytesOf(header, linkname, 'linkpath', recent) } : {};
  return { path, kind, executable: (mode & 0o100) !== 0, size, ...target };
}

/**
 * A name in an extended header was already decoded as UTF-8, so lost bytes are read again; if that is impossible, the name is
 * replaced by one that is not UTF-8.
 */
function bytesOf(header: Header, name: string, key: 'path' | 'linkpath', recent: RecentBytes): Buffer {
  if (name !== paxOf(header)[key]) return Buffer.from(name, 'latin1');
  if (!name.includes('\ufffd')) return Buffer.from(name);
  // offset of the entry's data, after its header; absent from tar-stream's types
  const { byteOffset } = header as Header & { byteOffset: number };
  return paxField(recent, byteOffset - block, key) ?? Buffer.concat([Buffer.from(name), Buffer.from([0xff])]);
}
