import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeAuth, registryAuth, storedLogin } from '../../../../src/docker/images/credentials.ts';
import { folder } from '../../../helpers/folder.ts';

const base64 = (plain: string) => Buffer.from(plain).toString('base64');
const decoded = (header: string | undefined) => header && JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));

test("a login in Docker's settings, under any of the registry's names", () => {
  const auths = {
    'https://index.docker.io/v1/': { auth: base64('me:a:b') },
    'https://ghcr.io/v2/': { identitytoken: 'T' },
    'quay.io': {},
  };
  assert.equal(storedLogin({ auths }, 'docker.io'), { username: 'me', password: 'a:b' });
  assert.equal(storedLogin({ auths }, 'ghcr.io'), { identitytoken: 'T' });
  assert.is(storedLogin({ auths }, 'quay.io'), undefined);
  assert.is(storedLogin({}, 'docker.io'), undefined);
});

test('the header is base64url with its padding', () => {
  const header = encodeAuth({ password: '???>>>~~~' });
  assert.is(header.length % 4, 0);
  assert.match(header, /^[\w-]+=*$/);
  assert.equal(decoded(header), { password: '???>>>~~~' });
});

const helper = (answer: string) => `#!/bin/sh\nread -r server\n[ "$1" = get ] && printf '${answer}' "$server"\n`;

test('a login in a credential helper takes precedence', async () => {
  const dir = folder({
    'config.json': JSON.stringify({
      auths: { 'ghcr.io': { auth: base64('old:old') } },
      credsStore: 'vault',
      credHelpers: { 'quay.io': 'tokens' },
    }),
    'bin/docker-credential-vault': helper('{"Username":"me","Secret":"for %s"}'),
    'bin/docker-credential-tokens': helper('{"Username":"<token>","Secret":"t"}'),
  });
  const env = { DOCKER_CONFIG: dir, PATH: `${dir}/bin:/bin` };
  assert.equal(decoded(await registryAuth(env, 'ghcr.io')), {
    username: 'me',
    password: 'for ghcr.io',
    serveraddress: 'ghcr.io',
  });
  assert.equal(decoded(await registryAuth(env, 'docker.io')), {
    username: 'me',
    password: 'for https://index.docker.io/v1/',
    serveraddress: 'https://index.docker.io/v1/',
  });
  assert.equal(decoded(await registryAuth(env, 'quay.io')), { identitytoken: 't', serveraddress: 'quay.io' });
});

test('if the helper is absent or fails, the login of the settings is used, or none', async () => {
  const config = { auths: { 'ghcr.io': { auth: base64('me:pw') } }, credsStore: 'none' };
  const dir = folder({ 'config.json': JSON.stringify(config) });
  const env = { DOCKER_CONFIG: dir, PATH: dir };
  assert.equal(decoded(await registryAuth(env, 'ghcr.io')), { username: 'me', password: 'pw', serveraddress: 'ghcr.io' });
  assert.is(await registryAuth(env, 'docker.io'), undefined);
  assert.is(await registryAuth({}, 'docker.io'), undefined);
});

test.run();
