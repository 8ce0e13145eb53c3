import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../../formats/untrusted-text.ts';
import { readText } from '../policy/read-file.ts';
import { kindOf, type SourceFile } from './source-kinds.ts';

/** The texts of a submission that are compared, and its `.env`. */
export interface Sources {
  readonly files: readonly SourceFile[];
  readonly env: string;
}

/** For each submission. Larger files are no programs of a student. */
const limits = { files: 60, fileBytes: 64 * 1024, bytes: 128 * 1024, depth: 6, entries: 2000 };

/** Folders with the work of others, or of a tool. */
const foreign = new Set(['node_modules', 'site-packages', 'venv', 'env', 'vendor', 'target', 'dist', 'build', '__pycache__']);

/**
 * Reads the texts in a folder, absolute: those at the top first, in order of names. Follows no link, and leaves out what is too large, not UTF-8, or below
 * a folder of packages. No container may use the folder meanwhile.
 */
export function readSources(dir: string): Sources {
  const files: SourceFile[] = [];
  let left = limits.bytes;
  for (const path of pathsIn(dir)) {
    const shown = printable(path);
    const kind = kindOf(shown);
    if (kind === undefined || files.length >= limits.files) continue;
    const read = readText(join(dir, path), Math.min(left, limits.fileBytes));
    if (!('text' in read) || read.text.includes('\0')) continue;
    left -= Buffer.byteLength(read.text);
    files.push({ path: shown, kind, text: read.text });
  }
  const env = readText(join(dir, '.env'), limits.fileBytes);
  return { files, env: 'text' in env ? env.text : '' };
}

/** Regular files below a folder, those of a folder before those of its folders. */
function* pathsIn(dir: string): Generator<string> {
  const folders = [''];
  let left = limits.entries;
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    for (const entry of entriesIn(join(dir, folder))) {
      left -= 1;
      if (left < 0) return;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const isOwn = !entry.name.startsWith('.') && !foreign.has(entry.name) && path.split('/').length < limits.depth;
      if (entry.isDirectory() && isOwn) folders.push(path);
      else if (entry.isFile()) yield path;
    }
  }
}

/** In order of names. A folder that cannot be read has none: what is compared must not affect a grade. */
function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch {
    return [];
  }
}
