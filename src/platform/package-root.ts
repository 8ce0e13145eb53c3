import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with package.json, from `src` as well as from the built `dist/src`. */
function locateRoot(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    try {
      const found = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as { name?: string; version: string };
      if (found.name === 'labwright') return at;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(at) === at) throw error;
    }
  }
}

export const root = locateRoot();
/** The tutorials' files. */
export const assets = join(root, 'assets');
export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** SHA-256, hexadecimal, of the program, its tutorials and their files: equal on machines whose labwright grades alike. */
export function programBuild(): string {
  const hash = createHash('sha256').update(version);
  // the built program is what runs, unless it runs from its sources
  const program = import.meta.url.endsWith('.ts') ? ['src', 'labs'] : ['dist'];
  for (const folder of [...program, 'assets']) {
    const names = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(md|png|svg|map|d\.ts)$/.test(entry.name))
      .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
      .sort();
    for (const name of names) hash.update(`${name}\n`).update(readFileSync(join(root, name)));
  }
  return hash.digest('hex');
}
