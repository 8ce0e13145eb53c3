import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../labs/index.ts';
import { buildModes } from '../../src/grade/build-network/build-network.ts';
import { standardHosts } from '../../src/grade/build-network/package-hosts.ts';
import { loadRubric, standardRubric } from '../../src/grade/rubric/rubric.ts';
import { errorCodes } from '../../src/lab/error.ts';
import { langs } from '../../src/lab/text.ts';
import { root } from '../../src/platform/package-root.ts';
import { checksOf } from '../helpers/counts.ts';
import { lab } from '../helpers/lab.ts';
import { themeNames } from '../helpers/terminal-svg.ts';

/** Compares the documentation with the program: commands, options, errors, examples, links. `UPDATE_GOLDEN=1` copies the example lab into labs/README.md. */

const filesBelow = (path: string): string[] =>
  readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const folderReadmes = ['src', 'labs', 'test', 'assets']
  .flatMap(filesBelow)
  .filter((path) => path.endsWith('/README.md') && !path.startsWith('test/fixtures/'));
const pages: readonly string[] = ['README.md', 'README.zh-TW.md', 'CONTRIBUTING.md', ...folderReadmes];
const none = (wrong: readonly string[]) => assert.equal(wrong, []);

/** Each line, and whether it belongs to a fenced code block. */
function linesOf(text: string): { readonly line: string; readonly fenced: boolean }[] {
  let fenced = false;
  return text.split('\n').map((line) => {
    const fence = line.startsWith('```');
    if (fence) fenced = !fenced;
    return { line, fenced: fenced || fence };
  });
}
const prose = (text: string): string =>
  linesOf(text)
    .filter(({ fenced }) => !fenced)
    .map(({ line }) => line)
    .join('\n');
