// time limit: 800 s
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../labs/index.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { holdPort } from '../../src/platform/port.ts';
import { locateOwn } from '../../src/run/learner/own-stack.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { learner, passingSteps } from '../helpers/learner.ts';

/** Which project `lab verify` checks, and what it reports if there is none. */
const test = suite<{ engine: Engine }>('verify project');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

test('the project is found by its folder, with any project name and file name, from a linked folder and a subfolder', async ({
  engine,
}) => {
  const me = await learner(engine, 'base');
  const other = `${me.name}x`;
  try {
    renameSync(join(me.dir, 'compose.yaml'), join(me.dir, 'docker-compose.yml'));
    await me.type(`docker compose -p ${other} up -d`);
    const link = join(folder(), 'linked');
    symlinkSync(me.dir, link);
    mkdirSync(join(me.dir, 'notes'));
    for (const dir of [me.dir, link, join(me.dir, 'notes')]) {
      const { stdout } = await me.verify([], dir);
      assert.match(stdout, new RegExp(`^Project ${other} \\(`), dir);
      assert.equal(passingSteps(stdout), ['setup/build', 'setup/up'], dir);
    }
    await me.type(`docker compose -p ${other} stop`);
    assert.equal(passingSteps((await me.verify()).stdout), ['setup/build', 'cleanup/stop']);
  } finally {
    await me.remove(other);
  }
});

test('a stack started in a linked folder passes from the link and from the folder itself', async ({ engine }) => {
  const held = await holdPort(8000);
  const me = await learner(engine, 'nginx', { NGINX_PORT: String(held.port) });
  const link = join(folder(), me.name);
  symlinkSync(me.dir, link);
  try {
    await me.type(`cd ${link} && docker compose up -d --build`);
    for (const dir of [link, me.dir]) {
      const { exitCode, stdout } = await me.verify(['nginx/up'], dir);
      assert.is(exitCode, 0, `${dir}\n${stdout}`);
    }
  } finally {
    await me.remove();
    await held.release();
  }
});

test('an image without a name in the file has the name that the Compose version gives it', async ({ engine }) => {
  const [tutorial] = tutorials;
  assert.ok(tutorial);
  const cwd = folder({
    'compose.yaml': 'name: mine\nservices: {flask: {build: .}, redis-server: {image: "redis:8.0"}, client: {image: none}}\n',
  });
  const imageOf = async (version: string, service: string) => {
    const compose = { ...engine.compose, version };
    const own = await locateOwn({ api: engine.api, compose, tutorial, cwd, env: {}, project: `${basename(cwd)}-none` });
    return own.imageOf(service);
  };
  assert.is(await imageOf('1.29.2', 'flask'), `${basename(cwd)}-none_flask`);
  assert.is(await imageOf('2.26.1', 'flask'), `${basename(cwd)}-none-flask`);
  assert.is(await imageOf('1.29.2', 'redis-server'), 'redis:8.0');
});

test('two projects from one folder: E_PROJECT_AMBIGUOUS, unless the project is named', async ({ engine }) => {
  const me = await learner(engine, 'base');
  const other = `${me.name}x`;
  try {
    await me.type('docker compose up -d');
    await me.type(`docker compose -p ${other} up -d --scale flask=3`);
    const both = await me.verify(['scale/out']);
    assert.is(both.exitCode, 2);
    assert.match(
      both.stderr,
      new RegExp(`^error E_PROJECT_AMBIGUOUS: 2 projects were started from .*: ${me.name}, ${other}\nhint: `),
    );
    assert.is((await me.verify(['scale/out', '--project', me.name])).exitCode, 1);
    assert.is((await me.verify(['scale/out', '--project', other])).exitCode, 0);
    // the project can be named in any way that Compose supports
    writeFileSync(join(me.dir, '.env'), `COMPOSE_PROJECT_NAME=${other}\n`);
    assert.is((await me.verify(['scale/out'])).exitCode, 0);
    writeFileSync(join(me.dir, '.env'), `WHICH=${other}\n`);
    const file = readFileSync(join(me.dir, 'compose.yaml'), 'utf8');
    writeFileSync(join(me.dir, 'compose.yaml'), `name: $WHICH\n${file}`);
    assert.is((await me.verify(['scale/out'])).exitCode, 0);
    writeFileSync(join(me.dir, 'compose.yaml'), `name: nobody\n${file}`);
    assert.is((await me.verify(['scale/out'])).exitCode, 2);
  } finally {
    await me.remove(me.name, other);
  }
});

test('no Compose file, another stack, an invalid file and an unknown step are reported with a hint', async ({ engine }) => {
  const me = await learner(engine, 'base');
  const wrong = async (args: readonly string[], cwd: string, code: string, expected: RegExp) => {
    const { exitCode, stderr } = await me.verify(args, cwd);
    assert.is(exitCode, 2, stderr);
    assert.match(stderr, new RegExp(`^error ${code}: `));
    assert.match(stderr, expected);
  };
  await wrong(
    [],
    folder(),
    'E_PROJECT_UNKNOWN',
    /there is no Compose file in .*\nhint: create a folder with the tutorial's files: lab start; /,
  );
  await wrong(['nginx'], me.dir, 'E_PROJECT_UNKNOWN', /is another stack: this needs the services flask, redis-server, nginx\n/);
  await wrong(
    [],
    folder({ 'compose.yaml': 'services: {web: {image: nginx}}\n' }),
    'E_PROJECT_UNKNOWN',
    /is no stack of this tutorial: it has the services web; needed are flask, redis-server, client; or flask, redis-server, nginx\n/,
  );
  await wrong([], folder({ 'compose.yaml': 'services:\n  a: [\n' }), 'E_PROJECT_INVALID', /compose\.yaml: .* line \d/);
  await wrong(['scale/up'], me.dir, 'E_LAB_UNKNOWN', /hint: its steps: scale\/out, scale\/in\n/);
  await wrong(['scala'], me.dir, 'E_LAB_UNKNOWN', /hint: did you mean scale\? its labs: setup, /);
  await wrong(['--reporter', 'json'], me.dir, 'E_USAGE', /a report is about one lab/);
});

test('from the parent folder, `lab verify <lab>` uses the folder of that lab', async ({ engine }) => {
  const me = await learner(engine, 'base');
  const above = folder({
    'base/compose.yaml': 'services: {flask: {image: none}, redis-server: {image: none}, client: {image: none}}\n',
  });
  const result = await me.verify(['setup/up'], above);
  assert.is(result.exitCode, 1, result.stderr);
  assert.match(
    result.stdout,
    /flask has 1 replica, running\n +expected +1 replica of flask, running\n +saw +no container of flask in the project \S+; the engine has no image none \(\S*compose\.yaml:1\)\n/,
  );
});

test('without an engine: E_ENGINE_UNREACHABLE', async ({ engine }) => {
  const me = await learner(engine, 'base', { DOCKER_HOST: `unix://${join(folder(), 'none.sock')}` });
  const { exitCode, stderr } = await me.verify();
  assert.is(exitCode, 3);
  assert.match(stderr, /^error E_ENGINE_UNREACHABLE: /);
});

test.run();
