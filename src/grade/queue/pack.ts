import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

/** The largest packed submission that is sent. Unpacked it may have 128 MiB. */
const mostPackedBytes = 64 * 1024 * 1024;

/** Packed, a folder is larger than permitted. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/** The files of a folder as a tar with gzip: files, folders and links with their content and names, in a fixed order. Throws TooLargeError. */
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
  const packing = pipeline(tar, createGzip({ level: 1 }), collect, { signal });
  const adding = addAll(tar, dir, '').then(
    () => tar.finalize(),
    (error) => tar.destroy(error),
  );
  await packing;
  await adding;
  return Buffer.concat(chunks);
}

async function addAll(tar: ReturnType<typeof pack>, dir: string, below: string): Promise<void> {
  for (const name of (await readdir(join(dir, below))).sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    const found = await lstat(join(dir, path));
    const mode = found.mode & 0o777;
    if (found.isDirectory()) {
      tar.entry({ name: path, type: 'directory', mode });
      await addAll(tar, dir, path);
    } else if (found.isSymbolicLink()) {
      tar.entry({ name: path, type: 'symlink', linkname: await readlink(join(dir, path)) });
    } else {
      await pipeline(createReadStream(join(dir, path)), tar.entry({ name: path, type: 'file', mode, size: found.size }));
    }
  }
}
