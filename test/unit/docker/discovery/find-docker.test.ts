import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findDocker, noDocker } from '../../../../src/docker/discovery/find-docker.ts';
import { installHint, parseFamilies } from '../../../../src/docker/discovery/install-hint.ts';
import { supported } from '../../../../src/docker/embedded/embedded-engine.ts';
import { LabError } from '../../../../src/lab/error.ts';
import { text, verbatim } from '../../../../src/lab/text.ts';
import { tcpConnect } from '../../../../src/platform/tcp-connect.ts';
import { folder } from '../../../helpers/folder.ts';

const debian = { platform: 'linux' as const, families: ['debian'] };
const servers: Server[] = [];
test.after(() => {
  for (const server of servers) server.close();
});

/** A server at a local socket that answers a ping like an engine of this API version. */
async function fakeEngine(socket: string, apiVersion: string): Promise<void> {
  const server = createServer((_, answer) => answer.writeHead(200, { 'Api-Version': apiVersion }).end('OK'));
  servers.push(server);
  server.listen(socket);
  await once(server, 'listening');
}

test('the first endpoint that answers is used; the failed ones are recorded', async () => {
  const home = folder({ '.docker/run/docker.sock': 'a file, no socket', '.rd/x': '' });
  await fakeEngine(join(home, '.rd/docker.sock'), '1.45');
  const search = await findDocker({ env: {}, home, platform: 'darwin' });
  assert.is(search.api?.endpoint.host, `unix://${home}/.rd/docker.sock`);
  assert.is(search.api?.apiVersion, '1.45');
  const dead = search.misses.find((miss) => miss.host === `unix://${home}/.docker/run/docker.sock`);
  assert.is(dead?.absent, false);
  assert.is(dead?.error?.code, 'E_ENGINE_UNREACHABLE');
  await search.api?.close();
});

test('an explicit endpoint that does not answer is named in the error', async () => {
  const home = folder();
  const search = await findDocker({ env: { DOCKER_HOST: `unix://${home}/none.sock` }, home, platform: 'linux' });
  const error = noDocker(search, debian);
  assert.is(error.code, 'E_ENGINE_UNREACHABLE');
  assert.is(error.text.en, `no Docker engine answers at unix://${home}/none.sock (ENOENT)`);
  assert.is(error.hint.en, 'DOCKER_HOST names it: correct it, or `unset DOCKER_HOST`');
  assert.is(error.hint['zh-TW'], '這是 DOCKER_HOST 指定的：請改正它，或執行 `unset DOCKER_HOST`');
});

test('a machine on the network that refuses connections', async () => {
  const search = await findDocker({ env: { DOCKER_HOST: 'tcp://127.0.0.1:1' }, home: '/', platform: 'linux' });
  const error = noDocker(search, debian);
  assert.is(error.code, 'E_ENGINE_UNREACHABLE');
  assert.is(error.text.en, 'no Docker engine answers at tcp://127.0.0.1:1 (connect ECONNREFUSED 127.0.0.1:1)');
});

test('tcpConnect ends within its timeout and succeeds where a server listens', async () => {
  // a reserved address (RFC 5737): packets to it are dropped or refused
  const why = await tcpConnect({ host: 'tcp://192.0.2.1:2375' }, 300);
  assert.ok(why instanceof Error);
  const server = createServer().listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  assert.is(await tcpConnect({ host: `tcp://127.0.0.1:${port}` }, 3000), undefined);
  assert.is(await tcpConnect({ host: 'unix:///none.sock' }, 1), undefined);
});

test('an engine that is too old is reported', async () => {
  const home = folder();
  await fakeEngine(join(home, 'old.sock'), '1.39');
  const search = await findDocker({ env: { DOCKER_HOST: `unix://${home}/old.sock` }, home, platform: 'linux' });
  const error = noDocker(search, debian);
  assert.is(error.code, 'E_ENGINE_UNSUPPORTED');
  assert.is(error.text.en, `the engine at unix://${home}/old.sock uses API 1.39; labwright needs 1.41 or later`);
});

