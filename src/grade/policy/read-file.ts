import { NotPlainError, readPlainSync } from '../../platform/plain-file.ts';

export type FileText = { readonly text: string } | { readonly problem: 'absent' | 'not-a-file' | 'too-large' | 'not-utf8' };

/**
 * Reads a text file of at most `cap` bytes. Follows no link in the last name, blocks on nothing (`readPlainSync`). `path` is
 * absolute and already known to be inside.
 */
export function readText(path: string, cap: number): FileText {
  let bytes: Buffer;
  try {
    bytes = readPlainSync(path, { maxBytes: cap, follow: false });
  } catch (error) {
    if (error instanceof NotPlainError) return { problem: error.what === 'too-large' ? 'too-large' : 'not-a-file' };
    return { problem: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'not-a-file' };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: 'not-utf8' };
  }
}
