import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { endpointEnv, findCompose, parseComposeVersion } from '../../src/engine/find-compose.ts';
import { folder } from '../helpers/folder.ts';
import { rejection } from '../helpers/rejection.ts';

const system = { platform: 'linux' as const, families: ['debian'] };
/** A little program that answers `version --short` so, and only so. */
const says = (asked: string, answer: string) => `#!/bin/sh\n[ "$*" = "${asked}" ] && echo '${answer}' || exit 1\n`;
const find = (programs: Record<string, string>) => findCompose({ PATH: `${folder(programs)}:/bin` }, { system });

test('docker compose comes before docker-compose', async () => {
  const found = await find({
    docker: says('compose version --short', '2.26.1-4'),
    'docker-compose': says('version --short', '1.29.2'),
  });
  assert.is(found.line, 'docker compose');
  assert.is(found.version, '2.26.1');
});

test('docker without its plugin: docker-compose, of either age', async () => {
  const one = await find({ docker: '#!/bin/sh\nexit 125\n', 'docker-compose': says('version --short', '1.29.2') });
  assert.equal([one.line, one.version], ['docker-compose', '1.29.2']);
  const two = await find({ 'docker-compose': says('version --short', 'v2.40.3') });
  assert.equal([two.line, two.version], ['docker-compose', '2.40.3']);
});

test('none: what was looked for, and how to install it', async () => {
  const error = await rejection(find({}));
  assert.is(error.code, 'E_COMPOSE_MISSING');
  assert.is(
    error.text.en,
    'Docker Compose was not found (`docker compose`: no program `docker`; `docker-compose`: no program `docker-compose`)',
  );
  assert.is(
    error.text['zh-TW'],
    '找不到 Docker Compose（`docker compose`：沒有程式 `docker`；`docker-compose`：沒有程式 `docker-compose`）',
  );
  assert.is(error.hint.en, 'install Docker: `sudo apt-get install docker.io docker-compose`');
});

test('too old, and broken, are told apart', async () => {
  const error = await rejection(
    find({ docker: '#!/bin/sh\necho nothing\n', 'docker-compose': says('version --short', '1.25.0') }),
  );
  assert.is(
    error.text.en,
    'Docker Compose was not found (`docker compose`: tells no version; `docker-compose`: 1.25.0 is older than 1.29)',
  );
});

test('a version in whatever clothes', () => {
  assert.is(parseComposeVersion('v2.26.1-4+deb\n'), '2.26.1');
  assert.is(parseComposeVersion('docker-compose version 1.29.2, build unknown'), '1.29.2');
  assert.is(parseComposeVersion('dev'), undefined);
});

test("Docker's programs are sent to the very endpoint, whatever the environment says", () => {
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
