// time limit: 600 s
// alone on the engine: a container of another test would slow a look down
// only with test:full: verify-nginx.test.ts looks less often
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { verify } from '../../src/cli/commands/verify.ts';
import { containerLog } from '../../src/docker/api/container-log.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { holdPort } from '../../src/platform/port.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';
import { fakeScreen } from '../fixtures/screen.ts';
import { type Ended, runBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { type Learner, learner } from '../helpers/learner.ts';

/** One look gives the same result as a hundred, and hardly changes the learner's logs. */
const test = suite<{ engine: Engine }>('verify looks');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

const looks = 95;
const looksByProgram = 5;
const mostLines = 10;
const step = 'nginx/restart';

/** What depends on the time, and the numbers of the visit counter, which our requests increase. The facts contain both. */
const changing = ['startedAt', 'durationMs', 'evidence', 'looks'];
const rising = /\d+ to \d+, rising/;

function stable(report: string): string {
  const parsed: unknown = JSON.parse(report);
  const without = (key: string, value: unknown) => {
    if (changing.includes(key)) return undefined;
    return typeof value === 'string' ? value.replace(rising, 'rising') : value;
  };
  return JSON.stringify(parsed, without, 1);
}

/** `lab verify nginx/restart --reporter json` in this process, without the start of the program. */
async function look(me: Learner, out: string): Promise<number> {
  const screens = { out: fakeScreen().screen, err: fakeScreen().screen };
  const { signal } = new AbortController();
  const here = { lang: 'en', homes: locateHomes(me.env), env: me.env, cwd: me.dir, home: undefined } as const;
  const cli = { ...screens, ...here, engine: 'auto', signal, unattended: true } as const;
  return verify(cli, { role: {}, reporter: ['json'], out: [out] }, step);
}

test('100 looks at an unchanged stack give the same report; none adds more than 10 lines to the log of nginx or of the app', async ({
  engine,
}) => {
  const held = await holdPort(8000);
  const me = await learner(engine, 'nginx', { NGINX_PORT: String(held.port) });
  const out = join(folder(), 'report.json');
  const get = `node -e "fetch('http://127.0.0.1:${held.port}/').then((a) => a.text()).then(console.log)"`;
  try {
    await me.type(`docker compose up -d --build && ${get}`);
    await me.type(`docker compose up -d --scale flask=3 && ${get} && docker compose restart nginx && ${get} && ${get}`);
    const replicas = (await me.type('docker compose ps -q flask')).trim().split('\n');
    assert.is(replicas.length, 3);
    const linesOf = async (id: string) =>
      (await containerLog(engine.api, id, { lines: 100_000, timeoutMs: 60_000 })).split('\n').length - 1;
    const lines = async () => ({
      nginx: readFileSync(join(me.dir, 'var/log/nginx/access.log'), 'utf8').split('\n').length - 1,
      app: (await Promise.all(replicas.map(linesOf))).reduce((sum, count) => sum + count, 0),
    });
    const added = { nginx: 0, app: 0 };
    let [before, expected] = [await lines(), ''];
    const same = async (number: number, exitCode: number | null) => {
      const report = stable(readFileSync(out, 'utf8'));
      if (number === 1) expected = report;
      assert.is(exitCode, 0, report);
      assert.fixture(report, expected, `look ${number}`);
      const after = await lines();
      for (const log of ['nginx', 'app'] as const) {
        const more = after[log] - before[log];
        assert.ok(more <= mostLines, `look ${number} added ${more} lines to the log of ${log}`);
        added[log] += more;
      }
      before = after;
    };
    for (let number = 1; number <= looks; number++) await same(number, await look(me, out));
    for (let number = looks + 1; number <= looks + looksByProgram; number++)
      await same(number, (await runBin(['verify', step, '--reporter', 'json', '--out', out], me.env, me.dir)).exitCode);
    // each look asks nginx, and each answer is in the app's log: else the counts above would prove nothing
    assert.ok(added.nginx >= looks && added.app >= looks, JSON.stringify(added));
    // a slow app is asked again whether it is ready
    const text = ({ exitCode, stdout }: Ended) =>
      `${exitCode}\n${stdout.replace(rising, 'rising').replace(/sent \d+ requests/, 'sent requests')}`;
    assert.fixture(text(await me.verify()), text(await me.verify()));
  } finally {
    await me.remove();
    await held.release();
  }
});

test.run();
