import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** The rules of the house (CONTRIBUTING.md), held. */

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Source {
  readonly path: string;
  readonly text: string;
  /** Without comments, so that what is only spoken of is not taken for done. */
  readonly code: string;
  readonly imports: readonly string[];
  /** Those of `imports` that are there when it runs: types may know one another both ways. */
  readonly runtime: readonly string[];
}

const comments = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;
const importLine = /(?:^|[\s;])(?:import|export)\s(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

function read(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const text = readFileSync(file, 'utf8');
      const code = text.replace(comments, '');
      const found = [...code.matchAll(importLine)].map((one) => ({ line: one[0].trim(), to: one[1] ?? one[2] ?? '' }));
      const imports = found.map(({ to }) => to);
      const runtime = found.filter(({ line }) => !/^(?:import|export)\s+type\s/.test(line)).map(({ to }) => to);
      return { path: relative(root, file).split(sep).join('/'), text, code, imports, runtime };
    });
}
const src = read('src');
const labs = read('labs');
const house = [...src, ...labs];

/** The file that a relative import names; undefined for a package. */
const target = (from: Source, specifier: string): string | undefined =>
  specifier.startsWith('.') ? join(dirname(from.path), specifier).split(sep).join('/') : undefined;

const floors: Readonly<Record<string, number>> = {
  'src/lab': 0,
  'src/checks': 1,
  'src/engine': 1,
  'src/probe': 1,
  'src/run': 2,
  'src/learn': 3,
  'src/gate': 3,
  'src/grade': 3,
  'src/report': 3,
  'src/cli': 4,
};
const folderOf = (path: string): string => path.split('/').slice(0, 2).join('/');
const none = (wrong: readonly string[]) => assert.equal(wrong, []);

test('every file of src stands on a floor', () => {
  none(src.map(({ path }) => path).filter((path) => path !== 'src/index.ts' && floors[folderOf(path)] === undefined));
});

test('a file imports from its own floor or a lower one, and floors 3 ignore each other', () => {
  const allowed = (from: string, to: string): boolean => {
    const [own, other] = [folderOf(from), folderOf(to)];
    if (from === 'src/index.ts') return (floors[other] ?? 9) <= 2;
    // labs are data: the command line hands them to whoever needs them
    if (to.startsWith('labs/')) return own === 'src/cli';
    const [floor, below] = [floors[own] ?? -1, floors[other] ?? 9];
    return own === other || below < floor || (below === floor && floor !== 3);
  };
  none(
    src.flatMap((file) =>
      file.imports
        .map((specifier) => target(file, specifier))
        .filter((to) => to !== undefined && !allowed(file.path, to))
        .map((to) => `${file.path} imports ${to}`),
    ),
  );
});

test('labs import only the words of the house, its checks, and their own folder', () => {
  const allowed = (from: string, to: string): boolean =>
    ['src/lab', 'src/checks'].includes(folderOf(to)) ||
    (to.startsWith('labs/') && (from.split('/').length === 2 || folderOf(to) === folderOf(from)));
  none(
    labs.flatMap((file) =>
      file.imports
        .filter((specifier) => !allowed(file.path, target(file, specifier) ?? ''))
        .map((specifier) => `${file.path} imports ${specifier}`),
    ),
  );
});

test('imports name files that are there, with their ending', () => {
  const paths = new Set(house.map(({ path }) => path));
  none(
    house.flatMap((file) =>
      file.imports
        .map((specifier) => target(file, specifier))
        .filter((to) => to !== undefined && !paths.has(to))
        .map((to) => `${file.path} imports ${to}`),
    ),
  );
});