test('no engine: all endpoints, what to install, why not the private engine', () => {
  const misses = ['unix:///a.sock', 'unix:///b.sock'].map((host) => ({ host, absent: true }));
  const error = noDocker({ places: { endpoints: [] }, misses }, debian, text('no root', '不是 root'));
  assert.is(error.code, 'E_ENGINE_UNREACHABLE');
  assert.is(error.text.en, 'no Docker engine answers (tried /a.sock, /b.sock)');
  assert.is(error.text['zh-TW'], '沒有 Docker 引擎回應（試過 /a.sock、/b.sock）');
  assert.is(error.hint.en, 'install Docker: `sudo apt-get install docker.io docker-compose`; no root');
  assert.is(error.hint['zh-TW'], '請安裝 Docker：`sudo apt-get install docker.io docker-compose`；不是 root');
});

test('the private engine is suggested only on machines that could have it', async () => {
  const misses = [{ host: 'unix:///a.sock', absent: true }];
  const hint = (couldBePrivate: boolean) => noDocker({ places: { endpoints: [] }, misses, couldBePrivate }, debian).hint;
  const install = '`sudo apt-get install docker.io docker-compose`';
  assert.is(hint(false).en, `install Docker: ${install}`);
  assert.is(
    hint(true).en,
    `install Docker: ${install}; or leave out \`--engine docker\`, or use \`--engine private\`: this machine can run a private engine`,
  );
  assert.match(hint(true)['zh-TW'], /；或不加 `--engine docker`，或改用 `--engine private`/);
  const named = await findDocker({ env: { DOCKER_HOST: 'unix:///none.sock' }, home: '/', platform: 'linux' });
  assert.is(named.couldBePrivate, false);
  const anywhere = await findDocker({ env: {}, home: folder(), platform: 'darwin' });
  await anywhere.api?.close();
  if (!anywhere.api) assert.is(anywhere.couldBePrivate, (await supported()).ok);
});

test('a socket without an engine behind it: start Docker', () => {
  const dead = new LabError('E_ENGINE_UNREACHABLE', verbatim('refused'), verbatim('?'));
  const error = noDocker({ places: { endpoints: [] }, misses: [{ host: 'unix:///a.sock', absent: false, error: dead }] }, debian);
  assert.is(error.hint.en, 'start Docker (`sudo systemctl start docker`, or Docker Desktop)');
});

test('a socket without permission is reported before absent ones', () => {
  const refused = new LabError('E_ENGINE_PERMISSION', verbatim('no permission'), verbatim('join the group'));
  const misses = [
    { host: 'unix:///a.sock', absent: true },
    { host: 'unix:///b.sock', absent: false, error: refused },
  ];
  assert.is(noDocker({ places: { endpoints: [] }, misses }, debian), refused);
});

test('what to install, by system', () => {
  const onLinux = (...families: string[]) => installHint({ platform: 'linux', families }).en;
  assert.is(onLinux('ubuntu', 'debian'), 'install Docker: `sudo apt-get install docker.io docker-compose-v2`');
  assert.is(onLinux('linuxmint', 'ubuntu', 'debian'), 'install Docker: `sudo apt-get install docker.io docker-compose-v2`');
  assert.is(onLinux('plan9'), 'install Docker with its Compose plugin: https://docs.docker.com/engine/install/');
  assert.is(installHint({ platform: 'darwin', families: [] }).en, 'install Docker Desktop, OrbStack or Colima, and start it');
  assert.is(installHint({ platform: 'win32', families: [] }).en, 'install Docker Desktop and start it');
});

test('os-release, quoted or not', () => {
  assert.equal(parseFamilies('NAME="X"\nID=debian\n'), ['debian']);
  assert.equal(parseFamilies('ID="rocky"\nID_LIKE="rhel centos fedora"\n'), ['rocky', 'rhel', 'centos', 'fedora']);
  assert.equal(parseFamilies(''), []);
});

test.run();
