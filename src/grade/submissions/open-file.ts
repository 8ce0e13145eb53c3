import type { FileHandle } from 'node:fs/promises';
import { NotPlainError, openPlain } from '../../platform/plain-file.ts';
import { Refused } from './refusal.ts';

/** What the system says of a name that is gone, became something else, or is nobody's to read. */
const deducted = new Set([
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
  if (deducted.has((error as NodeJS.ErrnoException).code ?? '')) throw new Refused('unreadable', at);
  throw error;
}

/** Opens a regular file or a folder; a link as the last name is not followed. Throws Refused where it is something else, or can not be read. */
export const openOwn = (path: string | Buffer, kind: 'file' | 'folder', at: string): Promise<FileHandle> =>
  openPlain(path, { kind, follow: false }).catch((error: unknown) => {
    if (!(error instanceof NotPlainError)) return assertReadable(error, at);
    throw new Refused(error.what === 'link' ? 'unreadable' : 'special-file', at);
  });
