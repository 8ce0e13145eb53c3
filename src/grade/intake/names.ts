import { isInvisible, type RefusalCode } from './refusal.ts';

/** Linux's own limit for a name, and a bound for paths that leaves room for where they are put. */
const longestName = 255;
const longestPath = 1024;
const deepest = 32;

export type Named = { readonly parts: readonly string[] } | { readonly problem: RefusalCode; readonly shown: string };

/** A path as an archive or a folder has it, in its parts; none: the folder itself. */
export function partsOf(path: Uint8Array): Named {
  const shown = Buffer.from(path).toString('utf8');
  const problem = (code: RefusalCode): Named => ({ problem: code, shown });
  if (shown.includes('\ufffd') && !isUtf8(path)) return problem('name-not-utf8');
  const parts = shown.split('/').filter((part) => part !== '' && part !== '.');
  // macOS names a folder's icon so
  if (isInvisible(shown.replaceAll('Icon\r', ''))) return problem('name-invisible');
  if (shown.includes('\\')) return problem('path-backslash');
  if (/^(?:\/|[A-Za-z]:)/.test(shown)) return problem('path-absolute');
  if (parts.includes('..')) return problem('path-leaves-folder');
  if (path.length > longestPath || parts.some((part) => Buffer.byteLength(part) > longestName)) return problem('name-too-long');
  return parts.length > deepest ? problem('path-too-deep') : { parts };
}

/** Names with the same key are one name on a machine that does not tell case or ways to write an accent apart. */
export const keyOf = (path: string): string => path.normalize('NFC').toLowerCase();

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Where a link leads, with all links on its way followed by their names. `links`: key of a path → target. */
export function leadsTo(path: string, links: ReadonlyMap<string, string>): 'inside' | 'outside' | 'circle' {
  const at = path.split('/').slice(0, -1);
  let ahead = [...(links.get(keyOf(path)) ?? '').split('/')];
  if (isAbsolute(links.get(keyOf(path)) ?? '')) return 'outside';
  for (let followed = 0; ahead.length > 0; ) {
    const part = ahead.shift();
    if (part === undefined || part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return 'outside';
      continue;
    }
    at.push(part);
    const target = links.get(keyOf(at.join('/')));
    if (target === undefined) continue;
    if (isAbsolute(target)) return 'outside';
    if (++followed > 40) return 'circle';
    at.pop();
    ahead = [...target.split('/'), ...ahead];
  }
  return 'inside';
}

const isAbsolute = (target: string): boolean => /^(?:\/|[A-Za-z]:|.*\\)/s.test(target);
