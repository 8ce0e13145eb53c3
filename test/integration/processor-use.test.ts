import { setTimeout } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { watchProcessorUse } from '../../src/docker/api/processor-use.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { readyEngine } from '../helpers/engine.ts';

const test = suite<{ engine: Engine }>('processor use');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

test('a container that gets a fiftieth of a processor is busy; one that sleeps, and a removed one, is not', async ({
  engine: { api },
}) => {
  const start = async (name: string, Cmd: readonly string[], HostConfig: object) => {
    const Labels = { 'com.docker.compose.project': `processor-use-${name}-${process.pid}` };
    const body = { Image: 'nicolaka/netshoot:v0.13', Cmd, Labels, HostConfig: { Init: true, ...HostConfig } };
    const made = await api.post<{ Id: string }>('/containers/create', {}, body);
    const Id = made?.Id ?? '';
    await api.post(`/containers/${Id}/start`);
    return { remove: () => api.delete(`/containers/${Id}`, { force: true }), Labels };
  };
  const starved = await start('starved', ['sh', '-c', 'while :; do :; done'], { NanoCpus: 20_000_000 });
  const idle = await start('idle', ['sleep', 'infinity'], {});
  const [starvedIsBusy, idleIsBusy] = [starved, idle].map(({ Labels }) =>
    watchProcessorUse(api, Labels['com.docker.compose.project']),
  );
  try {
    assert.is(await starvedIsBusy?.(), true);
    assert.is(await idleIsBusy?.(), true, 'not observed for a second yet');
    let looks = 0;
    while ((await idleIsBusy?.()) && looks++ < 600) await setTimeout(50);
    assert.ok(looks < 600, 'a container that sleeps stayed busy');
    assert.is(await starvedIsBusy?.(), true);
  } finally {
    await starved.remove();
    await idle.remove();
  }
  assert.is(await starvedIsBusy?.(), false);
});

test.run();
