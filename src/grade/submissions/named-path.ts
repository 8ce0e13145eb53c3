import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { printable } from '../../formats/untrusted-text.ts';
import { folderTree } from './tree.ts';

/** A path that the user named. */
export interface NamedPath {
  readonly real: Buffer;
  /** Its last part, for `.` the folder's real name. */
  readonly name: string;
  /** As the user named it, printable. */
  readonly shown: string;
}

/**
 * Resolves a path of the command line. Node reads arguments as UTF-8: in other names (`lab grade class/*`), undecodable bytes
 * become U+FFFD. Such a name is searched for in its folder; of several that look the same, the `nth` (from 0) is used. Rejects
 * with the system's error.
 */
export async function findNamed(path: string, nth: number): Promise<NamedPath> {
  const full = resolve(path);
  try {
    return { real: await realpath(full, { encoding: 'buffer' }), name: basename(full), shown: path };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !full.includes(replacementCharacter)) throw error;
    const found = await findMisdecoded(full, nth);
    if (!found) throw error;
    return { ...found, shown: join(dirname(path), printable(found.name)) };
  }
}

const replacementCharacter = '\ufffd';

async function findMisdecoded(full: string, nth: number): Promise<Pick<NamedPath, 'real' | 'name'> | undefined> {
  const parts = full.split('/').filter((part) => part !== '');
  let real = Buffer.from('/');
  let name = '';
  for (const [at, part] of parts.entries()) {
    const tree = folderTree(real);
    const alike = part.includes(replacementCharacter)
      ? (await tree.children('')).filter((child) => tree.bytesOf(child.name).toString() === part)
      : [{ name: part }];
    const meant = alike[at === parts.length - 1 ? nth : 0];
    if (!meant) return undefined;
    name = meant.name;
    real = await realpath(Buffer.concat([real, Buffer.from('/'), tree.bytesOf(name)]), { encoding: 'buffer' });
  }
  return { real, name };
}
