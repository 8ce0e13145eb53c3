// time limit: 480 s
import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../src/platform/package-root.ts';
import { type Author, newAuthor } from '../helpers/author.ts';
import { folder } from '../helpers/folder.ts';

/** What an author does outside of this package, on a real engine: `lab new --from`, `lab record`, `--watch`. */
const test = suite<Author>('author: stacks, recordings, watching');
test.before(async (context) => void Object.assign(context, await newAuthor()));
test.after(({ engine }) => engine.api.close());

/** Of this process only: an image that an earlier recording left on the engine is not of these tests. */
const image = `shop-api-${process.pid}`;
const shop = `services:
  Shop_API:
    build: ./api
    image: ${image}
    init: true
    ports: ["8090:3000"]
    depends_on: { cache: { condition: service_healthy } }
  cache:
    image: redis:8.0
    init: true
    healthcheck: { test: ["CMD", "redis-cli", "ping"], interval: 1s }
`;
const dockerfile = `FROM python:3.13-slim
WORKDIR /srv
RUN echo hello > index.html
CMD ["python3", "-m", "http.server", "3000"]
`;
/** With files that Compose does not name. */
const stack = () =>
  folder({
    'shop/docker-compose.yml': shop,
    'shop/api/Dockerfile': dockerfile,
    ...{ 'shop/README.md': '# Shop\n', 'shop/.gitignore': 'dist\n', 'shop/data/add.sql': 'select 1;\n' },
  });

test('lab new --typescript: the example passes lint, run and gate at once', async ({ lab, assertWorks }) => {
  const cwd = folder();
  const typed = await lab(cwd, ['new', 'typed', '--typescript']);
  assert.is(typed.exitCode, 0);
  assert.match(typed.stdout, /\nFor the types in an editor:\n {2}npm install --prefix \.\/typed\n$/);
  const { devDependencies } = JSON.parse(readFileSync(join(cwd, 'typed/package.json'), 'utf8'));
  assert.equal(devDependencies, { labwright: `file:${root}` });
  await assertWorks(cwd, 'typed');
});

test('lab new --from: a stack with other names, a fixed port and a fixed image name passes; that image is not left behind', async ({
  engine,
  lab,
  assertWorks,
}) => {
  const cwd = stack();
  const name = `shop-${process.pid}`;
  assert.is((await lab(cwd, ['new', name, '--from', 'shop'])).exitCode, 0);
  await assertWorks(cwd, name);
  const images = await engine.api.get<{ RepoTags: string[] | null }[]>('/images/json');
  assert.equal(
    images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.includes(image) || tag.includes(name)),
    [],
  );
});

test('lab record: the typed commands and the checks that became true run as a tutorial', async ({ engine, lab }) => {
  const cwd = stack();
  const typed = [
    'docker compose up -d --wait',
    'docker compose ps',
    'curl -sS localhost:8090/',
    'false',
    'docker compose exec -T cache redis-cli ping </dev/null',
    'docker compose down',
    'exit',
  ].map((line) => line.replace('docker compose', engine.compose.line));
  const name = `rec${process.pid}`;
  const recorded = await lab(cwd, ['record', name, '--from', 'shop'], { input: `${typed.join('\n')}\n` });
  assert.is(recorded.exitCode, 0, recorded.stderr);
  assert.match(recorded.stdout, new RegExp(`\nWrote \\./${name}/tutorial\\.md: 4 steps of 6 commands\n`));
  const written = readFileSync(join(cwd, name, 'tutorial.md'), 'utf8');
  assert.equal(written.match(/^- (?!A ).*$/gm), [
    '- replicas: { of: shop-api, count: 1 }',
    '- published: shop-api',
    '- replicas: { of: cache, count: 1 }',
    '- healthy: cache',
    '- http: { path: / }',
    '- exec: { in: cache, run: "redis-cli ping" }',
    '- removed: { networks: true }',
  ]);
  assert.is((await lab(cwd, ['lint', '--tutorial', `./${name}`])).exitCode, 0);
  const run = await lab(cwd, ['run', '--tutorial', `./${name}`]);
  assert.is(run.exitCode, 0, run.stdout + run.stderr);
  // the author's own image of the recording
  await engine.api.delete(`/images/${image}?force=true`);
});

test('lab run --watch repeats the step that changed, and everything if only a file of the stack did; Ctrl-C ends it', async ({
  lab,
}) => {
  const cwd = folder();
  assert.is((await lab(cwd, ['new', 'page'])).exitCode, 0);
  const file = join(cwd, 'page/tutorial.md');
  let round = 0;
  const seen = (all: string, child: ChildProcess) => {
    const waits = all.split('Waiting for a change in').length - 1;
    if (waits <= round) return;
    round = waits;
    if (round === 1)
      writeFileSync(
        file,
        readFileSync(file, 'utf8')
          .replace('You start a web', 'You first start a web')
          .replace('### Start the server', '### Start it'),
      );
    if (round === 2) writeFileSync(join(cwd, 'page/stack/page/index.html'), 'Hello again\n');
    if (round === 3) writeFileSync(file, readFileSync(file, 'utf8').replace('- published: web', '- publised: web'));
    if (round === 4) child.kill('SIGINT');
  };
  const watched = await lab(cwd, ['run', '--tutorial', './page', '--watch'], { seen });
  assert.equal(watched.stdout.match(/serve-a-page\/\S+$/gm), [
    ...['serve-a-page/start-the-server', 'serve-a-page/remove-it'],
    'serve-a-page/start-it',
    ...['serve-a-page/start-it', 'serve-a-page/remove-it'],
  ]);
  assert.match(watched.stdout, 'Hello again');
  assert.match(
    watched.stderr,
    /error E_LAB_INVALID: [\s\S]*tutorial\.md:\d+:3: there is no check named publised\nhint: did you mean published\?/,
  );
  assert.is(watched.exitCode, 2);
});

test.run();
