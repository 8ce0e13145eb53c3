import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export type FileText = { readonly text: string } | { readonly problem: 'absent' | 'not-a-file' | 'too-large' | 'not-utf8' };

/** Reads a text file of at most `cap` bytes. Follows no link in the last name, blocks on nothing. `path` is absolute and already known to be inside. */
export function readText(path: string, cap: number): FileText {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return { problem: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'not-a-file' };
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return { problem: 'not-a-file' };
    if (stat.size > cap) return { problem: 'too-large' };
    const bytes = Buffer.alloc(stat.size);
    const length = readSync(file, bytes, 0, stat.size, 0);
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length)) };
  } catch (error) {
    if (error instanceof TypeError) return { problem: 'not-utf8' };
    throw error;
  } finally {
    closeSync(file);
  }
}
