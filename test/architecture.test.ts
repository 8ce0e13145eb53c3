import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { breaks } from './fixtures/breaks.ts';

/** Enforces the rules in CONTRIBUTING.md. */

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Source {
  readonly path: string;
  readonly text: string;
  /** `text` without comments, which may mention anything. */
  readonly code: string;
  readonly imports: readonly string[];
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
      const imports = [...code.matchAll(importLine)].map((one) => one[1] ?? one[2] ?? '');
      return { path: relative(root, file).split(sep).join('/'), text, code, imports };
    });
}
const src = read('src');
const labs = read('labs');
const sources = [...src, ...labs];

/** The file that a relative import names; undefined for a package. */
const target = (from: Source, specifier: string): string | undefined =>
  specifier.startsWith('.') ? join(dirname(from.path), specifier).split(sep).join('/') : undefined;

/** The layers of src, lowest first. */
const layers: Readonly<Record<string, number>> = {
  'src/lab': 0,
  'src/formats': 0,
  'src/platform': 1,
  'src/docker': 1,
  'src/checks': 1,
  'src/run': 2,
  'src/report': 3,
  'src/learn': 3,
  'src/authoring': 3,
  'src/grade': 3,
  'src/cli': 4,
};
const folderOf = (path: string): string => path.split('/').slice(0, 2).join('/');
const none = (wrong: readonly string[]) => assert.equal(wrong, []);

test('every file of src belongs to a layer', () => {
  none(src.map(({ path }) => path).filter((path) => path !== 'src/index.ts' && layers[folderOf(path)] === undefined));
});

