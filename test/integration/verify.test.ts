// time limit: 480 s
// alone on the engine: all of it is compared with itself
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../labs/index.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { holdPort } from '../../src/platform/port.ts';
import { locateOwn } from '../../src/run/learner-stack.ts';
import { startBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { type Learner, learner } from '../helpers/learner.ts';

const test = suite<{ engine: Engine }>('verify');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

/** Everything that the engine has, with what would tell that it was touched. */
async function fullState({ api }: Engine): Promise<string> {
  interface Inspected {
    readonly Id: string;
    readonly Name: string;
    readonly RestartCount: number;
    readonly State: object;
    readonly HostConfig: object;
    readonly Config: object;
    readonly NetworkSettings: object;
  }
  const listed = await api.get<{ Id: string }[]>('/containers/json', { all: true });
  const containers = await Promise.all(listed.map(({ Id }) => api.get<Inspected>(`/containers/${Id}/json`)));
  const networks = await api.get<{ Id: string; Name: string; Created: string }[]>('/networks');
  const { Volumes } = await api.get<{ Volumes: { Name: string; CreatedAt: string }[] | null }>('/volumes');
  const images = await api.get<{ Id: string; RepoTags: string[] | null }[]>('/images/json', { all: true });
  const sorted = <T>(all: readonly T[]) => all.map((one) => JSON.stringify(one)).sort();
  return JSON.stringify(
    {
      containers: sorted(
        containers.map(({ Id, Name, RestartCount, State, HostConfig, Config, NetworkSettings }) => ({
          Id,
          Name,
          RestartCount,
          State,
          HostConfig,
          Config,
          NetworkSettings,
        })),
      ),
      networks: sorted(networks.map(({ Id, Name, Created }) => ({ Id, Name, Created }))),
      volumes: sorted((Volumes ?? []).map(({ Name, CreatedAt }) => ({ Name, CreatedAt }))),
      images: sorted(images.map(({ Id, RepoTags }) => ({ Id, RepoTags }))),
    },
    null,
    1,
  );
}

/** The steps that hold, as `lab verify` without a name lists them. */
const holding = (said: string): string[] => [...said.matchAll(/^ {2}✓ (\S+)/gm)].map(([, at = '']) => at);

/** The steps that were followed, as `lab/step`. */
const followed = new Set<string>();

/** Types the commands one after another, and after each has verified what must hold then, and no other step of the lab. */
async function follow(
  me: Learner,
  engine: Engine,
  typed: readonly (readonly [line: string, at: string, holds: readonly string[]])[],
) {
  for (const [line, at, holds] of typed) {
    await me.types(line);
    const before = await fullState(engine);
    const step = await me.verify([at]);
    followed.add(at);
    assert.is(step.exitCode, 0, `${line}: ${at}\n${step.stdout}${step.stderr}`);
    const all = await me.verify();
    assert.equal(holding(all.stdout), holds, `${line}\n${all.stdout}${all.stderr}`);
    assert.is(all.exitCode, 0);
    assert.is(await fullState(engine), before, `${line}: lab verify changed something`);
  }
}

test('the base labs: right after each command of the tutorial, and nothing is changed', async ({ engine }) => {
  const me = learner(engine, 'base');
  try {
    const none = await me.verify();
    assert.is(none.exitCode, 1);
    assert.match(none.stdout, /No step passes\.\n`lab verify setup` shows why/);
    const first = await me.verify(['setup']);
    assert.is(first.exitCode, 1);
    assert.match(
      first.stdout,
      /the image of flask is there\n +expected +an image learner\w+:lab\n +saw +no such image\n +try next +docker/,
    );
    const up = ['setup/build', 'setup/up', 'scale/in'];
    const three = ['setup/build', 'scale/out', 'balance/prepare'];
    const whole = async (lab: string, exitCode: number, says: RegExp) => {
      const told = await me.verify([lab]);
      assert.is(told.exitCode, exitCode, `${lab}\n${told.stdout}${told.stderr}`);
      assert.match(told.stdout, says);
    };
    await follow(me, engine, [
      ['docker compose build', 'setup/build', ['setup/build']],
      ['docker compose up -d', 'setup/up', up],
      [
        'docker compose exec -T client ping -c 1 flask && docker compose exec -T client curl -sS flask:5000',
        'setup/talk',
        ['setup/build', 'setup/up', 'setup/talk', 'scale/in'],
      ],
    ]);
    await whole('setup', 0, /\nPassed: 1 lab, \d+ checks, in [^\n]*\n$/);
    await follow(me, engine, [['docker compose up -d --scale flask=3', 'scale/out', three]]);
    await whole('scale', 1, /✓ flask has 3 replicas[\s\S]*✗ flask has 1 replica, running\n/);
    await follow(me, engine, [
      ['docker compose up -d --scale flask=1', 'scale/in', ['setup/build', 'setup/up', 'setup/talk', 'scale/in']],
    ]);
    await whole(
      'scale',
      0,
      /– Scale out to three — skipped: one\s+look\s+cannot\s+determine\s+whether\s+this\s+was\s+done;\s+it\s+must\s+be\s+observed\s+while\s+it\s+happens\n[\s\S]*\nIn its current state, 4 checks passed, in .*; 10 checks could not be\s+made\.\n$/,
    );
    await follow(me, engine, [
      ['docker compose up -d --scale flask=3', 'balance/prepare', three],
      ['docker compose exec -T client ping -c 1 flask', 'balance/ping', [...three, 'balance/ping']],
      ['docker compose exec -T client curl -sS flask:5000', 'balance/curl', [...three, 'balance/ping', 'balance/curl']],
    ]);
    await whole('balance', 0, /\nPassed: 1 lab, /);
    await follow(me, engine, [
      ['docker compose stop', 'cleanup/stop', ['setup/build', 'cleanup/stop']],
      ['docker compose rm -f', 'cleanup/rm', ['setup/build', 'cleanup/rm']],
    ]);
    await whole('cleanup', 0, /– Stop the containers — skipped: a later step holds\n/);
  } finally {
    await me.leaves();
  }
});

test('the nginx lab: the same, in Chinese too, on a port of the learner', async ({ engine }) => {
  const held = await holdPort(8000);
  const me = learner(engine, 'nginx', { NGINX_PORT: String(held.port) });
  const get = `node -e "fetch('http://127.0.0.1:${held.port}/').then((a) => a.text()).then(console.log)"`;
  try {
    await follow(me, engine, [['docker compose up -d --build', 'nginx/up', ['nginx/up']]]);
    // nobody has asked nginx yet: it is looked for a while
    const cut = startBin(['verify', 'nginx'], me.env, me.dir);
    await cut.until('Docker ');
    cut.child.kill('SIGINT');
    const { exitCode, stderr } = await cut.ended;
    assert.is(exitCode, 130, stderr);
    assert.match(stderr, /^error E_INTERRUPTED: interrupted\nhint: nothing was made or changed; the same command looks again\n/);
    await follow(me, engine, [
      [get, 'nginx/single', ['nginx/up', 'nginx/single']],
      ['docker compose up -d --scale flask=3', 'nginx/scale', ['nginx/scale']],
    ]);
    const early = await me.verify(['nginx/restart', '--lang', 'zh-TW']);
    assert.is(early.exitCode, 1);
    assert.match(early.stdout, /實際 +flask 有 3 個副本在執行，nginx 只交給 1 個\n +下一步 +nginx 只在啟動時查過一次名稱/);
    await me.types('docker compose restart nginx');
    const atOnce = await me.verify(['nginx']);
    assert.match(
      atOnce.stdout,
      /– nginx, flask and Redis on two networks, [\s\S]* — skipped: one\s+look\s+cannot\s+determine[\s\S]*✓ nginx reaches all three[\s\S]*✗ the project's containers are gone/,
    );
    await follow(me, engine, [
      ['docker compose restart nginx', 'nginx/restart', ['nginx/restart']],
      ['docker compose down', 'nginx/down', ['nginx/down']],
    ]);
    const whole = await me.verify(['nginx', '--lang', 'zh-TW']);
    assert.is(whole.exitCode, 0, whole.stdout);
    assert.match(whole.stdout, /略過：後面的步驟已經成立[\s\S]*\n依目前狀態，3 項檢查通過，共 .*；另有 \d+ 項無法檢查。\n$/);
  } finally {
    await me.leaves();
    await held.release();
  }
});

test('what has to be watched is skipped and says so; a lab passes when its last step holds', async ({ engine }) => {
  const me = learner(engine, 'base');
  try {
    await me.types('docker compose up -d --scale flask=3');
    const out = join(folder(), 'report.json');
    const told = await me.verify(['scale/out', '--reporter', 'json', '--out', out]);
    assert.is(told.exitCode, 0, told.stderr);
    const report = JSON.parse(readFileSync(out, 'utf8'));
    const skipped = report.labs[0].steps[0].checks.filter((one: { outcome: string }) => one.outcome === 'skipped');
    assert.equal(
      skipped.map((one: { id: string; reason: { message: string } }) => [one.id, one.reason.message]),
      [
        ['redis-is-untouched', 'it must be observed while it happens'],
        ['client-is-untouched', 'it must be observed while it happens'],
      ],
    );
    const lab = await me.verify(['scale']);
    assert.is(lab.exitCode, 1);
    assert.match(lab.stdout, /Scale out to three\n[\s\S]*✓ flask has 3 replicas[\s\S]*✗ flask has 1 replica, running\n/);
    assert.match(lab.stdout, /hint 1 {2}Scale in as you scaled out/);
  } finally {
    await me.leaves();
  }
});

test('the project is found by its folder: any project name, any file name, a linked folder, a folder below', async ({
  engine,
}) => {
  const me = learner(engine, 'base');
  const other = `${me.name}x`;
  try {
    renameSync(join(me.dir, 'compose.yaml'), join(me.dir, 'docker-compose.yml'));
    await me.types(`docker compose -p ${other} up -d`);
    const link = join(folder(), 'linked');
    symlinkSync(me.dir, link);
    mkdirSync(join(me.dir, 'notes'));
    for (const dir of [me.dir, link, join(me.dir, 'notes')]) {
      const said = await me.verify([], dir);
      assert.match(said.stdout, new RegExp(`in the project ${other} \\(`), dir);
      assert.equal(holding(said.stdout), ['setup/build', 'setup/up', 'scale/in'], dir);
    }
    await me.types(`docker compose -p ${other} stop`);
    assert.equal(holding((await me.verify()).stdout), ['setup/build', 'cleanup/stop']);
  } finally {
    await me.leaves(other);
  }
});

test('a stack in a linked folder: its mounts are its own, from whichever side it is looked at', async ({ engine }) => {
  const held = await holdPort(8000);
  const me = learner(engine, 'nginx', { NGINX_PORT: String(held.port) });
  const link = join(folder(), me.name);
  symlinkSync(me.dir, link);
  try {
    await me.types(`cd ${link} && docker compose up -d --build`);
    for (const dir of [link, me.dir]) {
      const { exitCode, stdout } = await me.verify(['nginx/up'], dir);
      assert.is(exitCode, 0, `${dir}\n${stdout}`);
    }
  } finally {
    await me.leaves();
    await held.release();
  }
});

test('an image that the file has no name for is called as the Compose at hand calls it', async ({ engine }) => {
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

test('two projects from one folder: which one is asked for', async ({ engine }) => {
  const me = learner(engine, 'base');
  const other = `${me.name}x`;
  try {
    await me.types('docker compose up -d');
    await me.types(`docker compose -p ${other} up -d --scale flask=3`);
    const both = await me.verify(['scale/out']);
    assert.is(both.exitCode, 2);
    assert.match(
      both.stderr,
      new RegExp(`^error E_PROJECT_AMBIGUOUS: 2 projects were started from .*: ${me.name}, ${other}\nhint: `),
    );
    assert.is((await me.verify(['scale/out', '--project', me.name])).exitCode, 1);
    assert.is((await me.verify(['scale/out', '--project', other])).exitCode, 0);
    // the one that is named, in any of the ways that Compose has for it
    writeFileSync(join(me.dir, '.env'), `COMPOSE_PROJECT_NAME=${other}\n`);
    assert.is((await me.verify(['scale/out'])).exitCode, 0);
    writeFileSync(join(me.dir, '.env'), `WHICH=${other}\n`);
    const file = readFileSync(join(me.dir, 'compose.yaml'), 'utf8');
    writeFileSync(join(me.dir, 'compose.yaml'), `name: $WHICH\n${file}`);
    assert.is((await me.verify(['scale/out'])).exitCode, 0);
    writeFileSync(join(me.dir, 'compose.yaml'), `name: nobody\n${file}`);
    assert.is((await me.verify(['scale/out'])).exitCode, 2);
  } finally {
    await me.leaves(me.name, other);
  }
});

test('no Compose file, another stack, a mistake in the file, a step that is not there: told with what to do', async ({
  engine,
}) => {
  const me = learner(engine, 'base');
  const wrong = async (args: readonly string[], cwd: string, code: string, says: RegExp) => {
    const { exitCode, stderr } = await me.verify(args, cwd);
    assert.is(exitCode, 2, stderr);
    assert.match(stderr, new RegExp(`^error ${code}: `));
    assert.match(stderr, says);
  };
  await wrong(
    [],
    folder(),
    'E_PROJECT_UNKNOWN',
    /there is no Compose file in .*\nhint: go to your copy of the tutorial's files \(base or nginx\)/,
  );
  await wrong(['nginx'], me.dir, 'E_PROJECT_UNKNOWN', /is another stack: this needs the services flask, redis-server, nginx\n/);
  await wrong(
    [],
    folder({ 'compose.yaml': 'services: {web: {image: nginx}}\n' }),
    'E_PROJECT_UNKNOWN',
    /needs the services flask/,
  );
  await wrong([], folder({ 'compose.yaml': 'services:\n  a: [\n' }), 'E_LAB_INVALID', /compose\.yaml: .* line \d/);
  await wrong(['scale/up'], me.dir, 'E_LAB_UNKNOWN', /hint: its steps: scale\/out, scale\/in\n/);
  await wrong(['scala'], me.dir, 'E_LAB_UNKNOWN', /hint: its labs: setup, /);
  await wrong(['--reporter', 'json'], me.dir, 'E_USAGE', /a report is about one lab/);
});

test('from the folder above: a lab that is named is looked for in its own folder', async ({ engine }) => {
  const me = learner(engine, 'base');
  const above = folder({
    'base/compose.yaml': 'services: {flask: {image: none}, redis-server: {image: none}, client: {image: none}}\n',
  });
  const said = await me.verify(['setup/up'], above);
  assert.is(said.exitCode, 1, said.stderr);
  assert.match(
    said.stdout,
    /✗ flask has 1 replica, running\n +expected +1 replica of flask, running\n +saw +no container of flask in the project \S+\n/,
  );
});

test('without an engine: says so, and starts none', async ({ engine }) => {
  const me = learner(engine, 'base', { DOCKER_HOST: `unix://${join(folder(), 'none.sock')}` });
  const { exitCode, stderr } = await me.verify();
  assert.is(exitCode, 3);
  assert.match(stderr, /^error E_ENGINE_UNREACHABLE: /);
});

test('every step of the tutorial is verified above', () => {
  const all = tutorials[0]?.labs.flatMap((lab) => lab.steps.map((step) => `${lab.id}/${step.id}`)) ?? [];
  assert.equal([...followed].sort(), [...all].sort());
});

test.run();
