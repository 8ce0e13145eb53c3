// time limit: 300 s
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../labs/index.ts';
import { clock } from '../../src/cli/clock.ts';
import * as door from '../../src/index.ts';
import { errorCodes } from '../../src/lab/error.ts';
import { root } from '../../src/platform/package-root.ts';
import { runLabs } from '../../src/run/run.ts';
import { hello } from '../fixtures/author-lab/labs/hello/index.ts';
import { judgePage, type PageFacts, pageIsServed } from '../fixtures/author-lab/labs/hello/page.ts';
import { client, nginx, stackFacts } from '../fixtures/facts.ts';
import { assertComplete, fail, pass, told, wait } from '../fixtures/told.ts';
import { checksOf } from '../helpers/counts.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { lab } from '../helpers/lab.ts';

/** What README and CONTRIBUTING say is so. */

const papers = ['README.md', 'CONTRIBUTING.md'] as const;
const paper = (name: (typeof papers)[number]) => readFileSync(join(root, name), 'utf8');
const readme = paper('README.md');
const contributing = paper('CONTRIBUTING.md');

/** A heading's own text, up to the next heading of its level or above; empty where it is not there. Fences may hold `#`. */
function section(text: string, heading: string): string {
  const lines = text.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) return '';
  const level = heading.indexOf(' ');
  let fenced = false;
  const length = lines.slice(start + 1).findIndex((line) => {
    if (line.startsWith('```')) fenced = !fenced;
    return !fenced && /^#+ /.test(line) && line.indexOf(' ') <= level;
  });
  return lines.slice(start, length < 0 ? undefined : start + 1 + length).join('\n');
}
const rows = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
const words = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

test('README begins with the two commands', () => {
  const [, first = ''] = /```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  assert.equal(first.trim().split('\n'), ['npm ci', 'npx lab run']);
});

test('README names every command, each with all of its options and actions', async () => {
  const help = (await lab(['--help'])).stdout;
  const commands = [...(help.split('\nCommands:\n')[1]?.split('\n\n')[0] ?? '').matchAll(/^ {2}(\w+)/gm)].map(
    ([, name = '']) => name,
  );
  assert.ok(commands.length >= 6, help);
  const common = section(readme, '### Flags of every command');
  const all = section(readme, '## Commands');
  const told = [...all.matchAll(/^### `lab (\w+)`/gm)].map(([, name]) => name);
  assert.equal([...told].sort(), [...commands].sort());
  await Promise.all(
    commands.map(async (name) => {
      const own = section(readme, `### \`lab ${name}\``);
      const said = name === 'help' ? '' : (await lab([name, '--help'])).stdout;
      for (const [option] of said.matchAll(/(?<=^ {2}(?:-\w, )?)--[a-z-]+/gm)) {
        assert.ok(
          own.includes(`\`${option}`) || common.includes(`\`${option}`),
          `lab ${name}: README does not tell of ${option}`,
        );
      }
      const actions = /^ {2}action +(.+)$/m.exec(said)?.[1]?.split(/, | or /) ?? [];
      for (const action of actions) assert.match(own, new RegExp(`lab ${name} ${action}\\b`));
      assert.match(own, /^```sh\n[\s\S]*?lab /m, `lab ${name}: no example`);
    }),
  );
  for (const option of ['--version', '--help']) assert.ok(common.includes(`\`${option}\``), option);
});

test('README has a line for every error, with its exit code', () => {
  const table = rows(section(readme, '## Errors')).filter(([code]) => code?.startsWith('`E_'));
  assert.equal(
    table.map(([code, exit]) => `${words(code)[0]} ${exit}`).sort(),
    Object.entries(errorCodes)
      .map(([code, exit]) => `${code} ${exit}`)
      .sort(),
  );
  for (const [code, , meaning = '', remedy = ''] of table) assert.ok(meaning.length > 10 && remedy.length > 10, code);
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}
/** Every object of a schema: where it stands → the names of its fields. */
function fieldsOf(schema: Schema, at = ''): Record<string, string[]> {
  const inner = schema.items ?? schema.anyOf?.find((one) => one.properties);
  if (inner) return fieldsOf(inner, schema.items ? `${at}[]` : at);
  if (!schema.properties) return {};
  return Object.assign(
    { [at || 'report']: Object.keys(schema.properties).sort() },
    ...Object.entries(schema.properties).map(([name, one]) => fieldsOf(one, at ? `${at}.${name}` : name)),
  );
}

test("README's table of the JSON report is the schema's", () => {
  const schema = JSON.parse(readFileSync(join(root, 'assets/report.schema.json'), 'utf8')) as Schema;
  const told = rows(section(readme, '### The JSON report')).map(([object, fields]) => [words(object)[0], words(fields).sort()]);
  assert.equal(Object.fromEntries(told), fieldsOf(schema));
});

test("README's transcript has as many labs and checks as there are", () => {
  const [, labs, checks] = /^Passed: (\d+) labs, (\d+) checks, in/m.exec(readme) ?? [];
  assert.equal([Number(labs), Number(checks)], [tutorials[0]?.labs.length, checksOf()]);
  for (const { title, steps, id } of tutorials[0]?.labs ?? []) {
    const line = readme.split('\n').find((one) => one.startsWith(`✓ ${title.en} `)) ?? '';
    assert.match(line.replace(/ +/g, ' '), `steps ${steps.length}/${steps.length} checks ${checksOf(id)}/${checksOf(id)} `, id);
  }
});

test('CONTRIBUTING names every folder of src', () => {
  const folders = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `src/${relative(join(root, 'src'), join(entry.parentPath, entry.name)).split(sep).join('/')}/`);
  assert.equal(
    folders.filter((name) => !contributing.includes(`\`${name}\``)),
    [],
  );
});

