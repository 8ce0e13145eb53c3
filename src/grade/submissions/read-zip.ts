import { crc32 } from 'node:zlib';
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { printable } from '../../formats/untrusted-text.ts';
import { isSystemError } from '../../platform/system-error.ts';
import type { IntakeLimits, Item } from './archive-entry.ts';
import { Refused } from './refusal.ts';

/** How many entries an archive may declare for each accepted file: the rest is junk of the student's tools. */
const entriesEach = 21;
const longestTarget = 4096;
/** Systems that created an entry: Unix or macOS, whose modes are in the upper half of its attributes. */
const unixes = [3, 19];
const utf8Name = 0x7075;

/**
 * The entries of a zip, filtered by `wanted`. All of it is checked before the first entry is returned: entries whose bytes
 * overlap, or whose local name differs, are refused. `fd` is open on a regular file; the caller closes it.
 */
export async function* zipItems(fd: number, limits: IntakeLimits, wanted: (path: Uint8Array) => boolean): AsyncGenerator<Item> {
  const ranges: [start: number, end: number][] = [];
  for await (const { zip, entry } of entriesOf(fd, limits)) {
    const path = pathOf(entry);
    if (!wanted(path)) continue;
    const at = printable(path);
    if (entry.isEncrypted()) throw new Refused('archive-encrypted', at);
    if (![0, 8].includes(entry.compressionMethod)) throw new Refused('archive-method', at);
    const local = await orDamaged(at, zip.readLocalFileHeaderPromise(entry, {}));
    if (!local.fileName.equals(entry.fileNameRaw)) throw new Refused('archive-damaged', at);
    ranges.push([entry.relativeOffsetOfLocalHeader, local.fileDataStart + entry.compressedSize]);
  }
  ranges.sort(([a], [b]) => a - b);
  if (ranges.some(([start], at) => start < (ranges[at - 1]?.[1] ?? 0))) throw new Refused('archive-overlap');
  for await (const { zip, entry } of entriesOf(fd, limits)) if (wanted(pathOf(entry))) yield await itemOf(zip, entry);
}

/** Name and kind of each entry of a zip. Nothing else is examined. `fd` is as for `zipItems`. */
export async function* zipNames(fd: number, limits: IntakeLimits): AsyncGenerator<Pick<Item, 'path' | 'kind'>> {
  for await (const { entry } of entriesOf(fd, limits)) yield { path: pathOf(entry), kind: kindOf(modeOf(entry), pathOf(entry)) };
}

async function* entriesOf(fd: number, limits: IntakeLimits): AsyncGenerator<{ zip: ZipFile; entry: Entry }> {
  const zip = await orDamaged('', fromFdPromise(fd, { lazyEntries: true, decodeStrings: false, autoClose: false }));
  if (zip.entryCount > limits.files * entriesEach) throw new Refused('too-many-files');
  const entries = zip.eachEntry();
  for (;;) {
    const { value, done } = await orDamaged('', entries.next());
    if (done) return;
    yield { zip, entry: value };
  }
}

async function itemOf(zip: ZipFile, entry: Entry): Promise<Item> {
  const path = pathOf(entry);
  const mode = modeOf(entry);
  const kind = kindOf(mode, path);
  const about = { path, kind, executable: (mode & 0o100) !== 0, size: entry.uncompressedSize };
  if (kind !== 'link') return { ...about, read: () => read(zip, entry, printable(path)) };
  if (entry.uncompressedSize > longestTarget) throw new Refused('name-too-long', printable(path));
  const chunks: Uint8Array[] = [];
  for await (const chunk of read(zip, entry, printable(path))) chunks.push(chunk);
  return { ...about, target: Buffer.concat(chunks) };
}

const modeOf = ({ versionMadeBy, externalFileAttributes }: Entry): number =>
  unixes.includes(versionMadeBy >> 8) ? externalFileAttributes >>> 16 : 0;

/** By Unix mode if present, else by name. */
function kindOf(mode: number, path: Buffer): Item['kind'] {
  const endsAsFolder = path.at(-1) === 0x2f;
  switch (mode & 0o170000) {
    case 0:
      return endsAsFolder ? 'folder' : 'file';
    case 0o040000:
      return 'folder';
    case 0o100000:
      return endsAsFolder ? 'folder' : 'file';
    case 0o120000:
      return 'link';
    default:
      return 'special';
  }
}

/** The name of the entry, or the extra field that programs add for names in UTF-8. */
function pathOf({ fileNameRaw, extraFields }: Entry): Buffer {
  const field = extraFields.find(({ id }) => id === utf8Name)?.data;
  const isFor = field && field.length > 5 && field[0] === 1 && field.readUInt32LE(1) === crc32(fileNameRaw);
  return isFor ? field.subarray(5) : fileNameRaw;
}

/** The reader checks single sizes; the sum is checked here. */
async function* read(zip: ZipFile, entry: Entry, at: string): AsyncGenerator<Uint8Array> {
  const stream = await orDamaged(at, zip.openReadStreamPromise(entry));
  let sum = 0;
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (;;) {
      const { value, done } = await orDamaged(at, chunks.next());
      if (done) break;
      sum = crc32(value, sum);
      yield value;
    }
  } finally {
    stream.destroy();
  }
  if (sum !== entry.crc32) throw new Refused('archive-damaged', at);
}

/** Errors of the reader are the archive's fault; errors of the system are not. */
async function orDamaged<T>(at: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refused || isSystemError(error)) throw error;
    const isEncrypted = error instanceof Error && error.message.includes('encryption');
    throw new Refused(isEncrypted ? 'archive-encrypted' : 'archive-damaged', at);
  }
}
