import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { root } from '../../src/platform/package-root.ts';
import { removeAtExit } from './folder.ts';

/** Compiles a TypeScript program and all its imports by absolute path into one file, for tests that start it several times. Returns the file's path. */
export function compile(source: string): string {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const dir = mkdtempSync(join(cache, 'labwright-program-'));
  removeAtExit(dir);
  const outfile = join(dir, 'program.mjs');
  buildSync({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
}

/** The absolute path of a source file, as a string literal for an `import`. */
export const source = (path: string): string => JSON.stringify(join(root, path));
