import type { FileHandle } from 'node:fs/promises';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { NotPlainError, openPlain } from '../../platform/plain-file.ts';

/** What an image archive says of itself. `refs` is undefined where that can't be told without unpacking: it is compressed. */
export interface Archive {
  readonly bytes: number;
  readonly refs?: readonly string[];
}

/** How compressed archives begin; the engine unpacks them itself. */
const compressed: readonly (readonly number[])[] = [
  [0x1f, 0x8b], // gzip
  [0x42, 0x5a, 0x68], // bzip2
  [0xfd, 0x37, 0x7a, 0x58, 0x5a], // xz
  [0x28, 0xb5, 0x2f, 0xfd], // zstd
];

const block = 512;
/** A manifest of more is none of ours. */
const manifestLimit = 4 * 1024 * 1024;

/** Looks into an archive that `docker save` or `lab images save` wrote. Throws LabError E_USAGE for a file that is not there or may not be read, E_IMAGE_FILE for anything else. */
export async function readArchive(path: string): Promise<Archive> {
  const file = await openPlain(path).catch((error: NodeJS.ErrnoException) => {
    throw cannotRead(path, error);
  });
  try {
    const stat = await file.stat();
    const head = await readAt(file, 0, block);
    if (compressed.some((magic) => magic.every((byte, at) => head[at] === byte))) return { bytes: stat.size };
    return { bytes: stat.size, refs: await refsOf(file, stat.size, path) };
  } finally {
    await file.close();
  }
}

/** Steps from header to header of a tar (POSIX ustar: name at 0, size in octal at 124, checksum at 148). */
async function refsOf(file: FileHandle, total: number, path: string): Promise<string[]> {
  let sawLayout = false;
  for (let at = 0; ; ) {
    const header = await readAt(file, at, block);
    if (header.length < block) throw at === 0 ? noArchive(path) : cutShort(path);
    if (header.every((byte) => byte === 0)) break;
    if (!isHeader(header)) throw at === 0 ? noArchive(path) : cutShort(path);
    const name = header.subarray(0, 100).toString('utf8').replace(/\0.*$/s, '').replace(/^\.\//, '');
    const size = sizeOf(header);
    if (at + block + size > total) throw cutShort(path);
    if (name === 'manifest.json' && size <= manifestLimit) return parseManifest(await readAt(file, at + block, size), path);
    sawLayout ||= name === 'oci-layout';
    at += block + Math.ceil(size / block) * block;
  }
  // An OCI layout without Docker's own manifest: newer engines load it, and say what was in it.
  if (sawLayout) return [];
  throw noArchive(path);
}

function parseManifest(bytes: Buffer, path: string): string[] {
  try {
    const images = JSON.parse(bytes.toString('utf8')) as { RepoTags?: string[] | null }[];
    return images.flatMap((image) => image.RepoTags ?? []);
  } catch {
    throw noArchive(path);
  }
}

/** The checksum is the sum of the header's bytes, its own field counted as spaces. */
function isHeader(header: Buffer): boolean {
  const checksum = Number.parseInt(header.subarray(148, 156).toString('latin1').replace(/\0.*$/s, '').trim(), 8);
  const sum = header.reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return checksum === sum;
}

/** Octal digits; from 8 GB on, GNU tar writes a big-endian number with the first bit set. */
function sizeOf(header: Buffer): number {
  const first = header.readUInt8(124);
  if (first & 0x80) return Number(header.readBigUInt64BE(128));
  return Number.parseInt(header.subarray(124, 136).toString('latin1').replace(/\0.*$/s, '').trim() || '0', 8);
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

const fromSave: Text = text(
  'give a file that `lab images save` or `docker save` wrote',
  '請使用 `lab images save` 或 `docker save` 產生的檔案',
);
const noArchive = (path: string) =>
  new LabError('E_IMAGE_FILE', text(`${path} is no archive of images`, `${path} 不是映像檔的封存檔`), fromSave);
const cutShort = (path: string) =>
  new LabError(
    'E_IMAGE_FILE',
    text(`${path} is cut short or damaged`, `${path} 不完整或已損壞`),
    text('copy it again, and compare its size with the original', '請重新複製，並和原檔比較大小'),
  );
const cannotRead = (path: string, error: NodeJS.ErrnoException) => {
  if (error instanceof NotPlainError) return new LabError('E_USAGE', error.text, fromSave, { cause: error });
  return error.code === 'ENOENT'
    ? new LabError('E_USAGE', text(`there is no file ${path}`, `沒有檔案 ${path}`), fromSave, { cause: error })
    : new LabError(
        'E_USAGE',
        text(`${path} can't be read (${error.code})`, `無法讀取 ${path}（${error.code}）`),
        text('look at who may read it: `ls -l`', '請用 `ls -l` 檢查檔案的讀取權限'),
        { cause: error },
      );
};