test('no imports in a circle', () => {
  const edges = new Map(house.map((file) => [file.path, file.runtime.map((one) => target(file, one) ?? '')]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  none(circles);
});

const doors: Readonly<Record<string, (path: string) => boolean>> = {
  zx: (path) => path === 'src/engine/compose.ts' || path.startsWith('src/engine/private/'),
  undici: (path) => path === 'src/probe/http.ts',
  '@docker/node-sdk': (path) => path === 'src/engine/api.ts',
  picocolors: (path) => path.startsWith('src/report/'),
  'log-update': (path) => path.startsWith('src/report/'),
  'string-width': (path) => path.startsWith('src/report/'),
  'fast-xml-builder': (path) => path === 'src/report/junit.ts' || path.startsWith('src/grade/out/'),
  'csv-stringify': (path) => path.startsWith('src/grade/out/'),
  'csv-parse': (path) => path.startsWith('src/grade/'),
  yauzl: (path) => path.startsWith('src/grade/intake/'),
  'tar-stream': (path) => path.startsWith('src/grade/intake/'),
  'fs-native-extensions': (path) => path === 'src/engine/lock.ts',
  'iconv-lite': (path) => path === 'src/grade/intake/encoding.ts',
  commander: (path) => path === 'src/cli/args.ts',
};
test('one package, one door', () => {
  const packageOf = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  none(
    house.flatMap((file) =>
      file.imports
        .filter((specifier) => doors[packageOf(specifier)]?.(file.path) === false)
        .map((specifier) => `${file.path} imports ${specifier}`),
    ),
  );
});

/** File → why it may. Keep it empty if you can. */
const mayTouchTheWorld: Readonly<Record<string, string>> = {};
test('lab, checks and run touch neither the process nor the clock', () => {
  const touch =
    /\bprocess\??\.[a-z]|['"]node:process['"]|\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\b|\bset(?:Timeout|Interval|Immediate)\b/;
  const found = src
    .filter(({ path }) => ['src/lab', 'src/checks', 'src/run'].includes(folderOf(path)))
    .map(({ path, code }) => [path, touch.exec(code)?.[0]] as const)
    .filter(([, word]) => word !== undefined);
  none(found.filter(([path]) => !mayTouchTheWorld[path]).map(([path, word]) => `${path}: ${word}`));
  none(Object.keys(mayTouchTheWorld).filter((path) => !found.some(([used]) => used === path)));
});

test('what is written for people goes through src/lab/untrusted-text.ts', () => {
  const writes = /\bprocess\.std(?:out|err)\.write\b|\bconsole\.|\.stream\.write\b/;
  none(src.filter(({ path, code }) => path !== 'src/cli/main.ts' && writes.test(code)).map(({ path }) => path));
  const makesJson = (path: string) =>
    ['src/cli/', 'src/report/', 'src/grade/out/', 'src/grade/journal.ts'].some((one) => path.startsWith(one));
  none(src.filter(({ path, code }) => makesJson(path) && /\bJSON\.stringify\b/.test(code)).map(({ path }) => path));
});

/** File → what it opens, and why no other program can have put a named pipe there. All else is opened by `src/engine/plain-file.ts`, which blocks on nothing. */
const mayOpen: Readonly<Record<string, string>> = {
  'src/engine/plain-file.ts': 'the shared functions',
  'src/engine/lock.ts': 'lock files, to write, without blocking; regular files only',
  'src/engine/needed-images.ts': "the package's own assets",
  'src/engine/package.ts': "the package's own package.json",
  'src/engine/private/recipes.ts': "the package's own assets",
  'src/engine/private/mounts.ts': '/proc',
  'src/engine/private/processes.ts': '/proc',
  'src/engine/orphans.ts': '/proc',
  'src/engine/private/disks.ts': '/proc and /sys',
  'src/grade/written.ts': '/proc',
  'src/engine/private/daemon.ts': 'a new log, after the one before was renamed',
  'src/run/journal.ts': 'a new draft (wx)',
  'src/run/workspace.ts': "a copy of the package's own assets that was just made",
  'src/grade/journal.ts': 'the output folder, to flush it',
  'src/grade/out/place.ts': 'a new draft (O_EXCL), and a folder, to flush it',
  'src/grade/intake/landing.ts': 'files of its own (wx)',
  'src/report/output.ts': 'a report that is no pipe',
  'src/report/pipe-outlet.ts': 'a pipe, without blocking',
};
test('files that another program can replace are opened by the shared function only', () => {
  const opener = /^(?:open|openSync|openAsBlob|readFile|readFileSync|createReadStream|copyFile|copyFileSync|promises)$/;
  const fromFs = /import\s*(?:\*\s*as\s+\w+|\w+|\{([^}]*)\})\s*from\s*'(?:node:)?fs(?:\/promises)?'/g;
  const opens = ({ code }: Source): boolean =>
    [...code.matchAll(fromFs)].some(([, named]) =>
      // a whole module under one name could open anything
      named === undefined ? true : named.split(',').some((one) => opener.test(one.trim().split(/\s+as\s+/)[0] ?? '')),
    );
  const found = src.filter(opens).map(({ path }) => path);
  none(found.filter((path) => !mayOpen[path]));
  none(Object.keys(mayOpen).filter((path) => !found.includes(path)));
});

test('a file says one thing: at most 250 lines', () => {
  const length = ({ text }: Source) => text.trimEnd().split('\n').length;
  none(house.filter((file) => length(file) > 250).map((file) => `${file.path}: ${length(file)} lines`));
});

test('nothing in src is called utils or helpers', () => {
  none(src.map(({ path }) => path).filter((path) => path.split('/').some((part) => /^(utils?|helpers?)(\.|$)/.test(part))));
});

test('every test file runs its tests', () => {
  const files = read('test').filter(({ path }) => path.endsWith('.test.ts'));
  none(files.filter(({ code }) => !/\.run\(\);?\s*$/m.test(code)).map(({ path }) => path));
});

test('the tree has no stray at its top', () => {
  const known = ['package.json', 'package-lock.json', 'labs', 'src', 'assets', 'test'];
  const papers = ['README.md', 'CONTRIBUTING.md', 'LICENSE', 'biome.json', 'build.mjs'];
  const stray = (name: string) =>
    !known.includes(name) && !papers.includes(name) && !name.startsWith('.') && !/^tsconfig(\..+)?\.json$/.test(name);
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8')
    .split('\n')
    .map((line) => line.replace('/', ''));
  none(readdirSync(root).filter((name) => !ignored.includes(name) && stray(name)));
});

test.run();
