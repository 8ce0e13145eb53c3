// time limit: 240 s
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { root } from '../../src/platform/package-root.ts';
import { envFor } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';

/** What an author does outside of this package: `lab new`, `lab record`, `--watch`; each on a real engine. */

let engine: Engine;
/** The author's state folder. */
const state = folder();
test.before(async () => {
  engine = await readyEngine();
});
test.after(async () => engine.api.close());

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built program in a folder, and resolves when it ends. */
function lab(
  cwd: string,
  args: readonly string[],
  more: { input?: string; seen?(stdout: string, child: ChildProcess): void } = {},
) {
  const env = { ...envFor(engine, state), LANG: 'C', LC_ALL: 'C' };
  const child = spawn(process.execPath, [join(root, 'dist/src/cli/main.js'), ...args], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (part: string) => {
      output[name] += part;
      more.seen?.(output.stdout + output.stderr, child);
    });
  child.stdin.end(more.input ?? '');
  return new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, ...output }));
  });
}

/** Asserts that a tutorial passes lint, run and gate. */
async function assertWorks(cwd: string, name: string): Promise<void> {
  const lint = await lab(cwd, ['lint', '--tutorial', `./${name}`]);
  assert.is(lint.exitCode, 0, lint.stdout);
  const run = await lab(cwd, ['run', '--tutorial', `./${name}`]);
  assert.is(run.exitCode, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /Nothing left behind[\s\S]*\nPassed: 1 lab, \d+ checks/);
  const gate = await lab(cwd, ['test', '--tutorial', `./${name}`]);
  assert.is(gate.exitCode, 0, gate.stdout + gate.stderr);
  assert.match(gate.stdout, /Mutation score 100% \((\d+) of \1 mistakes caught\)/);
}

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

test('lab new: the example passes lint, run and gate at once, in Markdown and in TypeScript', async () => {
  const cwd = folder();
  const created = await lab(cwd, ['new', 'page']);
  assert.is(created.exitCode, 0, created.stderr);
  assert.match(created.stdout, /^Created \.\/page: stack, tutorial\.md\n\nNext:\n {2}\S.* lint --tutorial \.\/page\n/);
  const typed = await lab(cwd, ['new', 'typed', '--typescript']);
  assert.is(typed.exitCode, 0);
  assert.match(typed.stdout, /\nFor the types in an editor:\n {2}npm install --prefix \.\/typed\n$/);
  const { devDependencies } = JSON.parse(readFileSync(join(cwd, 'typed/package.json'), 'utf8'));
  assert.equal(devDependencies, { labwright: `file:${root}` });
  await Promise.all([assertWorks(cwd, 'page'), assertWorks(cwd, 'typed')]);
});

test('lab new --from: a stack with other names, a fixed port and a fixed image name passes; that image is not left behind', async () => {
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

test('lab new overwrites nothing, and copies no folder into itself', async () => {
  const cwd = folder({ 'full/x': '', 'shop/compose.yaml': shop });
  const full = await lab(cwd, ['new', 'full']);
  assert.equal(
    [full.exitCode, full.stderr.split('\n')[0]],
    [2, `error E_USAGE: lab new: ${cwd}/full exists and is not empty; nothing is overwritten`],
  );
  const inside = await lab(cwd, ['new', 'shop/lab', '--from', 'shop/compose.yaml']);
  assert.is(inside.exitCode, 2);
  assert.match(inside.stderr, "is inside the stack's own folder");
  assert.not.ok(existsSync(join(cwd, 'shop/lab')), 'a folder that is refused is not made');
  const both = await lab(cwd, ['new', 'z', '--typescript', '--from', 'shop']);
  assert.equal([both.exitCode, both.stderr.split('\n')[0]], [2, 'error E_USAGE: lab new: --from writes Markdown']);
});

test('lab record: the typed commands and the checks that became true run as a tutorial', async () => {
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

test('lab run --watch repeats the step that changed, and everything if only a file of the stack did; Ctrl-C ends it', async () => {
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

test("another author's commands are announced before they run for the first time, once; a learner's folder knows its tutorial", async () => {
  const cwd = folder();
  assert.is((await lab(cwd, ['new', 'page'])).exitCode, 0);
  const only = ['run', 'serve-a-page/start-the-server', '--tutorial', './page'];
  const [first, second] = [await lab(cwd, only), await lab(cwd, only)];
  const notice = `the commands of ${cwd}/page run on this machine, with your rights\n`;
  assert.ok(first.stderr.startsWith(notice), first.stderr);
  assert.not.match(second.stderr, notice);
  assert.equal([first.exitCode, second.exitCode], [0, 0]);
  assert.is((await lab(cwd, ['start', 'mine', '--tutorial', './page'])).exitCode, 0);
  const verified = await lab(join(cwd, 'mine/stack'), ['verify']);
  assert.is(verified.exitCode, 1, verified.stderr);
  assert.match(verified.stdout, '0 of 2 done. Next: serve-a-page/start-the-server');
  // the folder as another person gets it
  const elsewhere = folder({ 'mine/.labwright/tutorial': `${cwd}/other\n`, 'mine/stack/compose.yaml': 'services: {}\n' });
  const refused = await lab(join(elsewhere, 'mine/stack'), ['verify']);
  assert.equal(
    [refused.exitCode, refused.stderr.split('\n')[0]],
    [2, `error E_USAGE: this folder was made for the tutorial ${cwd}/other`],
  );
});

test.run();
