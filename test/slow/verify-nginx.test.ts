// time limit: 960 s
// alone on the engine: it remembers 256 events, and those of other tests would push a learner's out
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../labs/index.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { projectsPublishing } from '../../src/docker/learner-project.ts';
import { quote } from '../../src/formats/quote.ts';
import { holdPort } from '../../src/platform/port.ts';
import { type Ended, startBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { follow, followed } from '../helpers/follow.ts';
import { learner, passingSteps } from '../helpers/learner.ts';

const test = suite<{ engine: Engine }>('verify-nginx');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

test("the nginx lab: the same, also in Chinese, on the learner's port", async ({ engine }) => {
  const held = await holdPort(8000);
  const me = await learner(engine, 'nginx', { NGINX_PORT: String(held.port) });
  const get = `node -e "fetch('http://127.0.0.1:${held.port}/').then((a) => a.text()).then(console.log)"`;
  try {
    await follow(me, engine, [['docker compose up -d --build', 'nginx/up', ['nginx/up']]]);
    assert.equal(await projectsPublishing(engine.api, held.port), [{ project: me.name, dir: me.dir }]);
    // nginx has received no request yet, so verify looks for a while
    const cut = startBin(['verify', 'nginx/single', '--reporter', 'ndjson'], me.env, me.dir);
    await cut.until('run-started');
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
    await follow(me, engine, [
      ['docker compose restart nginx', 'nginx/restart', ['nginx/restart']],
      ['docker compose down', 'nginx/down', ['nginx/down']],
    ]);
    const whole = await me.verify(['nginx', '--lang', 'zh-TW']);
    assert.is(whole.exitCode, 1, whole.stdout);
    assert.match(whole.stdout, /✓ nginx\/down +全部移除\n\n已完成 1／5。\n其餘步驟尚未看到：/);
  } finally {
    await me.remove();
    await held.release();
  }
});

test('a stack that was started with three replicas at once has not done the restart, and is not told to remove everything', async ({
  engine,
}) => {
  const held = await holdPort(8000);
  const me = await learner(engine, 'nginx', { NGINX_PORT: String(held.port) });
  try {
    await me.type('docker compose up -d --build --scale flask=3');
    // nginx leaves a replica that does not answer yet out for 10 s
    const answers = 'python -c "import urllib.request as r; r.urlopen(\'http://localhost:5000/health\')"';
    for (const index of [1, 2, 3])
      await me.type(`docker compose exec -T --index=${index} flask sh -c ${quote(`until ${answers} 2>/dev/null; do :; done`)}`);
    const { exitCode, stdout } = await me.verify();
    assert.equal([exitCode, passingSteps(stdout)], [1, []], stdout);
    assert.match(stdout, /Next: nginx\/up, /);
    const restart = await me.verify(['nginx/restart']);
    assert.ok(restart.stdout.includes('the stack was started like this, so one look does not show'), restart.stdout);
    await me.type('docker compose restart nginx');
    const restarted = await me.verify(['nginx/restart']);
    assert.is(restarted.exitCode, 0, restarted.stdout);
  } finally {
    await me.remove();
    await held.release();
  }
});

test('a step is done although some of its checks cannot be made in one look: a report shows which', async ({ engine }) => {
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
  } finally {
    await me.remove();
  }
});

/** How many looks at an unchanged stack must give the same result; test/slow/verify-looks.test.ts takes 100. */
const looks = 6;

test(`${looks} looks at an unchanged stack give the same result, and each adds at most 10 lines to the access log`, async ({
  engine,
}) => {
  const held = await holdPort(8000);
  const me = await learner(engine, 'nginx', { NGINX_PORT: String(held.port) });
  const lines = () => readFileSync(join(me.dir, 'var/log/nginx/access.log'), 'utf8').split('\n').length - 1;
  /** Without the numbers of the visit counter, which our requests increase, and of requests: a slow app is asked again whether it is ready. */
  const stable = ({ exitCode, stdout, stderr }: Ended) => ({
    exitCode,
    stdout: stdout.replace(/\d+ to \d+, rising/, 'rising').replace(/labwright sent \d+ requests/, 'labwright sent requests'),
    stderr,
  });
  const lookOften = async (passes: readonly string[], exitCode: number, args: readonly string[]) => {
    const first = await me.verify(args);
    assert.equal(passingSteps(first.stdout), passes, first.stdout);
    assert.is(first.exitCode, exitCode);
    for (let at = 1; at < looks / 2; at++) {
      const before = lines();
      const again = await me.verify(args);
      assert.equal(stable(again), stable(first), `look ${at + 1}`);
      const added = lines() - before;
      assert.ok(added > 0 && added <= 10, `${added} lines`);
    }
  };
  try {
    await me.type('docker compose up -d --build');
    await me.verify();
    await lookOften(['nginx/up'], 1, []);
    await me.type('docker compose up -d --scale flask=3 && docker compose restart nginx');
    await me.verify();
    await lookOften(['nginx/restart'], 0, ['nginx/restart']);
  } finally {
    await me.remove();
    await held.release();
  }
});

test('services with other names and ports are found by what they are; --role with an unknown service is refused', async ({
  engine,
}) => {
  const me = await learner(engine, 'nginx');
  const file = join(me.dir, 'compose.yaml');
  const conf = join(me.dir, 'nginx/nginx.conf');
  const renamed = readFileSync(file, 'utf8')
    .replace(/\bflask:$/m, 'web:')
    .replace(/\bredis-server:$/m, 'cache:')
    .replace(/\bnginx:$/m, 'lb:')
    .replaceAll('redis-server', 'cache')
    .replace('[flask]', '[web]')
    .replace(/:80"/, ':8080"')
    .replace(/\$\{NGINX_PORT:-8000\}/, '0');
  writeFileSync(file, renamed);
  writeFileSync(conf, readFileSync(conf, 'utf8').replaceAll('flask', 'web').replace('listen 80', 'listen 8080'));
  try {
    await me.type('docker compose up -d --build');
    const up = await me.verify(['nginx/up']);
    assert.is(up.exitCode, 0, up.stdout);
    assert.match(up.stdout, /web on backend, frontend; cache on backend; lb on frontend/);
    const asked = await me.verify(['nginx/up', '--role', 'redis=none']);
    assert.is(asked.exitCode, 2);
    assert.match(asked.stderr, /has no service none\nhint: available: web, cache, lb\n$/);
  } finally {
    await me.remove();
  }
});

test('the test above verifies every step of the nginx lab', () => {
  const lab = tutorials[0]?.labs.find(({ id }) => id === 'nginx');
  assert.equal([...followed].sort(), lab?.steps.map(({ id }) => `nginx/${id}`).sort());
});

test.run();
