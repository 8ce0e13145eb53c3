// Bundles the program and the packages that it uses into a few files: from hundreds of files, it takes half as long again to start. The types and the
// library stay as the compiler wrote them.
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const outdir = 'dist/src/cli';
rmSync(`${outdir}/chunks`, { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: ['src/cli/main.ts'],
  outdir,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // the SDK's ssh and the native locks find files beside their own, as the loader of TypeScript and the queue do; undici is the one that the SDK uses
  external: ['@docker/node-sdk', 'fs-native-extensions', 'undici', 'jiti', 'bullmq', 'ioredis', '@lydell/node-pty'],
  // packages in the older form ask for `require`
  banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  logLevel: 'warning',
  legalComments: 'none',
  metafile: true,
});

// The page of `lab learn --web`, for browsers.
const pageSource = 'src/learn/web/page';
const page = await build({
  entryPoints: [`${pageSource}/main.tsx`, `${pageSource}/main.css`],
  outdir: `dist/${pageSource}`,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome110', 'firefox110', 'safari16'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
  legalComments: 'none',
  metafile: true,
});

for (const file of ['index.html', 'favicon.svg']) copyFileSync(`${pageSource}/${file}`, `dist/${pageSource}/${file}`);

// The page of `lab class`.
const wall = await build({
  entryPoints: ['src/learn/class/page/main.tsx', 'src/learn/class/page/main.css'],
  outdir: 'dist/src/learn/class/page',
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
  legalComments: 'none',
  metafile: true,
});

// The licences of the bundled packages.
const packages = new Set(
  [metafile, page.metafile, wall.metafile]
    .flatMap(({ inputs }) => Object.keys(inputs))
    .flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
);
const licences = [...packages].sort().map((name) => {
  const folder = `node_modules/${name}`;
  const { version, license, licenses } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${name} ${version} (${license ?? licenses?.[0]?.type})\n\n${file ? readFileSync(`${folder}/${file}`, 'utf8').trim() : ''}\n`;
});
writeFileSync(`${outdir}/LICENCES.txt`, licences.join(`\n${'-'.repeat(80)}\n\n`));
