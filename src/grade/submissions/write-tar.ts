import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { folderItems } from './read-folder.ts';

/** The largest submission that is sent, packed. Unpacked it may have 128 MiB. */
const mostPackedBytes = 64 * 1024 * 1024;

/** Packed, a folder is larger than permitted. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/** The content of an unpacked submission as a tar with gzip. Throws TooLargeError, and what `folderItems` throws. */
export async function packFolder(dir: string, signal: AbortSignal, mostBytes = mostPackedBytes): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const collect = new Writable({
    write(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes > mostBytes) return done(new TooLargeError());
      chunks.push(chunk);
      done();
    },
  });
  const adding = addAll(tar, dir).then(
    () => tar.finalize(),
    (error) => tar.destroy(error),
  );
  await pipeline(tar, createGzip({ level: 1 }), collect, { signal });
  await adding;
  return Buffer.concat(chunks);
}

async function addAll(tar: ReturnType<typeof pack>, dir: string): Promise<void> {
  for await (const { path, kind, executable, size = 0, target, read } of folderItems(dir)) {
    const name = Buffer.from(path).toString();
    if (kind === 'folder') tar.entry({ name, type: 'directory', mode: 0o755 });
    else if (kind === 'link') tar.entry({ name, type: 'symlink', linkname: Buffer.from(target ?? []).toString() });
    else if (read)
      await pipeline(Readable.from(read()), tar.entry({ name, type: 'file', mode: executable ? 0o755 : 0o644, size }));
  }
}
