import type { FileHandle } from 'node:fs/promises';
import { NotPlainError, openPlain } from '../../platform/plain-file.ts';
import { Refused } from './refusal.ts';

/** System errors for a name that is gone, has another type, or is not readable. */
const unreadableCodes = new Set([
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

/** Throws Refused instead of such an error, and rethrows any other. `at` is the reported path. */
export function assertReadable(error: unknown, at: string): never {
  if (unreadableCodes.has((error as NodeJS.ErrnoException).code ?? '')) throw new Refused('unreadable', at);
  throw error;
}

/**
 * Opens a regular file or a folder; does not follow a link as the last name. Throws Refused if it has another type or cannot be
 * read.
 */
export const openOwn = (path: string | Buffer, kind: 'file' | 'folder', at: string): Promise<FileHandle> =>
  openPlain(path, { kind, follow: false }).catch((error: unknown) => {
    if (!(error instanceof NotPlainError)) return assertReadable(error, at);
    throw new Refused(error.what === 'link' ? 'unreadable' : 'special-file', at);
  });
