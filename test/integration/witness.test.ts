import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EngineApi } from '../../src/docker/api/engine-api.ts';
import { watchForeignActions } from '../../src/docker/api/foreign-actions.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { openDoor } from '../helpers/door.ts';
import { readyEngine } from '../helpers/engine.ts';

/** What is done to a project's containers from outside is told from what they do themselves, on a real engine. */
const test = suite<{ engine: Engine; project: string }>('a witness');
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

test('a container that ends by itself, however it ends', async ({ engine, project }) => {
  const witness = await watchForeignActions(engine.api, project);
  const id = start(engine, project, 'kill -9 $$');
  assert.is(docker(engine, 'wait', id), '137');
  assert.is(await witness.disturbance(), undefined);
  await witness.close();
});

test('one that another process stops, and one that it removes', async ({ engine, project }) => {
  const witness = await watchForeignActions(engine.api, project);
  const id = start(engine, project, 'sleep 300');
  docker(engine, 'stop', '-t', '0', id);
  assert.is((await witness.disturbance())?.en, `another process stopped ${project}-app-1`);
  docker(engine, 'rm', id);
  await witness.close();

  const next = await watchForeignActions(engine.api, project);
  const other = start(engine, project, 'exit 0');
  docker(engine, 'wait', other);
  // its making is known by now
  assert.is(await next.disturbance(), undefined);
  docker(engine, 'rm', other);
  assert.is((await next.disturbance())?.en, `another process removed ${project}-app-1`);
  await next.close();
});

test('an engine that broke off its events has missed what was done meanwhile', async ({ engine, project }) => {
  const door = await openDoor(engine);
  const api = await EngineApi.connect({ ...engine.api.endpoint, host: door.host });
  try {
    const witness = await watchForeignActions(api, project);
    assert.is(await witness.disturbance(), undefined);
    assert.is(door.cut(/^GET \S+\/events/), 1);
    for (let times = 0; times < 100 && !(await witness.disturbance()); times++);
    assert.is((await witness.disturbance())?.en, 'the engine was stopped or started again meanwhile');
    await witness.close();
  } finally {
    await Promise.all([api.close(), door.close()]);
  }
});

test.run();
