import type { FileHandle } from 'node:fs/promises';
import type { IntakeLimits, Item } from './archive-entry.ts';
import { bytePartsOf } from './names/safe-paths.ts';
import { openOwn } from './open-file.ts';
import { tarItems } from './read-tar.ts';
import { zipItems, zipNames } from './read-zip.ts';
import { Refused } from './refusal.ts';

/** Limits for an archive of a whole class. */
export const classLimits: IntakeLimits = { bytes: 64 * 1024 ** 3, files: 50_000, ratio: 1100, depth: 1, fileBytes: 1024 ** 3 };

/**
 * The entries of an archive at and below `inside` (empty: all), which is removed from the paths; a file that is `inside` itself
 * keeps its own name. The format is detected by the first bytes, not by the name. Other entries are not examined: they may belong
 * to another student. Throws Refused if it is not a supported archive.
 */
export async function* archiveItems(
  archive: string | Buffer,
  inside: Buffer,
  limits: IntakeLimits,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  const file = await openOwn(archive, 'file', '');
  try {
    for await (const item of itemsOf(file, limits, (path) => isWithin(path, inside), signal)) {
      const rest = withoutStart(item.path, inside);
      if (rest === undefined) continue;
      const isItself = inside.length > 0 && rest.length === 0 && item.kind !== 'folder';
      const isLink = item.kind === 'hard-link' && item.target;
      yield {
        ...item,
        path: isItself ? (bytePartsOf(inside).at(-1) ?? inside) : rest,
        ...(isLink ? { target: withoutStart(isLink, inside) ?? Buffer.from('..') } : {}),
      };
    }
  } finally {
    await file.close();
  }
}

/**
 * The names in an archive, without examining anything else: that happens when a submission is unpacked. Throws Refused if it is
 * not a supported archive.
 */
export async function* archiveNames(archive: string | Buffer, signal: AbortSignal): AsyncGenerator<Pick<Item, 'path' | 'kind'>> {
  const file = await openOwn(archive, 'file', '');
  try {
    const { kind, size } = await headOf(file);
    if (kind === 'zip') yield* zipNames(file.fd, classLimits);
    else
      yield* tarItems(file.createReadStream({ start: 0, autoClose: false }), kind === 'gzip', size, classLimits, signal, 'names');
  } finally {
    await file.close();
  }
}

async function* itemsOf(
  file: FileHandle,
  limits: IntakeLimits,
  wanted: (path: Uint8Array) => boolean,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  const { kind, size } = await headOf(file);
  if (kind === 'zip') yield* zipItems(file.fd, limits, wanted);
  else yield* tarItems(file.createReadStream({ start: 0, autoClose: false }), kind === 'gzip', size, limits, signal, wanted);
}

async function headOf(file: FileHandle): Promise<{ kind: 'zip' | 'gzip' | 'tar'; size: number }> {
  const { size } = await file.stat();
  const head = Buffer.alloc(512);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  return { kind: kindOf(head.subarray(0, bytesRead)), size };
}

function kindOf(head: Buffer): 'zip' | 'gzip' | 'tar' {
  const starts = head.toString('latin1');
  if (starts.startsWith('PK\x03\x04') || starts.startsWith('PK\x05\x06')) return 'zip';
  if (starts.startsWith('\x1f\x8b')) return 'gzip';
  if (starts.startsWith('ustar', 257)) return 'tar';
  const isKnown = /^(?:BZh|\xfd7zXZ|7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd)/.test(starts);
  throw new Refused(isKnown ? 'archive-format' : 'archive-damaged');
}

const plain = (path: Uint8Array): Buffer => {
  const bytes = Buffer.from(path.buffer, path.byteOffset, path.length);
  return bytes[0] === 0x2e && bytes[1] === 0x2f ? bytes.subarray(2) : bytes;
};

const isWithin = (path: Uint8Array, own: Buffer): boolean => own.length === 0 || withoutStart(path, own) !== undefined;

/** The path below `own`, empty for `own` itself; undefined if it is elsewhere. */
function withoutStart(path: Uint8Array, own: Buffer): Buffer | undefined {
  if (own.length === 0) return Buffer.from(path);
  const bytes = plain(path);
  if (!bytes.subarray(0, own.length).equals(own)) return undefined;
  if (bytes.length === own.length) return Buffer.alloc(0);
  return bytes[own.length] === 0x2f ? bytes.subarray(own.length + 1) : undefined;
}
