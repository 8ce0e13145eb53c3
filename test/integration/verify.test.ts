// time limit: 960 s
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../labs/index.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { holdPort } from '../../src/platform/port.ts';
import { startBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { type Learner, learner, passingSteps } from '../helpers/learner.ts';

const test = suite<{ engine: Engine }>('verify');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

/** The project's resources and its image, with every property that changes when one of them changes. */
async function projectState({ api }: Engine, project: string): Promise<string> {
  interface Inspected {
    readonly Id: string;
    readonly Name: string;
    readonly RestartCount: number;
    readonly State: object;
    readonly HostConfig: object;
    readonly Config: object;
    readonly NetworkSettings: object;
  }
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${project}`] });
  const listed = await api.get<{ Id: string }[]>('/containers/json', { all: true, filters });
  const containers = await Promise.all(listed.map(({ Id }) => api.get<Inspected>(`/containers/${Id}/json`)));
  const networks = await api.get<{ Id: string; Name: string; Created: string }[]>('/networks', { filters });
  const { Volumes } = await api.get<{ Volumes: { Name: string; CreatedAt: string }[] | null }>('/volumes', { filters });
  const images = await api.get<{ Id: string }[]>('/images/json', { filters: JSON.stringify({ reference: [`${project}:lab`] }) });
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
      images: sorted(images.map(({ Id }) => Id)),
    },
    null,
    1,
  );
}

/** Requests that change nothing: reads, and execs that `lab verify` uses for probes in a container. */
const reading = /^(?:GET|HEAD) |^POST \S*\/containers\/[0-9a-f]{64}\/exec$|^POST \S*\/exec\/[0-9a-f]{64}\/start$/;

/** The steps that the tests have performed, as `lab/step`. */
const followed = new Set<string>();

/** Runs the commands in order. After each, `lab verify` must list exactly the steps in `passes`, including the step `at`. */
async function follow(
  me: Learner,
  engine: Engine,
  typed: readonly (readonly [line: string, at: string, passes: readonly string[]])[],
) {
  for (const [line, at, passes] of typed) {
    await me.type(line);
    const before = await projectState(engine, me.name);
    me.requests.length = 0;
    const { exitCode, stdout, stderr } = await me.verify();
    followed.add(at);
    assert.equal(passingSteps(stdout), passes, `${line}\n${stdout}${stderr}`);
    assert.ok(passes.includes(at) && exitCode === 0);
    assert.is(await projectState(engine, me.name), before, `${line}: lab verify changed something`);
    assert.ok(me.requests.length > 0, `${line}: no request seen`);
    assert.equal(
      me.requests.filter((request) => !reading.test(request)),
      [],
      line,
    );
  }
}

test('the base labs: verify is correct after each command of the tutorial, and changes nothing', async ({ engine }) => {
  const me = await learner(engine, 'base');
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
    const whole = async (lab: string, exitCode: number, expected: RegExp) => {
      const result = await me.verify([lab]);
      assert.is(result.exitCode, exitCode, `${lab}\n${result.stdout}${result.stderr}`);
      assert.match(result.stdout, expected);
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
    await me.remove();
  }
});

test("the nginx lab: the same, also in Chinese, on the learner's port", async ({ engine }) => {
  const held = await holdPort(8000);
  const me = await learner(engine, 'nginx', { NGINX_PORT: String(held.port) });
  const get = `node -e "fetch('http://127.0.0.1:${held.port}/').then((a) => a.text()).then(console.log)"`;
  try {
    await follow(me, engine, [['docker compose up -d --build', 'nginx/up', ['nginx/up']]]);
    // nginx has received no request yet, so verify keeps looking for a while
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
    assert.match(
      early.stdout,
      /實際 +flask 有 3 個副本在執行，nginx 只把請求轉送給 1 個\n +下一步 +nginx 只在啟動時查詢過一次名稱/,
    );
    await me.type('docker compose restart nginx');
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
    assert.match(whole.stdout, /略過：後面的步驟已經通過[\s\S]*\n依目前狀態，3 項檢查通過，共 .*；另有 \d+ 項無法檢查。\n$/);
  } finally {
    await me.remove();
    await held.release();
  }
});

test('checks that need observation are skipped with a reason; a lab fails if its last step does not hold', async ({ engine }) => {
  const me = await learner(engine, 'base');
  try {
    await me.type('docker compose up -d --scale flask=3');
    const out = join(folder(), 'report.json');
    const step = await me.verify(['scale/out', '--reporter', 'json', '--out', out]);
    assert.is(step.exitCode, 0, step.stderr);
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
    await me.remove();
  }
});

test('the tests above verify every step of the tutorial', () => {
  const all = tutorials[0]?.labs.flatMap((lab) => lab.steps.map((step) => `${lab.id}/${step.id}`)) ?? [];
  assert.equal([...followed].sort(), [...all].sort());
});

test.run();
