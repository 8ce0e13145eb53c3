import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { locate, usualSockets } from '../../../../src/docker/discovery/sockets.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const linux = 'linux' as const;
const idOf = (name: string) => createHash('sha256').update(name).digest('hex');
const meta = (host: string) => JSON.stringify({ Name: 'any', Endpoints: { docker: { Host: host } } });
const contextFiles = (name: string, host: string) => ({ [`contexts/meta/${idOf(name)}/meta.json`]: meta(host) });

test('DOCKER_HOST takes precedence over a context, and no other endpoint is tried', async () => {
  const dir = folder({ 'config.json': '{"currentContext":"lab"}', ...contextFiles('lab', 'unix:///lab.sock') });
  const env = { DOCKER_HOST: 'unix:///mine.sock', DOCKER_CONTEXT: 'lab', DOCKER_CONFIG: dir };
  assert.equal(await locate({ env, home: '/h', platform: linux }), {
    chosen: 'DOCKER_HOST',
    endpoints: [{ host: 'unix:///mine.sock' }],
  });
});

test('DOCKER_HOST over TCP uses certificates from the same folder as Docker', async () => {
  const host = 'tcp://there:2376';
  const at = async (env: NodeJS.ProcessEnv) =>
    (await locate({ env: { DOCKER_HOST: host, ...env }, home: '/h', platform: linux })).endpoints;
  assert.equal(await at({}), [{ host }]);
  assert.equal(await at({ DOCKER_TLS_VERIFY: '' }), [{ host }]);
  assert.equal(await at({ DOCKER_TLS_VERIFY: '1' }), [{ host, certificates: '/h/.docker' }]);
  assert.equal(await at({ DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' }), [{ host, certificates: '/c' }]);
  assert.equal(await at({ DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG: '/d' }), [{ host, certificates: '/d' }]);
  assert.equal(await at({ DOCKER_TLS_VERIFY: '1', DOCKER_HOST: 'unix:///a.sock' }), [{ host: 'unix:///a.sock' }]);
});

test('DOCKER_HOST without a scheme is read as Docker reads it', async () => {
  const at = async (value: string) =>
    (await locate({ env: { DOCKER_HOST: value }, home: '/h', platform: linux })).endpoints[0]?.host;
  assert.is(await at('there:2375'), 'tcp://there:2375');
  assert.is(await at('/a.sock'), 'unix:///a.sock');
});

test('DOCKER_CONTEXT takes precedence over the current context of config.json', async () => {
  const dir = folder({
    'config.json': '{"currentContext":"one"}',
    ...contextFiles('one', 'unix:///one.sock'),
    ...contextFiles('two', 'ssh://me@there'),
  });
  const at = (env: NodeJS.ProcessEnv) => locate({ env: { DOCKER_CONFIG: dir, ...env }, home: '/h', platform: linux });
  assert.equal(await at({ DOCKER_CONTEXT: 'two' }), { chosen: 'DOCKER_CONTEXT', endpoints: [{ host: 'ssh://me@there' }] });
  assert.equal(await at({}), { chosen: 'currentContext', endpoints: [{ host: 'unix:///one.sock' }] });
});

test('a context uses its own certificates', async () => {
  const dir = folder({ ...contextFiles('far', 'tcp://far:2376'), [`contexts/tls/${idOf('far')}/docker/ca.pem`]: 'x' });
  const { endpoints } = await locate({ env: { DOCKER_CONFIG: dir, DOCKER_CONTEXT: 'far' }, home: '/h', platform: linux });
  assert.equal(endpoints, [{ host: 'tcp://far:2376', certificates: `${dir}/contexts/tls/${idOf('far')}/docker` }]);
});

test('settings are searched for in ~/.docker', async () => {
  const files = Object.entries(contextFiles('home', 'unix:///home.sock')).map(([path, text]) => [`.docker/${path}`, text]);
  const home = folder({ '.docker/config.json': '{"currentContext":"home"}', ...Object.fromEntries(files) });
  assert.equal((await locate({ env: {}, home, platform: linux })).endpoints, [{ host: 'unix:///home.sock' }]);
});

test('an absent context is reported by name', async () => {
  const dir = folder();
  const error = await rejection(locate({ env: { DOCKER_CONFIG: dir, DOCKER_CONTEXT: 'gone' }, home: '/h', platform: linux }));
  assert.is(error.code, 'E_ENGINE_UNREACHABLE');
  assert.is(error.text.en, `Docker has no usable context 'gone' in ${dir}`);
  assert.is(error.text['zh-TW'], `Docker 在 ${dir} 裡沒有可用的 context「gone」`);
  assert.match(error.hint.en, '`unset DOCKER_CONTEXT`');
});

test('settings that are not JSON are reported with their path', async () => {
  const dir = folder({ 'config.json': '{' });
  const error = await rejection(locate({ env: { DOCKER_CONFIG: dir }, home: '/h', platform: linux }));
  assert.is(error.code, 'E_ENGINE_UNREACHABLE');
  assert.is(error.text.en, `Docker's settings in ${dir}/config.json: not valid JSON`);
});

test("fields of Docker's configuration of another type: those that name no engine are ignored, as the docker CLI does", async () => {
  const at = (config: string, files = contextFiles('lab', 'unix:///lab.sock')) =>
    locate({ env: { DOCKER_CONFIG: folder({ 'config.json': config, ...files }) }, home: '/h', platform: linux });
  for (const other of ['"auths": 3', '"credHelpers": [], "credsStore": {}', '"cliPluginsExtraDirs": "/x"', '"auths": {"x": 5}'])
    assert.equal((await at(`{"currentContext": "lab", ${other}}`)).endpoints, [{ host: 'unix:///lab.sock' }], other);
  for (const none of ['', '{}', '{"currentContext": null}', '{"currentContext": ""}'])
    assert.is((await at(none)).chosen, undefined, none);
  for (const [config, why] of [
    ['{"currentContext": 42}', '`currentContext` is not a non-empty string'],
    ['[]', 'not a JSON object'],
    ['42', 'not a JSON object'],
  ] as const) {
    const error = await rejection(at(config));
    assert.is(error.code, 'E_ENGINE_UNREACHABLE');
    assert.match(error.text.en, `config.json: ${why}`);
  }
  const path = `contexts/meta/${idOf('lab')}/meta.json`;
  for (const [meta, why] of [
    ['{"Endpoints": 3}', '`Endpoints` is not an object'],
    ['{"Endpoints": {"docker": {}}}', '`Endpoints.docker.Host` is not a non-empty string'],
    ['[]', 'not a JSON object'],
  ] as const) {
    const error = await rejection(at('{"currentContext": "lab"}', { [path]: meta }));
    assert.match(error.text.en, why);
  }
});

test("without configuration, and with the context 'default', the usual sockets", async () => {
  const usual = [
    'unix:///var/run/docker.sock',
    'unix:///run/user/7/docker.sock',
    'unix:///h/.docker/run/docker.sock',
    'unix:///h/.docker/desktop/docker.sock',
    'unix:///h/.colima/default/docker.sock',
    'unix:///h/.rd/docker.sock',
    'unix:///h/.orbstack/run/docker.sock',
  ];
  const env = { XDG_RUNTIME_DIR: '/run/user/7' };
  const places = { endpoints: usual.map((host) => ({ host })) };
  assert.equal(await locate({ env, home: '/h', platform: linux }), places);
  assert.equal(
    await locate({ env: { ...env, DOCKER_CONTEXT: 'default', DOCKER_HOST: '' }, home: '/h', platform: linux }),
    places,
  );
});

test('on Windows, the named pipes of Docker', () => {
  assert.equal(usualSockets({ env: {}, home: 'C:\\me', platform: 'win32' })[0], 'npipe:////./pipe/docker_engine');
});

test.run();
