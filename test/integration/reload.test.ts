import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { proxied } from '../../labs/compose-scale/stacks.ts';
import { clock } from '../../src/cli/clock.ts';
import { exec } from '../../src/docker/api/exec.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { reload } from '../../src/grade/sandbox/reload.ts';
import { readyEngine } from '../helpers/engine.ts';

const test = suite<{ engine: Engine }>('reload');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

const how = proxied.proxy?.reload ?? { signal: '', accepts: () => false };
const conf =
  'worker_processes 2; events {} http { server { listen 80; location / { return 200 "process $pid"; } include /tmp/more; } }';
const nginx = ['sh', '-c', `echo '${conf}' >/etc/nginx/nginx.conf; touch /tmp/more; exec nginx -g 'daemon off;'`];

async function started({ api }: Engine, image: string, words: readonly string[], HostConfig = {}) {
  const [program, ...Cmd] = words;
  const body = { Image: image, Entrypoint: [program], Cmd, HostConfig };
  const id = (await api.post<{ Id: string }>('/containers/create', {}, body))?.Id ?? '';
  await api.post(`/containers/${id}/start`);
  const run = async (script: string) => (await exec(api, id, script, 10_000)).stdout.trim();
  return {
    id,
    run,
    /** The processes of nginx that answer. */
    answering: async () => new Set((await run('for i in $(seq 20); do curl -sS http://127.0.0.1/; echo; done')).split('\n')),
    [Symbol.asyncDispose]: () => api.delete(`/containers/${id}`, { force: true }),
  };
}
const untilAnswers = 'until curl -s http://127.0.0.1/; do sleep 0.05; done';

test('after a reload, other processes answer: with and without an init process', async ({ engine }) => {
  for (const Init of [false, true]) {
    await using there = await started(engine, 'nginx:1.26', nginx, { Init });
    await there.run(untilAnswers);
    const before = await there.answering();
    assert.is(await reload(engine.api, there.id, how, clock), true);
    const after = await there.answering();
    assert.ok([...before, ...after].every((one) => /^process \d+$/.test(one)));
    assert.equal(
      [...after].filter((one) => before.has(one)),
      [],
    );
  }
});

test('a configuration that is wrong by now is not reloaded', async ({ engine }) => {
  await using there = await started(engine, 'nginx:1.26', nginx);
  await there.run(untilAnswers);
  const before = await there.answering();
  await there.run('echo nonsense >/tmp/more');
  assert.is(await reload(engine.api, there.id, how, clock), false);
  const after = await there.answering();
  assert.ok([...after].every((one) => /^process \d+$/.test(one)) && [...after].some((one) => before.has(one)));
});

test('a program that would end by the signal gets none', async ({ engine }) => {
  await using there = await started(engine, 'nicolaka/netshoot:v0.13', ['sleep', 'infinity'], { Init: true });
  assert.is(await reload(engine.api, there.id, how, clock), false);
  assert.is(await there.run('echo it runs'), 'it runs');
});

test.run();
