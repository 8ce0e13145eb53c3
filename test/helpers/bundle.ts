import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/**
 * Bundles test files into a new folder, so that each file starts ten times as fast as when its hundreds of modules are compiled. Returns a map from source
 * path to bundled file, and a function that removes the folder. Throws esbuild's error if a file cannot be compiled.
 */
export async function bundle(
  root: string,
  paths: readonly string[],
): Promise<{ files: ReadonlyMap<string, string>; remove(): void }> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const outdir = mkdtempSync(join(cache, 'labwright-tests-'));
  const remove = () => rmSync(outdir, { recursive: true, force: true });
  try {
    await build({
      absWorkingDir: root,
      entryPoints: [...paths],
      outbase: root,
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      packages: 'external',
      sourcemap: true,
      logLevel: 'silent',
      plugins: [ownLocation],
    });
  } catch (error) {
    remove();
    throw error;
  }
  return { files: new Map(paths.map((path) => [path, join(outdir, path.replace(/\.ts$/, '.mjs'))])), remove };
}

/** Keeps the original `import.meta` of each module, so that tests find fixtures relative to their sources. */
const ownLocation: Plugin = {
  name: 'own-location',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!source.includes('import.meta.')) return undefined;
      const contents = source
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
      return { contents, loader: 'ts' };
    });
  },
};
