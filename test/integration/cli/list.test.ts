import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue } from '../../../src/checks/catalogue/index.ts';
import { shippedTutorials } from '../../../src/cli/tutorials.ts';
import { shownFiles as small } from '../../fixtures/markdown-tutorial.ts';
import { folder } from '../../helpers/folder.ts';
import { lab } from '../../helpers/lab.ts';

// all that ship; those in Markdown are read as a whole here, and by their headings in the list
const tutorials = await shippedTutorials();
const words = (text: string): string[] => text.split('\n').map((line) => line.replace(/ +/g, ' ').trim());

for (const lang of ['en', 'zh-TW'] as const) {
  test(`lab list prints one line for each lab and step, in ${lang}`, async () => {
    const { stdout, stderr, exitCode } = await lab(['list', '--lang', lang]);
    assert.equal([stderr, exitCode], ['', 0]);
    assert.equal(words(stdout), [
      ...tutorials.flatMap(({ id, title, labs }) => [
        `${id} ${title[lang]}`,
        ...labs.flatMap((one) => [one, ...one.steps].map((it) => `${it.id} ${it.title[lang]}`)),
      ]),
      '',
    ]);
  });

  test(`lab list --checks prints each kind of check with an example, in ${lang}`, async () => {
    const [plain, json] = await Promise.all([
      lab(['list', '--checks', '--lang', lang]),
      lab(['list', '--checks', '--json', '--lang', lang]),
    ]);
    assert.equal([plain.stderr, plain.exitCode, json.stderr, json.exitCode], ['', 0, '', 0]);
    for (const { name, what, example } of catalogue)
      assert.ok(plain.stdout.includes(`${name}  ${what[lang]}\n`) && plain.stdout.includes(`  - ${example}\n`), name);
    const kinds = JSON.parse(json.stdout) as { name: string; claim: string; example: string; requires: string | null }[];
    const isCurl = ({ requires }: (typeof kinds)[number]) => requires?.includes('curl');
    assert.equal(
      kinds.filter(isCurl).map(({ name }) => name),
      catalogue.filter(({ requires }) => requires === 'probes').map(({ name }) => name),
    );
    assert.is(
      plain.stdout.split('\n').filter((line) => /^ {2}\S.*curl.*probe-from|^ {2}`probe-from`.*curl/.test(line)).length,
      kinds.filter(isCurl).length,
    );
    assert.equal(
      kinds.map(({ name, claim, example }) => [name, claim, example]),
      catalogue.map(({ name, what, example }) => [name, what[lang], example]),
    );
  });

  test(`lab list --json contains prerequisites and checks, in ${lang}`, async () => {
    const { stdout, stderr, exitCode } = await lab(['list', '--json', '--lang', lang]);
    assert.equal([stderr, exitCode], ['', 0]);
    assert.equal(
      JSON.parse(stdout),
      tutorials.map(({ id, title, labs }) => ({
        id,
        title: title[lang],
        labs: labs.map((one) => ({
          id: one.id,
          title: one.title[lang],
          needs: one.needs ?? [],
          steps: one.steps.map((step) => ({
            id: step.id,
            title: step.title[lang],
            checks: step.verify.map(({ id, claim }) => ({ id, claim: claim[lang] })),
          })),
        })),
      })),
    );
  });
}

const dir = folder({
  ...small,
  'hello/tutorial.md': small['tutorial.md'].replace('fails: web-has-1-replica', 'fails: web-has-1'),
});
const ownList = `hello  A page from nginx
  serve-a-page                Serve a page
    start-it                  Start it
      web-has-1-replica       web has 1 replica, running
      web-publishes-its-port  web publishes its port on the host
      page-welcome-to-nginx   / on the published port answers "Welcome to nginx"
`;

test('a tutorial of its author is listed with the IDs of its checks, by its path or --tutorial; also with a problem', async () => {
  const [named, option, json, broken] = await Promise.all([
    lab(['list', dir]),
    lab(['list', '--tutorial', dir]),
    lab(['list', dir, '--json']),
    lab(['list', `${dir}/hello`]),
  ]);
  assert.equal(named, { exitCode: 0, stdout: ownList, stderr: '' });
  assert.equal(option, named);
  assert.equal(
    JSON.parse(json.stdout).map((one: { id: string; labs: { steps: { checks: { id: string }[] }[] }[] }) => [
      one.id,
      one.labs[0]?.steps[0]?.checks.map(({ id }) => id),
    ]),
    [['hello', named.stdout.match(/^ {6}\S+/gm)?.map((id) => id.trim())]],
  );
  assert.equal([broken.exitCode, broken.stdout], [0, ownList]);
  assert.match(broken.stderr, /^it has 1 problem, so that something may be missing here: .* lint --tutorial \S+\/hello\n$/);
});

test('lab list --verbose adds the checks of each step; an unknown tutorial and two are refused', async () => {
  const { stdout } = await lab(['list', '--verbose']);
  const ids = tutorials.flatMap(({ labs }) =>
    labs.flatMap(({ steps }) => steps.flatMap(({ verify }) => verify.map(({ id }) => id))),
  );
  assert.equal(
    stdout.match(/^ {6}\S+/gm)?.map((id) => id.trim()),
    ids,
  );
  const [unknown, two] = await Promise.all([lab(['list', 'nope']), lab(['list', dir, '--tutorial', 'compose-scale'])]);
  assert.equal([unknown.exitCode, unknown.stderr.split('\n')[0]], [2, 'error E_LAB_UNKNOWN: there is no tutorial "nope"']);
  assert.equal([two.exitCode, two.stderr.split('\n')[1]], [2, 'hint: name one tutorial']);
});

test('the exact first lines of lab list', async () => {
  const { stdout } = await lab(['list']);
  assert.equal(stdout.split('\n').slice(0, 3), [
    'compose-scale  Horizontal scaling and load balancing with Docker Compose',
    '  setup      Setup',
    '    build    Fetch and build the images',
  ]);
});

test.run();