test('links lead to files and headings that are there', () => {
  const anchors = (text: string) =>
    [...text.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
  for (const name of papers) {
    for (const [, link = ''] of paper(name).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [file = '', anchor] = link.split('#');
      assert.ok(file === '' || existsSync(join(root, file)), `${name}: ${link}`);
      if (anchor) assert.ok(anchors(readFileSync(join(root, file || name), 'utf8')).includes(anchor), `${name}: ${link}`);
    }
  }
});

const author = join(root, 'test/fixtures/author-lab');
const authorFiles = readdirSync(author, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(author, join(entry.parentPath, entry.name)).split(sep).join('/'));
/** As it stands in `labs/`, which is three folders nearer to `src/`. */
const inPlace = (path: string) => readFileSync(join(author, path), 'utf8').replaceAll("'../../../../src/", "'../../src/");

test("CONTRIBUTING's lab is the one that is tried here, word for word", () => {
  assert.equal(authorFiles.length, 4);
  for (const path of authorFiles) {
    const [, block] = contributing.split(`\`${path}\`:\n\n\`\`\``)[1]?.match(/^\w*\n([\s\S]*?)```/) ?? [];
    assert.is(block, inPlace(path), path);
  }
});

test('all that the lab uses is at the door for authors', () => {
  const used = authorFiles
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) =>
      [...inPlace(path).matchAll(/^import \{([^}]+)\} from '\.\.\/\.\.\/src/gm)].flatMap(([, names = '']) => names.split(',')),
    )
    .map((name) => name.trim())
    .filter((name) => !name.startsWith('type ') && !/^[A-Z]/.test(name));
  assert.ok(used.length > 10, used.join());
  assert.equal(
    used.filter((name) => !Object.hasOwn(door, name)),
    [],
  );
});

test('the lab is complete, in both languages', () => {
  assertComplete(hello.title, hello.id);
  for (const { title, steps } of hello.labs) {
    assertComplete(title, title.en);
    for (const step of steps) {
      for (const text of [step.title, step.teach, ...step.hints]) assertComplete(text, step.id);
      for (const check of step.verify) assertComplete(check.claim, check.id);
    }
  }
});

test('its own check judges plain facts', () => {
  const page = (over: Partial<PageFacts>): PageFacts => ({
    ...stackFacts([nginx(), client()]),
    exitCode: 0,
    served: 'Hello.',
    onHost: 'Hello.',
    ...over,
  });
  const logs = 'see what it says: docker compose logs nginx';
  assert.equal(told(judgePage(page({}))), pass('"Hello."'));
  assert.equal(told(judgePage(page({ served: 'Welcome to nginx!' }))), fail('"Hello."', '"Welcome to nginx!"', logs));
  assert.equal(told(judgePage(page({ exitCode: 7, served: '' }))), wait('"Hello."', 'curl ended with exit code 7', logs));
  assert.equal(told(judgePage(page({ exitCode: 6, served: '' }))), fail('"Hello."', 'curl ended with exit code 6', logs));
  const { exitCode: _, ...none } = page({ served: '' });
  assert.equal(told(judgePage(none)), fail('"Hello."', 'no client runs to ask from', logs));
  assert.is(pageIsServed().judge, judgePage);
});

test('the lab passes on a real engine', async () => {
  const engine = await readyEngine();
  try {
    const state = folder();
    const outcomes: string[] = [];
    const outcome = await runLabs({
      tutorial: hello,
      labs: hello.labs,
      engine,
      homes: { state, cache: join(state, 'cache') },
      assets: join(author, 'assets'),
      env: process.env,
      runId: `author${process.pid}`,
      clock,
      nonce: () => 'author',
      listen: (event) => {
        if (event.kind === 'check-finished') outcomes.push(`${event.result.id} ${event.result.outcome}`);
      },
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      keep: false,
    });
    assert.equal([outcome, ...outcomes.filter((one) => !one.endsWith(' passed'))], ['passed']);
    assert.is(outcomes.length, 5);
  } finally {
    await engine.api.close();
  }
});

test.run();