test('a file imports from its own layer or a lower one; folders of layer 3 do not import each other', () => {
  const allowed = (from: string, to: string): boolean => {
    const [own, other] = [folderOf(from), folderOf(to)];
    if (from === 'src/index.ts') return (layers[other] ?? 9) <= 2;
    // labs are data: only the command line imports them, and passes them on
    if (to.startsWith('labs/')) return own === 'src/cli';
    const [layer, below] = [layers[own] ?? -1, layers[other] ?? 9];
    return own === other || below < layer || (below === layer && layer !== 3);
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

test('code in src contains no service name of a tutorial; comments may, as an example or a fact', () => {
  const services = /flask|redis|nginx|netshoot|gunicorn/i;
  // the queue of a class is on such a server too: its program, its addresses, and the package
  const isOfQueue = (path: string, line: string) =>
    path.startsWith('src/grade/queue/') ? !/flask|nginx|netshoot|gunicorn/i.test(line) : /rediss?:\/\//.test(line);
  none(
    src.flatMap(({ path, code }) =>
      code
        .split('\n')
        .filter((line) => services.test(line) && !isOfQueue(path, line))
        .map((line) => `${path}: ${line.trim()}`),
    ),
  );
});

test('labs import only src/lab, src/checks and files of their own folder', () => {
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

test('each relative import names an existing file, with its extension', () => {
  const paths = new Set(sources.map(({ path }) => path));
  none(
    sources.flatMap((file) =>
      file.imports
        .map((specifier) => target(file, specifier))
        .filter((to) => to !== undefined && !paths.has(to))
        .map((to) => `${file.path} imports ${to}`),
    ),
  );
});

test('no import cycles, type imports included', () => {
  const edges = new Map(sources.map((file) => [file.path, file.imports.map((one) => target(file, one) ?? '')]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  none(cycles);
});

const owners: Readonly<Record<string, (path: string) => boolean>> = {
  zx: (path) => ['src/platform/shell.ts', 'src/platform/system-command.ts'].includes(path),
  undici: (path) => path === 'src/checks/evidence/http.ts',
  '@docker/node-sdk': (path) => ['src/docker/api/engine-api.ts', 'src/docker/api/http-client.ts'].includes(path),
  picocolors: (path) => path.startsWith('src/report/'),
  'log-update': (path) => path.startsWith('src/report/'),
  'string-width': (path) => path.startsWith('src/report/'),
  'fast-xml-builder': (path) => path === 'src/report/junit.ts' || path.startsWith('src/grade/export/'),
  'csv-stringify': (path) => path.startsWith('src/grade/export/'),
  'csv-parse': (path) => path.startsWith('src/grade/'),
  yauzl: (path) => path.startsWith('src/grade/submissions/'),
  'tar-stream': (path) => path.startsWith('src/grade/submissions/'),
  'fs-native-extensions': (path) => path === 'src/platform/lock.ts',
  'ipaddr.js': (path) => path === 'src/formats/cidr.ts',
  'http-cache-semantics': (path) => path.startsWith('src/grade/build-network/'),
  'iconv-lite': (path) => path === 'src/grade/submissions/names/encoding.ts',
  bullmq: (path) => path.startsWith('src/grade/queue/bull/'),
  ioredis: (path) => path.startsWith('src/grade/queue/bull/'),
  hono: (path) => path.startsWith('src/learn/web/server/') || path.startsWith('src/learn/class/'),
  '@hono/node-server': (path) => path.startsWith('src/learn/web/server/') || path.startsWith('src/learn/class/'),
  ws: (path) => path.startsWith('src/learn/web/server/'),
  '@lydell/node-pty': (path) => path.startsWith('src/learn/web/terminal/'),
  commander: (path) => path.startsWith('src/cli/args'),
};
test('each package is imported in one place only', () => {
  const packageOf = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  none(
    sources.flatMap((file) =>
      file.imports
        .filter((specifier) => owners[packageOf(specifier)]?.(file.path) === false)
        .map((specifier) => `${file.path} imports ${specifier}`),
    ),
  );
});

/** File → why it is allowed. Keep it empty if possible. */
const mayUseProcess: Readonly<Record<string, string>> = {
  'src/checks/evidence/http.ts': 'measures how long answers take',
};
test('lab, formats, checks and run use neither the process nor the clock', () => {
  const touch =
    /\bprocess\??\.[a-z]|['"]node:process['"]|\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\b|\bset(?:Timeout|Interval|Immediate)\b/;
  const found = src
    .filter(({ path }) => ['src/lab', 'src/formats', 'src/checks', 'src/run'].includes(folderOf(path)))
    .map(({ path, code }) => [path, touch.exec(code)?.[0]] as const)
    .filter(([, word]) => word !== undefined);
  none(found.filter(([path]) => !mayUseProcess[path]).map(([path, word]) => `${path}: ${word}`));
  none(Object.keys(mayUseProcess).filter((path) => !found.some(([used]) => used === path)));
});

test('text for people goes through src/formats/untrusted-text.ts', () => {
  const writes = /\bprocess\.std(?:out|err)\.write\b|\bconsole\.|\.stream\.write\b/;
  none(src.filter(({ path, code }) => path !== 'src/cli/main.ts' && writes.test(code)).map(({ path }) => path));
  const makesJson = (path: string) =>
    ['src/cli/', 'src/report/', 'src/grade/export/', 'src/grade/journal.ts'].some((one) => path.startsWith(one));
  none(src.filter(({ path, code }) => makesJson(path) && /\bJSON\.stringify\b/.test(code)).map(({ path }) => path));
});

/** File → what it opens, and why no other program can have put a named pipe there. `src/platform/plain-file.ts` opens all other files, and never blocks. */
const mayOpen: Readonly<Record<string, string>> = {
  'src/platform/plain-file.ts': 'the shared functions',
  'src/platform/atomic-file.ts': 'a new draft (O_EXCL), and a folder, to flush it',
  'src/platform/lock.ts': 'lock files, to write, without blocking; regular files only',
  'src/platform/package-root.ts': "the package's own package.json",
  'src/docker/embedded/images/recipes.ts': "the package's own assets",
  'src/docker/images/families.ts': "the package's own assets",
  'src/docker/embedded/mounts.ts': '/proc',
  'src/docker/embedded/processes.ts': '/proc',
  'src/docker/compose/orphans.ts': '/proc',
  'src/docker/compose/running-commands.ts': '/proc',
  'src/learn/web/terminal/session-processes.ts': '/proc',
  'src/docker/embedded/disks.ts': '/proc and /sys',
  'src/grade/sandbox/written-files.ts': '/proc',
  'src/grade/sandbox/reload.ts': '/proc',
  'src/docker/embedded/daemon.ts': 'a new log, after the one before was renamed',
  'src/run/journal.ts': 'a new draft (wx)',
  'src/grade/journal.ts': 'the output folder, to flush it',
  'src/grade/submissions/extractor.ts': 'files of its own (wx)',
  'src/report/sinks.ts': 'a report that is no pipe',
  'src/report/pipe-sink.ts': 'a pipe, without blocking',
};
test('only src/platform/plain-file.ts opens files that another program can replace', () => {
  const opener = /^(?:open|openSync|openAsBlob|readFile|readFileSync|createReadStream|copyFile|copyFileSync|promises)$/;
  const fromFs = /import\s*(?:\*\s*as\s+\w+|\w+|\{([^}]*)\})\s*from\s*'(?:node:)?fs(?:\/promises)?'/g;
  const opens = ({ code }: Source): boolean =>
    [...code.matchAll(fromFs)].some(([, named]) =>
      // a namespace or default import could open anything
      named === undefined ? true : named.split(',').some((one) => opener.test(one.trim().split(/\s+as\s+/)[0] ?? '')),
    );
  const found = src.filter(opens).map(({ path }) => path);
  none(found.filter((path) => !mayOpen[path]));
  none(Object.keys(mayOpen).filter((path) => !found.includes(path)));
});

test('a file has at most 400 lines', () => {
  const length = ({ text }: Source) => text.trimEnd().split('\n').length;
  none(sources.filter((file) => length(file) > 400).map((file) => `${file.path}: ${length(file)} lines`));
});

test('a composite signal is released by `using`, so that its sources keep no listener', () => {
  const made = sources
    .filter(({ path }) => path !== 'src/platform/any-signal.ts')
    .flatMap(({ path, code }) => code.split('\n').map((line) => `${path}: ${line.trim()}`))
    .filter((line) => line.includes('anySignal('));
  const kept = made.filter((line) => !/: using \w+ = anySignal\(/.test(line));
  // one for each source, which lives as long as that
  assert.equal(kept, ['src/platform/system-command.ts: const own = shared.get(signal) ?? anySignal(signal);']);
});

test('a folder of src or labs has at most 22 files', () => {
  const files = new Map<string, number>();
  for (const { path } of sources) files.set(dirname(path), (files.get(dirname(path)) ?? 0) + 1);
  none([...files].filter(([, count]) => count > 22).map(([folder, count]) => `${folder}: ${count} files`));
});

test('test/unit mirrors src', () => {
  const paths = new Set(src.map(({ path }) => path.replace(/\.ts$/, '')));
  const folders = new Set(src.map(({ path }) => dirname(path)));
  const mirrored = (path: string): boolean => {
    const own = path.replace('test/unit/', 'src/').replace(/\.test\.ts$/, '');
    return paths.has(own) || folders.has(dirname(own));
  };
  none(
    read('test/unit')
      .map(({ path }) => path)
      .filter((path) => path.endsWith('.test.ts') && !mirrored(path)),
  );
});

test('only the step driver gathers baselines and polls checks', () => {
  const own = ['src/run/poll-checks.ts', 'src/run/perform-step.ts'];
  none(
    src.filter(({ path, code }) => !own.includes(path) && /\b(?:pollChecks|gatherBaseline)\b/.test(code)).map(({ path }) => path),
  );
});

test('no file in src is called utils or helpers', () => {
  none(src.map(({ path }) => path).filter((path) => path.split('/').some((part) => /^(utils?|helpers?)(\.|$)/.test(part))));
});

test('the line that slow/breaking.test.ts changes in each check exists once', () => {
  const text = (path: string) => sources.find((one) => one.path === path)?.text ?? '';
  const unknown = breaks.filter(({ file, from }) => text(file).split(from).length !== 2);
  assert.equal(
    unknown.map(({ file, from }) => `${file}: ${from}`),
    [],
  );
});

test('every test file runs its tests', () => {
  const files = read('test').filter(({ path }) => path.endsWith('.test.ts'));
  none(files.filter(({ code }) => !/\.run\(\);?\s*$/m.test(code)).map(({ path }) => path));
});

test('the top level has no unknown files', () => {
  const known = ['package.json', 'package-lock.json', 'labs', 'src', 'assets', 'test'];
  const documents = ['README.md', 'README.zh-TW.md', 'CONTRIBUTING.md', 'LICENSE', 'biome.json', 'build.mjs'];
  const stray = (name: string) =>
    !known.includes(name) && !documents.includes(name) && !name.startsWith('.') && !/^tsconfig(\..+)?\.json$/.test(name);
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8')
    .split('\n')
    .map((line) => line.replace('/', ''));
  none(readdirSync(root).filter((name) => !ignored.includes(name) && stray(name)));
});

test.run();
