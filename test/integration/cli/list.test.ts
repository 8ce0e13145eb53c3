import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue } from '../../../src/checks/catalogue/index.ts';
import { shippedTutorials } from '../../../src/cli/tutorials.ts';
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
    const kinds = JSON.parse(json.stdout) as { name: string; claim: string; example: string }[];
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

test('the exact first lines of lab list', async () => {
  const { stdout } = await lab(['list']);
  assert.equal(stdout.split('\n').slice(0, 3), [
    'compose-scale  Horizontal scaling and load balancing with Docker Compose',
    '  setup      Setup',
    '    build    Fetch and build the images',
  ]);
});

test.run();
