import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findEngine, type OpenEngineOptions, openEngine } from '../../src/docker/discovery/open-engine.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';
import { testEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { rejection } from '../helpers/rejection.ts';
import { openRelay } from '../helpers/relay.ts';

let engine: Engine;
test.before(async () => {
  engine = await testEngine();
});
test.after(() => engine.api.close());

/** The environment of the engine's client, without variables that select an engine. */
const opening = (env: NodeJS.ProcessEnv, more: Partial<OpenEngineOptions> = {}): OpenEngineOptions => {
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

test('DOCKER_HOST selects the engine, with its version and its Compose', async () => {
  const { host } = engine.api.endpoint;
  const found = await openEngine(opening({ DOCKER_HOST: host }));
  await found.api.close();
  assert.is(found.kind, engine.kind);
  assert.match(found.version, /^\d+\.\d+\.\d+/);
  assert.is(found.compose.line, 'docker compose');
  assert.match(found.compose.version, /^\d+\.\d+\.\d+$/);
  assert.is(found.compose.env.DOCKER_HOST, host);
});

test('a context selects the engine too, also for Compose', async () => {
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

/** A relay to the engine over TCP and TLS, for clients with a certificate from the authority in the folder. */
async function tlsRelay(dir: string) {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...fresh, '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-subj', '/CN=test authority', '-days', '2');
  openssl('req', ...fresh, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=localhost');
  writeFileSync(join(dir, 'names'), 'subjectAltName=DNS:localhost');
  const authority = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'request.pem', ...authority, '-out', 'cert.pem');
  const read = (name: string) => readFileSync(join(dir, name));
  const credentials = { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  const server = createServer({ ...credentials, requestCert: true }, (outside) => {
    const inside = connect(engine.api.endpoint.host.replace('unix://', ''));
    for (const socket of [inside, outside]) socket.on('error', () => socket.destroy());
    outside.pipe(inside).pipe(outside);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { host: `tcp://localhost:${port}`, close: () => server.close() };
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
(hasOpenssl ? test : test.skip)('the engine is reached over TLS with the certificates in DOCKER_CERT_PATH', async () => {
  const certificates = folder();
  const relay = await tlsRelay(certificates);
  try {
    const env = { DOCKER_HOST: relay.host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates };
    const found = await openEngine(opening(env));
    await found.api.close();
    assert.is(found.version, engine.version);
    assert.is(found.kind, 'docker');
    const args = ['version', '--format', '{{.Server.Version}}'];
    const { stdout } = await promisify(execFile)('docker', args, { env: { ...found.compose.env } });
    assert.is(stdout.trim(), engine.version);
    const refused = await rejection(openEngine(opening({ ...env, DOCKER_CERT_PATH: folder() })));
    assert.is(refused.code, 'E_ENGINE_UNREACHABLE');
  } finally {
    relay.close();
  }
});

test('the private engine is recognized, also at DOCKER_HOST', async () => {
  const found = await findEngine(opening({ DOCKER_HOST: engine.api.endpoint.host }, { choice: 'auto' }));
  await found?.api.close();
  assert.is(found?.kind, process.env.LAB_TEST_DOCKER_HOST ? 'docker' : 'private');
});

test('finding an engine does not start one', async () => {
  const state = folder();
  const found = await findEngine(opening({}, { choice: 'private', homes: { cache: state, state } }));
  assert.is(found, undefined);
});

test('an unreachable engine at DOCKER_HOST is not replaced by another', async () => {
  const error = await rejection(openEngine(opening({ DOCKER_HOST: 'unix:///none.sock' }, { choice: 'auto' })));
  assert.is(error.code, 'E_ENGINE_UNREACHABLE');
  assert.is(error.text.en, 'no Docker engine answers at unix:///none.sock (ENOENT)');
});

test('an engine without Compose: E_COMPOSE_MISSING', async () => {
  // not the private engine's own socket: that one has its own Compose
  const relay = await openRelay(engine);
  try {
    const error = await rejection(openEngine(opening({ DOCKER_HOST: relay.host, PATH: folder() })));
    assert.is(error.code, 'E_COMPOSE_MISSING');
  } finally {
    await relay.close();
  }
});

test.run();
