import { createHash } from 'node:crypto';
import { isInvisible, printable, textOf } from '../../../formats/untrusted-text.ts';
import type { RefusalCode } from '../refusal.ts';

/** Linux's limit for a name, and a limit for paths that leaves space for the parent folder. */
const longestName = 255;
const longestPath = 1024;
const deepest = 32;

/** The parts of a path; `odd`: the bytes of parts that are not UTF-8, by index. In `parts` they are escaped. */
export type Named =
  | { readonly parts: readonly string[]; readonly odd: ReadonlyMap<number, Uint8Array> }
  | { readonly problem: RefusalCode; readonly shown: string };

const slash = 0x2f;

/**
 * The names in a path as bytes, without empty ones and `.`; the encoding does not matter: in all known ones `/` is a separate
 * byte.
 */
export function bytePartsOf(path: Uint8Array): Buffer[] {
  const bytes = Buffer.from(path.buffer, path.byteOffset, path.length);
  const parts: Buffer[] = [];
  for (let from = 0; from <= bytes.length; ) {
    const found = bytes.indexOf(slash, from);
    const end = found < 0 ? bytes.length : found;
    const part = bytes.subarray(from, end);
    if (part.length > 0 && !(part.length === 1 && part[0] === 0x2e)) parts.push(part);
    from = end + 1;
  }
  return parts;
}

/** The parts of a path in an archive or a folder; empty: the folder itself. */
export function partsOf(path: Uint8Array): Named {
  const bytes = bytePartsOf(path);
  const texts = bytes.map(textOf);
  const odd = new Map(bytes.flatMap((part, at) => (texts[at] === undefined ? [[at, part] as const] : [])));
  const parts = bytes.map((part, at) => texts[at] ?? escapedName(part));
  const shown = odd.size === 0 ? Buffer.from(path).toString('utf8') : parts.join('/');
  const problem = (code: RefusalCode): Named => ({ problem: code, shown });
  // macOS names the icon of a folder this way
  if (isInvisible(shown.replaceAll('Icon\r', ''))) return problem('name-invisible');
  // in a name that is not UTF-8 a backslash may be half a character
  if (texts.some((part) => part?.includes('\\'))) return problem('path-backslash');
  if (path[0] === slash || /^[A-Za-z]:/.test(shown)) return problem('path-absolute');
  if (parts.includes('..')) return problem('path-leaves-folder');
  const isTooLong = path.length > longestPath || shown.length > longestPath || bytes.some(({ length }) => length > longestName);
  if (isTooLong) return problem('name-too-long');
  return parts.length > deepest ? problem('path-too-deep') : { parts, odd };
}

/** A name that is not UTF-8, as stored on a disk: each byte becomes four characters, so a long one ends with a digest. */
function escapedName(name: Uint8Array): string {
  const shown = printable(name);
  if (shown.length <= longestName) return shown;
  return `${shown.slice(0, 200)}~${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

/** Names with the same key are one name on a machine that ignores case or the form of accents. */
export const keyOf = (path: string): string => path.normalize('NFC').toLowerCase();

/** Where a link leads, with all links on its way resolved by name. `links`: key of a path → target. */
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
