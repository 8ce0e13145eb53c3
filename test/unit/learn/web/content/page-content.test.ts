import { cpSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shippedTutorials } from '../../../../../src/cli/tutorials.ts';
import { langs } from '../../../../../src/lab/text.ts';
import { filesOf, type Tutorial } from '../../../../../src/lab/tutorial.ts';
import { type ContentOptions, pageContent } from '../../../../../src/learn/web/content/page-content.ts';
import type { Block, Inline, PageContent } from '../../../../../src/learn/web/protocol.ts';
import { assets } from '../../../../../src/platform/package-root.ts';
import { folder } from '../../../../helpers/folder.ts';

const test = suite('page content');
const tutorials = await shippedTutorials();
const composeScale = tutorials[0] as Tutorial;

const compose = { line: 'docker compose', version: '2.40.0' };
const contentOf = (tutorial: Tutorial, more: Partial<ContentOptions> = {}): Promise<PageContent> =>
  pageContent({
    tutorial,
    plan: tutorial.labs.flatMap((lab) => lab.steps.map(({ id }) => ({ key: `${lab.id}/${id}` }))),
    mode: 'learn',
    lang: 'en',
    folder: '~/mylab',
    terminal: { kind: 'page' },
    compose,
    stackOf: (key) => {
      const spec = tutorial.stacks[key];
      if (!spec) throw new TypeError(key);
      return { spec, dir: join(filesOf(tutorial, assets), spec.dir) };
    },
    ...more,
  });

const textOf = (part: Block | Inline): string => {
  if ('text' in part) return part.text;
  if ('content' in part) return part.content.map(textOf).join('');
  if (part.kind === 'list') return part.items.map((item) => item.map(textOf).join('\n')).join('\n');
  return part.lines.map((line) => line.map(({ text }) => text).join('')).join('\n');
};
const textsOf = (blocks: readonly Block[]): string => blocks.map(textOf).join('\n');
const bare = (written: string): string => written.replaceAll('`', '');

for (const tutorial of tutorials)
  test(`${tutorial.id}: every step has content, with the words of the tutorial in both languages`, async () => {
    const content = await contentOf(tutorial);
    const steps = content.labs.flatMap((lab) => lab.steps);
    const expected = tutorial.labs.flatMap((lab) => lab.steps);
    assert.is(steps.length, expected.length);
    for (const [at, step] of expected.entries()) {
      const shown = steps[at];
      assert.ok(shown);
      assert.ok(shown.commands.length > 0, shown.key);
      assert.equal(
        shown.files.map(({ path }) => path),
        (step.show ?? []).map(({ file }) => file),
      );
      for (const [file, { lines }] of (step.show ?? []).entries())
        assert.ok((shown.files[file]?.marked.length ?? 0) >= lines.length, `${shown.key}: ${lines.join(' | ')}`);
      assert.ok(
        shown.files.every(({ lines }) => lines.some((line) => line.some(({ style }) => style !== undefined))),
        `${shown.key}: coloured`,
      );
      for (const lang of langs) {
        assert.is(textsOf(shown.teach[lang]), bare(step.teach[lang]), shown.key);
        assert.equal(
          shown.hints[lang].map(textsOf),
          step.hints.map((hint) => bare(hint[lang])),
          shown.key,
        );
      }
    }
    const bytes = Buffer.byteLength(JSON.stringify(content));
    assert.ok(bytes < 200_000, `${bytes} bytes`);
  });

const step = (content: PageContent, key: string) => {
  const found = content.labs.flatMap((lab) => lab.steps).find((one) => one.key === key);
  assert.ok(found, key);
  return found;
};

test('the commands have the names, the port and the Compose command of the learner', async () => {
  const content = await contentOf(composeScale);
  assert.equal(step(content, 'setup/build').commands, [
    'docker compose pull --ignore-buildable --policy missing',
    'docker compose build',
  ]);
  assert.equal(step(content, 'setup/talk').commands, [
    'docker compose exec client ping -c 1 flask',
    'docker compose exec client curl -sS flask:5000',
  ]);
  const own = await contentOf(composeScale, {
    compose: { line: 'docker-compose', version: '1.29.2' },
    stackOf: (key) => {
      const spec = composeScale.stacks[key];
      assert.ok(spec);
      const names: Readonly<Record<string, string>> = { client: 'box', flask: 'my web' };
      const services = Object.fromEntries(
        Object.entries(spec.services).map(([role, one]) => [role, { ...one, name: names[role] ?? one.name }]),
      );
      const published = spec.published ? { published: { ...spec.published, hostPort: 8123 } } : {};
      return { spec: { ...spec, services, ...published }, dir: '/nowhere' };
    },
  });
  assert.equal(step(own, 'setup/build').commands, ['docker-compose pull redis-server box', 'docker-compose build']);
  assert.is(step(own, 'setup/talk').commands[0], "docker-compose exec box ping -c 1 'my web'");
  const curls = own.labs.flatMap((lab) => lab.steps.flatMap(({ commands }) => commands.filter((one) => one.includes('8123'))));
  assert.is(curls[0], 'for i in $(seq 10); do curl -sS http://127.0.0.1:8123/; done');
});

test('only the steps of the plan, in their labs', async () => {
  const content = await contentOf(composeScale, { plan: [{ key: 'setup/up' }, { key: 'scale/out' }] });
  assert.equal(
    content.labs.map(({ id, steps }) => [id, steps.map(({ key }) => key)]),
    [
      ['setup', ['setup/up']],
      ['scale', ['scale/out']],
    ],
  );
  await contentOf(composeScale, { plan: [{ key: 'setup/none' }] }).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, 'setup/none'),
  );
});

test('a file that the learner has changed has no colours; one that is absent, a link or too long is left out or cut', async () => {
  const dir = folder();
  const { dir: base = '' } = composeScale.stacks['base'] ?? {};
  cpSync(join(filesOf(composeScale, assets), base), dir, { recursive: true });
  const at = (key: string) =>
    contentOf(composeScale, {
      plan: [{ key }],
      stackOf: (stack) => {
        const spec = composeScale.stacks[stack];
        assert.ok(spec);
        return { spec, dir };
      },
    }).then((content) => step(content, key).files);
  writeFileSync(join(dir, 'compose.yaml'), `a: \u202e\n  flask:\n${'b: 1\n'.repeat(1000)}`);
  const [changed] = await at('setup/up');
  assert.equal(changed?.lines.slice(0, 3), [[{ text: 'a: [U+202E]' }], [{ text: '  flask:' }], [{ text: 'b: 1' }]]);
  assert.equal(changed?.marked, [1]);
  assert.is(changed?.lines.length, 500);
  renameSync(join(dir, 'flask'), join(dir, 'elsewhere'));
  symlinkSync('elsewhere', join(dir, 'flask'));
  assert.equal(
    (await at('setup/build')).map(({ path }) => path),
    ['compose.yaml'],
  );
});

test.run();
