import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { text } from '../../lab/text.ts';
import { loadPlain } from '../../platform/plain-file.ts';

const lock = z.object({ packages: z.record(z.string(), z.object({ resolved: z.string().optional() })) });

/**
 * What a package.json writes to depend on this program: `file:` with a folder or archive, or `^0.1.0` if it came from a registry. `root`: its own folder.
 * Undefined: npm has not noted where it came from. npm notes that beside the packages that it installs
 * (docs.npmjs.com/cli/configuring-npm/package-lock-json#hidden-lockfiles).
 */
export async function dependencyOn(root: string, version: string): Promise<string | undefined> {
  const folder = dirname(root);
  if (basename(folder) !== 'node_modules') return `file:${root}`;
  const bytes = await loadPlain(join(folder, '.package-lock.json'), {
    maxBytes: 20_000_000,
    code: 'E_STATE',
    hint: text('install labwright again', '請重新安裝 labwright'),
  });
  if (!bytes) return undefined;
  const resolved = lock.safeParse(JSON.parse(bytes.toString('utf8'))).data?.packages[`node_modules/${basename(root)}`]?.resolved;
  if (resolved === undefined) return undefined;
  return resolved.startsWith('file:') ? `file:${resolve(dirname(folder), resolved.slice('file:'.length))}` : `^${version}`;
}