const headings = (text: string): string[] => prose(text).match(/^#+ .+$/gm) ?? [];

/** A heading with its text, up to the next heading of the same or a higher level. Throws if the heading is missing. */
function section(path: string, heading: string): string {
  const lines = linesOf(read(path));
  const start = lines.findIndex(({ line, fenced }) => !fenced && line === heading);
  assert.ok(start >= 0, `${path} has no ${heading}`);
  const level = heading.indexOf(' ');
  const length = lines
    .slice(start + 1)
    .findIndex(({ line, fenced }) => !fenced && /^#+ /.test(line) && line.indexOf(' ') <= level);
  return lines
    .slice(start, length < 0 ? undefined : start + 1 + length)
    .map(({ line }) => line)
    .join('\n');
}
const rows = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
const words = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
/** The commands of shell blocks, without comments. */
const shellLines = (text: string): string[] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .split('\n')
      .map((line) => line.replace(/(?:^|\s+)#.*$/, ''))
      .filter((line) => line !== ''),
  );

test('the first two commands in README are the ones to run and to test', () => {
  for (const path of ['README.md', 'README.zh-TW.md'])
    assert.equal(shellLines(read(path)).slice(0, 2), ['npm ci && npx lab run', 'npm ci && npm test'], path);
});

test('README has at most 10 KB, CONTRIBUTING at most 5 KB', () => {
  for (const [path, limit] of [
    ['README.md', 10_240] as const,
    ['README.zh-TW.md', 10_240] as const,
    ['CONTRIBUTING.md', 5120] as const,
  ]) {
    const size = Buffer.byteLength(read(path));
    assert.ok(size <= limit, `${path}: ${size} bytes`);
  }
});

test('README has the same headings, commands, names and links in both languages', () => {
  const [english, chinese] = [read('README.md'), read('README.zh-TW.md')];
  const outline = (text: string) => headings(text).map((line) => line.indexOf(' '));
  const links = (text: string) =>
    linksOf(text).map((link) => link.replace(/-(?:en|zh-TW)-/, '-').replace(/^README(?:\.zh-TW)?\.md$/, 'README'));
  assert.equal(outline(chinese), outline(english));
  assert.equal(shellLines(chinese), shellLines(english));
  assert.equal(words(prose(chinese)).sort(), words(prose(english)).sort());
  assert.equal(links(chinese).sort(), links(english).sort());
});

const cliPage = 'src/cli/README.md';

/** The names in the command list of `lab --help`. */
async function commandNames(): Promise<string[]> {
  const help = (await lab(['--help'])).stdout;
  const names = [...(help.split('\nCommands:\n')[1]?.split('\n\n')[0] ?? '').matchAll(/^ {2}(\w+)/gm)].map(
    ([, name = '']) => name,
  );
  assert.ok(names.length >= 6, help);
  return names;
}

test('the page of commands documents every command with all its options and actions', async () => {
  const commands = await commandNames();
  const common = section(cliPage, '## Common options');
  const documented = [...section(cliPage, '## Commands').matchAll(/^### `lab (\w+)`/gm)].map(([, name]) => name);
  assert.equal([...documented].sort(), [...commands].sort());
  await Promise.all(
    commands.map(async (name) => {
      const own = section(cliPage, `### \`lab ${name}\``);
      const help = name === 'help' ? '' : (await lab([name, '--help'])).stdout;
      const options = [...help.matchAll(/(?<=^ {2}(?:-\w, )?)--[a-z-]+/gm)].map(([option]) => option);
      none(
        options
          .filter((option) => !own.includes(`\`${option}`) && !common.includes(`\`${option}`))
          .map((option) => `lab ${name} ${option}`),
      );
      const actions = /^ {2}action +(.+)$/m.exec(help)?.[1]?.split(/, | or /) ?? [];
      for (const action of actions) assert.match(own, new RegExp(`lab ${name} ${action}\\b`));
      assert.match(own, /^```sh\n[\s\S]*?lab /m, `lab ${name}: no example`);
    }),
  );
  const ofPurge = [...(await lab(['grade', 'purge', '--help'])).stdout.matchAll(/(?<=^ {2}(?:-\w, )?)--[a-z-]+/gm)];
  const grading = section(cliPage, '### `lab grade`').split('| option of `purge`')[1] ?? '';
  assert.ok(ofPurge.length >= 5);
  none(ofPurge.map(([option]) => option).filter((option) => !grading.includes(`\`${option}`) && !common.includes(`\`${option}`)));
  for (const option of ['--version', '--help']) assert.ok(common.includes(`\`${option}\``), option);
});

test('every command, npm script and file that a page mentions exists', async () => {
  const commands = new Set(await commandNames());
  const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
  const builtIn = ['ci', 'test', 'pack'];
  const wrong = pages.flatMap((path) => {
    const text = read(path);
    const code = [...shellLines(text), ...words(prose(text))];
    const used = code.flatMap((line) => [...line.matchAll(/(?:^|&& |\()(?:npx )?lab ([a-z]+)/g)]).map(([, name = '']) => name);
    const npm = code
      .flatMap((line) => [...line.matchAll(/\bnpm (run )?([a-z:]+)/g)])
      .filter(([, , name = '']) => !builtIn.includes(name));
    const named = words(prose(text)).filter((word) => /^(?:src|labs|test|assets)\/[\w./-]+(?:\/|\.\w+)$/.test(word));
    return [
      ...used.filter((name) => !commands.has(name)).map((name) => `${path}: lab ${name}`),
      ...npm.filter(([, , name = '']) => scripts[name] === undefined).map(([line]) => `${path}: ${line}`),
      ...named
        .filter((file) => !existsSync(join(root, file)) && !exampleFiles.some((one) => one.startsWith(file)))
        .map((file) => `${path}: ${file}`),
    ];
  });
  none(wrong);
});

test('the table of errors contains every code, with its exit code', () => {
  const table = rows(section(cliPage, '## Errors')).filter(([code]) => code?.startsWith('`E_'));
  assert.equal(
    table.map(([code, exit]) => `${words(code)[0]} ${exit}`).sort(),
    Object.entries(errorCodes)
      .map(([code, exit]) => `${code} ${exit}`)
      .sort(),
  );
  for (const [code, , meaning = '', remedy = ''] of table) assert.ok(meaning.length > 10 && remedy.length > 10, code);
});

test('the table of exit codes contains every exit code of an error', () => {
  const documented = [...section(cliPage, '## Exit codes').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  none([0, 1, 70, ...Object.values(errorCodes)].filter((code) => !documented.includes(code)).map(String));
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}
/** Maps the path of every object of a schema to the names of its fields. */
function fieldsOf(schema: Schema, at = ''): Record<string, string[]> {
  const inner = schema.items ?? schema.anyOf?.find((one) => one.properties);
  if (inner) return fieldsOf(inner, schema.items ? `${at}[]` : at);
  if (!schema.properties) return {};
  return Object.assign(
    { [at || 'report']: Object.keys(schema.properties).sort() },
    ...Object.entries(schema.properties).map(([name, one]) => fieldsOf(one, at ? `${at}.${name}` : name)),
  );
}

test('the table of the JSON report matches its schema', () => {
  const schema = JSON.parse(read('assets/report.schema.json')) as Schema;
  const table = rows(section('src/report/README.md', '## JSON')).map(([object, fields]) => [
    words(object)[0],
    words(fields).sort(),
  ]);
  assert.equal(Object.fromEntries(table), fieldsOf(schema));
});

test('the page about grading names each mode of the network of builds, the standard hosts, and each key of a rubric', async () => {
  const page = 'src/grade/README.md';
  const network = section(page, '## Network of builds');
  assert.equal(
    rows(network).map(([mode]) => words(mode)[0]),
    buildModes,
  );
  const listed = /^- \*\*Default list:\*\* (.*?)\. A list/m.exec(network)?.[1] ?? '';
  assert.equal(words(listed), standardHosts);
  const [tutorial] = tutorials;
  assert.ok(tutorial);
  const keys = section(page, '## Rubric');
  // `term` has the keys `deadline` and `attempts`
  const computed = ['path', 'hash', 'max', 'tutorial', 'unlisted', 'term'];
  for (const key of ['deadline', 'attempts']) assert.ok(keys.includes(`\`${key}\``), key);
  const rubric = await loadRubric(standardRubric(tutorial), tutorial);
  none(Object.keys(rubric).filter((key) => !computed.includes(key) && !keys.includes(`\`${key}\``)));
});

/** The rows of text in a picture. */
function pictureRows(path: string): string[] {
  const texts = new Map<string, string[]>();
  for (const [, y = '', text = ''] of read(path).matchAll(/<text x="[\d.]+" y="(\d+)"[^>]*>([^<]*)</g))
    texts.set(y, [...(texts.get(y) ?? []), text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))]);
  return [...texts.values()].map((row) => row.join(' '));
}

test("README's pictures show the tutorial's current steps, claims and counts (update: npm run picture)", () => {
  const labs = tutorials[0]?.labs ?? [];
  for (const lang of langs) {
    const claims = labs.flatMap(({ steps }) => steps.flatMap(({ verify }) => verify.map(({ claim }) => claim[lang])));
    const titles = labs.flatMap(({ id, steps }) => steps.map((step) => `${step.title[lang]} ${id}/${step.id}`));
    for (const theme of themeNames) {
      const path = `assets/run-${lang}-${theme}.svg`;
      const shown = pictureRows(path).map((row) => row.replace(/ -+ /, ' '));
      const drawn = shown.filter((row) => row.startsWith('✓ ')).map((row) => row.slice(2));
      assert.is(drawn.length, 2, path);
      none(drawn.filter((row) => !claims.some((claim) => row.startsWith(claim) || claim.startsWith(row))));
      assert.is(titles.filter((title) => shown.includes(title)).length, 2, path);
      // the verdict, before the line about `lab start`
      assert.match(shown.at(-2) ?? '', new RegExp(`\\b${labs.length}\\b.*\\b${checksOf()}\\b`), path);
    }
  }
});

test('src/README.md lists every folder of src', () => {
  const table = section('src/README.md', '## Folders');
  const folders = new Set(filesBelow('src').map((path) => `${dirname(path)}/`));
  none([...folders].filter((name) => name !== 'src/' && !table.includes(`\`${name}\``)));
});

/** The local targets of a page's links and pictures. */
function linksOf(text: string): string[] {
  const targets = [...prose(text).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, picture]) => link ?? picture ?? '',
  );
  return targets.filter((link) => !/^https?:/.test(link));
}

test('local links point to existing files and headings', () => {
  const anchors = (text: string) =>
    headings(text).map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_\- ]/gu, '')
        .replaceAll(' ', '-'),
    );
  none(
    pages.flatMap((path) =>
      linksOf(read(path))
        .filter((link) => {
          const [file = '', anchor] = link.split('#');
          const target = file === '' ? path : posix.join(posix.dirname(path), file);
          return !existsSync(join(root, target)) || (anchor !== undefined && !anchors(read(target)).includes(anchor));
        })
        .map((link) => `${path}: ${link}`),
    ),
  );
});

test('the npm package contains the rubrics, everything that README links to, and all files of the tutorials, also of empty folders', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], { cwd: root, encoding: 'utf8' });
  const [pack] = JSON.parse(output) as { files: { path: string }[] }[];
  const packed = pack?.files.map(({ path }) => path) ?? [];
  const targets = ['README.md', 'README.zh-TW.md'].flatMap((path) => linksOf(read(path)).map((link) => link.split('#')[0] ?? ''));
  none(targets.filter((target) => !packed.includes(target)));
  const tutorials = 'assets/compose-scale';
  const inMarkdown = ['labs/database', 'labs/failover'];
  none([tutorials, ...inMarkdown].flatMap(filesBelow).filter((path) => !packed.includes(path)));
  assert.ok(packed.includes(`${tutorials}/nginx/var/log/nginx/.gitkeep`));
  const rubrics = packed.filter((path) => path.startsWith('labs/compose-scale/') && path.endsWith('.yaml'));
  assert.equal(rubrics, ['labs/compose-scale/rubrics/rubric-base.yaml', 'labs/compose-scale/rubrics/rubric.yaml']);
});

const example = 'test/fixtures/author-lab';
const exampleFiles = filesBelow(example).map((path) => posix.relative(example, path));
/** The file with its imports adjusted to `labs/`, which is three levels closer to `src/`. */
const inPlace = (path: string) => read(`${example}/${path}`).replaceAll("'../../../../../src/", "'../../src/");

test('the lab in labs/README.md is identical to the one that author-lab.test.ts runs', () => {
  const path = 'labs/README.md';
  const blockOf = (file: string) =>
    new RegExp(`(?<=\`${file.replaceAll('.', '\\.')}\`:\n\n\`\`\`\\w+\n)[\\s\\S]*?(?=^\`\`\`)`, 'm');
  if (process.env.UPDATE_GOLDEN) {
    const text = exampleFiles.reduce((page, file) => page.replace(blockOf(file), () => inPlace(file)), read(path));
    writeFileSync(join(root, path), text);
  }
  assert.is(exampleFiles.length, 4);
  for (const file of exampleFiles) assert.is(blockOf(file).exec(read(path))?.[0], inPlace(file), file);
});

test.run();
