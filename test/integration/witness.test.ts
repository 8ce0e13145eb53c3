import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EngineApi } from '../../src/docker/api/engine-api.ts';
import { watchForeignActions } from '../../src/docker/api/foreign-actions.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { readyEngine } from '../helpers/engine.ts';
import { openRelay } from '../helpers/relay.ts';

/** `watchForeignActions` distinguishes actions of other processes from what a project's containers do themselves, on a real engine. */
const test = suite<{ engine: Engine; project: string }>('foreign actions');
const docker = (engine: Engine, ...words: string[]): string =>
  execFileSync('docker', words, { encoding: 'utf8', env: { ...process.env, ...engine.compose.env } }).trim();

let projects = 0;
const projectOf = (project: string) => `com.docker.compose.project=${project}`;
/** Starts a container of a project. */
const start = (engine: Engine, project: string, script: string): string =>
  docker(
    engine,
    ...['run', '-d', '--init', '--name', `${project}-app-1`, '--label', projectOf(project)],
    ...['nicolaka/netshoot:v0.13', 'sh', '-c', script],
  );

test.before(async (context) => {
  context.engine = await readyEngine();
});
test.before.each((context) => {
  context.project = `witness${process.pid}x${++projects}`;
});
test.after.each(({ engine, project }) => {
  const ids = docker(engine, 'ps', '-aq', '--filter', `label=${projectOf(project)}`);
  if (ids) docker(engine, 'rm', '-f', ...ids.split('\n'));
});
test.after(({ engine }) => engine.api.close());

test('a container that ends by itself, even by SIGKILL, is not a disturbance', async ({ engine, project }) => {
  const watch = await watchForeignActions(engine.api, project);
  const id = start(engine, project, 'kill -9 $$');
  assert.is(docker(engine, 'wait', id), '137');
  assert.is(await watch.disturbance(), undefined);
  await watch.close();
});

test('a container that another process stops or removes is a disturbance', async ({ engine, project }) => {
  const watch = await watchForeignActions(engine.api, project);
  const id = start(engine, project, 'sleep 300');
  docker(engine, 'stop', '-t', '0', id);
  assert.is((await watch.disturbance())?.en, `another process stopped ${project}-app-1`);
  docker(engine, 'rm', id);
  await watch.close();

  const next = await watchForeignActions(engine.api, project);
  const other = start(engine, project, 'exit 0');
  docker(engine, 'wait', other);
  // the event of its creation has arrived by now
  assert.is(await next.disturbance(), undefined);
  docker(engine, 'rm', other);
  assert.is((await next.disturbance())?.en, `another process removed ${project}-app-1`);
  await next.close();
});

test('an interrupted event stream is a disturbance, because actions may have been missed', async ({ engine, project }) => {
  const relay = await openRelay(engine);
  const api = await EngineApi.connect({ ...engine.api.endpoint, host: relay.host });
  try {
    const watch = await watchForeignActions(api, project);
    assert.is(await watch.disturbance(), undefined);
    assert.is(relay.cut(/^GET \S+\/events/), 1);
    for (let times = 0; times < 100 && !(await watch.disturbance()); times++);
    assert.is((await watch.disturbance())?.en, 'the engine was stopped or started again meanwhile');
    await watch.close();
  } finally {
    await Promise.all([api.close(), relay.close()]);
  }
});

test.run();
