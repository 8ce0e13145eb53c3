import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeLine } from '../../../../src/docker/compose/compose.ts';
import { endpointEnv, findCompose } from '../../../../src/docker/compose/find-compose.ts';
import { parseComposeVersion } from '../../../../src/docker/compose/plugin.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const system = { platform: 'linux' as const, families: ['debian'] };
/** A program that answers `version --short` with this text and fails otherwise. */
const says = (asked: string, answer: string) => `#!/bin/sh\n[ "$*" = "${asked}" ] && echo '${answer}' || exit 1\n`;
const find = (programs: Record<string, string>) => findCompose({ PATH: `${folder(programs)}:/bin` }, { system });

test('docker compose is preferred to docker-compose', async () => {
  const found = await find({
    docker: says('compose version --short', '2.26.1-4'),
    'docker-compose': says('version --short', '1.29.2'),
  });
  assert.is(found.line, 'docker compose');
  assert.is(found.version, '2.26.1');
});

test('docker without its plugin: docker-compose of either version is used', async () => {
  const one = await find({ docker: '#!/bin/sh\nexit 125\n', 'docker-compose': says('version --short', '1.29.2') });
  assert.equal([one.line, one.version], ['docker-compose', '1.29.2']);
  const two = await find({ 'docker-compose': says('version --short', 'v2.40.3') });
  assert.equal([two.line, two.version], ['docker-compose', '2.40.3']);
});

test("docker's plugin is started directly if it is where docker itself would find it; otherwise docker starts it", async () => {
  const plugin = (version: string) => says('docker-cli-plugin-metadata', `{"SchemaVersion":"0.1.0","Version":"${version}"}`);
  const asDocker = says('compose version --short', '2.20.0');
  const there = (name: string, plugins: Record<string, string>, config = '{}') => {
    const settings = folder({ 'config.json': config, ...plugins });
    const PATH = `${folder({ [name]: asDocker })}:/bin`;
    return { settings, found: findCompose({ PATH, DOCKER_CONFIG: settings }, { system }) };
  };
  const own = there('docker', { 'cli-plugins/docker-compose': plugin('v2.26.1-4') });
  const found = await own.found;
  assert.equal(
    [found.line, found.version, found.plugin],
    ['docker compose', '2.26.1', join(own.settings, 'cli-plugins/docker-compose')],
  );

  const elsewhere = folder({ 'docker-compose': plugin('v2.30.0') });
  const extra = there(
    'docker',
    { 'cli-plugins/docker-compose': plugin('v2.26.1') },
    JSON.stringify({ cliPluginsExtraDirs: [elsewhere] }),
  );
  assert.is((await extra.found).plugin, join(elsewhere, 'docker-compose'));

  for (const broken of ['#!/bin/sh\nexit 1\n', '#!/bin/sh\necho what\n', says('docker-cli-plugin-metadata', '{}')]) {
    const asked = await there('docker', { 'cli-plugins/docker-compose': broken }).found;
    assert.equal([asked.version, asked.plugin], ['2.20.0', undefined]);
  }
  const without = await rejection(there('podman', { 'cli-plugins/docker-compose': plugin('v2.26.1') }).found);
  assert.is(without.code, 'E_COMPOSE_MISSING');
});

test('starts the program that docker would start, and shows the line that a user types', () => {
  const compose = { line: 'docker compose', version: '2.26.1', env: {} };
  assert.equal(composeLine(compose, 'ps'), { shown: 'docker compose ps', started: 'docker compose ps' });
  assert.equal(composeLine({ ...compose, plugin: '/a b/docker-compose' }, 'up -d'), {
    shown: 'docker compose up -d',
    started: "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND=docker GOGC=400 exec '/a b/docker-compose' compose up -d",
  });
});

test('no Compose: the error names what was tried and how to install it', async () => {
  const error = await rejection(find({}));
  assert.is(error.code, 'E_COMPOSE_MISSING');
  assert.is(
    error.text.en,
    'Docker Compose was not found (`docker compose`: program `docker` not found; `docker-compose`: program `docker-compose` not found)',
  );
  assert.is(
    error.text['zh-TW'],
    '找不到 Docker Compose（`docker compose`：找不到程式 `docker`；`docker-compose`：找不到程式 `docker-compose`）',
  );
  assert.is(error.hint.en, 'install Docker: `sudo apt-get install docker.io docker-compose`');
});

test('the error distinguishes an old Compose from a broken one', async () => {
  const error = await rejection(
    find({ docker: '#!/bin/sh\necho nothing\n', 'docker-compose': says('version --short', '1.25.0') }),
  );
  assert.is(
    error.text.en,
    'Docker Compose was not found (`docker compose`: reports no version; `docker-compose`: 1.25.0 is older than 1.29)',
  );
});

test('parses a version in every format', () => {
  assert.is(parseComposeVersion('v2.26.1-4+deb\n'), '2.26.1');
  assert.is(parseComposeVersion('docker-compose version 1.29.2, build unknown'), '1.29.2');
  assert.is(parseComposeVersion('dev'), undefined);
});

test("Docker's programs use the same endpoint, whatever the environment names", () => {
  const env = { PATH: '/p', DOCKER_HOST: 'tcp://other', DOCKER_CONTEXT: 'other', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' };
  assert.equal(endpointEnv({ host: 'unix:///a.sock' }, env, '/h'), {
    PATH: '/p',
    HOME: '/h',
    DOCKER_CONFIG: '/h/.docker',
    DOCKER_HOST: 'unix:///a.sock',
    DOCKER_CONTEXT: '',
    DOCKER_TLS: '',
    DOCKER_TLS_VERIFY: '',
    DOCKER_CERT_PATH: '',
  });
  const { DOCKER_TLS_VERIFY, DOCKER_CERT_PATH } = endpointEnv({ host: 'tcp://a:2376', certificates: '/certs' }, {}, '/h');
  assert.equal([DOCKER_TLS_VERIFY, DOCKER_CERT_PATH], ['1', '/certs']);
});

test.run();
