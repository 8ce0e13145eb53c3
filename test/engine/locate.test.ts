// time limit: 300 s
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/engine/engine.ts';
import { locateHomes } from '../../src/engine/homes.ts';
import { findEngine, type Opening, openEngine } from '../../src/engine/open.ts';
import { testEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { rejection } from '../helpers/rejection.ts';

let engine: Engine;
test.before(async () => {
  engine = await testEngine();
});
test.after(() => engine.api.close());

/** The environment that the engine's own client has, and nothing else that names an engine. */
const opening = (env: NodeJS.ProcessEnv, more: Partial<Opening> = {}): Opening => {
  const { PATH, DOCKER_CONFIG } = engine.compose.env;
  return {
    choice: 'docker',
    homes: locateHomes(),
    env: { PATH, DOCKER_CONFIG, ...env },
    home: homedir(),
    progress: () => {},
    unattended: true,
    signal: new AbortController().signal,
    ...more,
  };
};

test('DOCKER_HOST leads to the engine, its version and its Compose', async () => {
  const { host } = engine.api.endpoint;
  const found = await openEngine(opening({ DOCKER_HOST: host }));
  await found.api.close();
  assert.is(found.kind, engine.kind);
  assert.match(found.version, /^\d+\.\d+\.\d+/);
  assert.is(found.compose.line, 'docker compose');
  assert.match(found.compose.version, /^\d+\.\d+\.\d+$/);
  assert.is(found.compose.env.DOCKER_HOST, host);
});

test('a context leads to it too, and Compose is sent the same way', async () => {
  const { host } = engine.api.endpoint;
  const id = createHash('sha256').update('lab').digest('hex');
  const dir = folder({
    'config.json': JSON.stringify({ cliPluginsExtraDirs: [`${engine.compose.env.DOCKER_CONFIG}/cli-plugins`] }),
    [`contexts/meta/${id}/meta.json`]: JSON.stringify({ Name: 'lab', Endpoints: { docker: { Host: host } } }),
  });
  const found = await openEngine(opening({ DOCKER_CONFIG: dir, DOCKER_CONTEXT: 'lab' }));
  await found.api.close();
  assert.is(found.api.endpoint.host, host);
  assert.is(found.compose.env.DOCKER_HOST, host);
  assert.is(found.version, engine.version);
});

test("the private engine is known again, even as somebody's DOCKER_HOST", async () => {
  const found = await findEngine(opening({ DOCKER_HOST: engine.api.endpoint.host }, { choice: 'auto' }));
  await found?.api.close();
  assert.is(found?.kind, process.env.LAB_TEST_DOCKER_HOST ? 'docker' : 'private');
});

test('looking for an engine brings none up', async () => {
  const state = folder();
  const found = await findEngine(opening({}, { choice: 'private', homes: { cache: state, state } }));
  assert.is(found, undefined);
});

test('an engine that was named and is not there is not replaced by another', async () => {
  const error = await rejection(openEngine(opening({ DOCKER_HOST: 'unix:///none.sock' }, { choice: 'auto' })));
  assert.is(error.code, 'E_ENGINE_UNREACHABLE');
  assert.is(error.text.en, 'no Docker engine answers at unix:///none.sock (ENOENT)');
});

test('an engine without Compose', async () => {
  const env = { DOCKER_HOST: engine.api.endpoint.host, PATH: folder() };
  if (engine.kind === 'private') return; // it brings its own
  const error = await rejection(openEngine(opening(env)));
  assert.is(error.code, 'E_COMPOSE_MISSING');
});

test.run();
