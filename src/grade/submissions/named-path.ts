import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { printable } from '../../formats/untrusted-text.ts';
import { folderTree } from './tree.ts';

/** A path that a person named. */
export interface NamedPath {
  readonly real: Buffer;
  /** Its last name, which is known only in full: what `.` is called. */
  readonly name: string;
  /** As it was named, printable. */
  readonly shown: string;
}

/**
 * Finds what a path of the command line means. Node reads arguments as UTF-8: in a name that is not (`lab grade class/*`), what could not be read is U+FFFD.
 * Such a name is looked for in its folder; of several that read alike, the `nth` (from 0) is meant. Rejects with what the system says.
 */
export async function findNamed(path: string, nth: number): Promise<NamedPath> {
  const full = resolve(path);
  try {
    return { real: await realpath(full, { encoding: 'buffer' }), name: basename(full), shown: path };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !full.includes(deducted)) throw error;
    const found = await findMisdecoded(full, nth);
    if (!found) throw error;
    return { ...found, shown: join(dirname(path), printable(found.name)) };
  }
}

const deducted = '\ufffd';

async function findMisdecoded(full: string, nth: number): Promise<Pick<NamedPath, 'real' | 'name'> | undefined> {
  const parts = full.split('/').filter((part) => part !== '');
  let real = Buffer.from('/');
  let name = '';
  for (const [at, part] of parts.entries()) {
    const tree = folderTree(real);
    const alike = part.includes(deducted)
      ? (await tree.children('')).filter((child) => tree.bytesOf(child.name).toString() === part)
      : [{ name: part }];
    const meant = alike[at === parts.length - 1 ? nth : 0];
    if (!meant) return undefined;
    name = meant.name;
    real = await realpath(Buffer.concat([real, Buffer.from('/'), tree.bytesOf(name)]), { encoding: 'buffer' });
  }
  return { real, name };
}
