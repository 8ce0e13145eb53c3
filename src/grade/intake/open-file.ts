import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Refused } from './refusal.ts';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;

/** What the system says of a name that is gone, became something else, or is nobody's to read. */
const lost = new Set([
  'ENOENT',
  'EINVAL',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'EACCES',
  'EPERM',
  'ENXIO',
  'ENODEV',
  'EMLINK',
  'ESTALE',
]);

/** Throws Refused in place of such an error, and any other as it is. `at` is what is told. */
export function assertReadable(error: unknown, at: string): never {
  if (lost.has((error as NodeJS.ErrnoException).code ?? '')) throw new Refused('unreadable', at);
  throw error;
}

/**
 * Opens a regular file or a folder. No link is followed in the last name, and nothing blocks. Throws Refused where it is something else, or can not be read.
 */
export async function openPlain(path: string | Buffer, kind: 'file' | 'folder', at: string): Promise<FileHandle> {
  const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | (kind === 'folder' ? O_DIRECTORY : 0);
  const handle = await open(path, flags).catch((error: unknown) => assertReadable(error, at));
  const stat = await handle.stat();
  if (kind === 'file' ? stat.isFile() : stat.isDirectory()) return handle;
  await handle.close();
  throw new Refused('special-file', at);
}
