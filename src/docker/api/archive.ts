import type { FileHandle } from 'node:fs/promises';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { NotPlainError, openPlain } from '../../platform/plain-file.ts';

/** The content of an image archive. `refs` is undefined for a compressed archive, which would have to be unpacked. */
export interface Archive {
  readonly bytes: number;
  readonly refs?: readonly string[];
}

/** Magic numbers of compressed archives; the engine unpacks them itself. */
const compressed: readonly (readonly number[])[] = [
  [0x1f, 0x8b], // gzip
  [0x42, 0x5a, 0x68], // bzip2
  [0xfd, 0x37, 0x7a, 0x58, 0x5a], // xz
  [0x28, 0xb5, 0x2f, 0xfd], // zstd
];

const block = 512;
/** A larger manifest is not from `docker save` or `lab images save`. */
const manifestLimit = 4 * 1024 * 1024;

/**
 * Reads an archive that `docker save` or `lab images save` wrote. Throws LabError E_USAGE if the file is absent or not readable, E_IMAGE_FILE for
 * anything else.
 */
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

/** Reads the headers of a tar (POSIX ustar: name at 0, size in octal at 124, checksum at 148). */
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
  // An OCI layout without Docker's own manifest: newer engines load it and report its content.
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

/** The checksum is the sum of the header's bytes, with its own field counted as spaces. */
function isHeader(header: Buffer): boolean {
  const checksum = Number.parseInt(header.subarray(148, 156).toString('latin1').replace(/\0.*$/s, '').trim(), 8);
  const sum = header.reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return checksum === sum;
}

/** Octal digits; from 8 GB, GNU tar writes a big-endian number with the first bit set. */
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
  new LabError('E_IMAGE_FILE', text(`${path} is not an image archive`, `${path} 不是映像檔封存檔`), fromSave);
const cutShort = (path: string) =>
  new LabError(
    'E_IMAGE_FILE',
    text(`${path} is incomplete or damaged`, `${path} 不完整或已損壞`),
    text('copy it again, and compare its size with the original', '請重新複製，並和原檔比較大小'),
  );
const cannotRead = (path: string, error: NodeJS.ErrnoException) => {
  if (error instanceof NotPlainError) return new LabError('E_USAGE', error.text, fromSave, { cause: error });
  return error.code === 'ENOENT'
    ? new LabError('E_USAGE', text(`there is no file ${path}`, `沒有檔案 ${path}`), fromSave, { cause: error })
    : new LabError(
        'E_USAGE',
        text(`${path} can't be read (${error.code})`, `無法讀取 ${path}（${error.code}）`),
        text('check its permissions: `ls -l`', '請用 `ls -l` 檢查檔案權限'),
        { cause: error },
      );
};
