import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ForwardProxy, type ForwardProxyOptions } from '../../../../src/grade/build-network/forward-proxy.ts';
import { HttpCache } from '../../../../src/grade/build-network/http-cache.ts';
import type { Share } from '../../../../src/grade/build-network/share.ts';
import { folder } from '../../../helpers/folder.ts';
import { egressTo, startEcho, startIndex } from '../../../helpers/package-index.ts';

const plenty = { connections: 10, bytes: 1_000_000 };
const hosts = ['pypi.org', 'deb.debian.org', 'intern.example.org'];

const listen = async (over: Partial<ForwardProxyOptions> = {}, cacheDir = folder()) =>
  ForwardProxy.listen({
    address: '127.0.0.1',
    accepts: () => true,
    hosts,
    egress: egressTo({}),
    cache: await HttpCache.open(cacheDir, 1_000_000),
    limits: plenty,
    total: plenty,
    ...over,
  });

const userOf = (share: Share | undefined): Record<string, string> =>
  share ? { 'proxy-authorization': `Basic ${Buffer.from(`${share.secret}:x`).toString('base64')}` } : {};

interface Sent {
  readonly share?: Share;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** Sends a request for a complete URL to the proxy. */
async function get({ port }: ForwardProxy, url: string, { share, method = 'GET', headers = {} }: Sent = {}) {
  const sent = request({
    host: '127.0.0.1',
    port,
    method,
    path: url,
    headers: { host: 'x', ...headers, ...userOf(share) },
    agent: false,
  });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

/** Opens a tunnel; the status, and the socket if there is one. */
async function tunnel(
  { port }: ForwardProxy,
  to: string,
  share?: Share,
): Promise<{ status: number | undefined; socket: Socket }> {
  const sent = request({ host: '127.0.0.1', port, method: 'CONNECT', path: to, headers: userOf(share), agent: false });
  sent.end();
  const [answer, socket] = (await once(sent, 'connect')) as [IncomingMessage, Socket];
  socket.on('error', () => undefined);
  return { status: answer.statusCode, socket };
}

async function exchange(socket: Socket, words: string): Promise<string> {
  socket.end(words);
  return text(socket);
}

test('a tunnel passes bytes in both directions, to the end', async () => {
  await using echo = await startEcho();
  await using proxy = await listen({ egress: egressTo({ 'pypi.org:443': echo.port }) });
  const share = proxy.open();
  const { status, socket } = await tunnel(proxy, 'pypi.org:443', share);
  assert.is(status, 200);
  assert.is(await exchange(socket, 'hello'), 'HELLO');
  assert.ok(share.used);
  assert.equal(share.missed, []);
});

test('refused hosts, private addresses and hosts that do not answer are reported to the share of the build', async () => {
  await using proxy = await listen({
    egress: egressTo({ 'intern.example.org:443': 'private', 'intern.example.org:80': 'private' }),
  });
  const [share, other] = [proxy.open(), proxy.open()];
  const statuses = [];
  for (const to of ['evil.example:443', 'intern.example.org:443', 'pypi.org:443'])
    statuses.push((await tunnel(proxy, to, share)).status);
  assert.equal(statuses, [403, 403, 502]);
  assert.is((await get(proxy, 'http://evil.example/x', { share })).status, 403);
  assert.is((await get(proxy, 'http://intern.example.org/x', { share })).status, 403);
  assert.is((await get(proxy, 'http://pypi.org/x', { share })).status, 502);
  assert.is((await get(proxy, 'http://pypi.org/x', { share, method: 'POST' })).status, 405);
  assert.is((await get(proxy, '/x', { share })).status, 400);
  assert.equal(
    share.missed.map(({ why, host, port }) => `${why} ${host}:${port}`),
    [
      'host evil.example:443',
      'private intern.example.org:443',
      'unreachable pypi.org:443',
      'host evil.example:80',
      'private intern.example.org:80',
      'unreachable pypi.org:80',
      'method pypi.org:80',
    ],
  );
  assert.equal(other.missed, []);
});

test('a request without a user counts for no service; an unknown user is refused', async () => {
  await using proxy = await listen();
  const share = proxy.open();
  assert.is((await tunnel(proxy, 'evil.example:443')).status, 403);
  assert.equal([proxy.anonymous.missed.length, share.missed.length], [1, 0]);
  proxy.close(share);
  assert.is((await tunnel(proxy, 'pypi.org:443', share)).status, 407);
  assert.is((await get(proxy, 'http://pypi.org/', { share })).status, 407);
});

test('clients with another address are not answered', async () => {
  await using proxy = await listen({ accepts: (remote) => remote !== '127.0.0.1' });
  const socket = connect({ host: '127.0.0.1', port: proxy.port });
  socket.on('error', () => undefined);
  socket.write('CONNECT pypi.org:443 HTTP/1.1\r\n\r\n');
  assert.is(await text(socket).catch(() => ''), '');
});

test('plain HTTP: the answer passes unchanged; only harmless headers reach the server', async () => {
  await using index = await startIndex((_, response) => response.writeHead(404, { 'x-index': 'yes' }).end('none'));
  await using proxy = await listen({ egress: egressTo({ 'deb.debian.org:80': index.port }) });
  const headers = {
    'user-agent': 'apt',
    accept: '*/*',
    cookie: 'a=b',
    authorization: 'Basic x',
    'x-forwarded-host': 'evil.example',
    host: 'evil.example',
  };
  const { status, headers: got, body } = await get(proxy, 'http://deb.debian.org/debian/x?y', { headers, share: proxy.open() });
  assert.equal([status, got['x-index'], body], [404, 'yes', 'none']);
  const [seen] = index.requests;
  assert.equal([seen?.url, seen?.headers.host, seen?.headers['user-agent']], ['/debian/x?y', 'deb.debian.org', 'apt']);
  for (const name of ['cookie', 'authorization', 'x-forwarded-host', 'proxy-authorization'])
    assert.not.ok(name in (seen?.headers ?? {}), name);
});

test('plain HTTP: an answer that may be stored is fetched once, also by a later proxy', async () => {
  await using index = await startIndex((_, response) =>
    response.writeHead(200, { 'cache-control': 'max-age=600', 'content-length': 3 }).end('deb'),
  );
  const [dir, egress] = [folder(), egressTo({ 'deb.debian.org:80': index.port })];
  for (const _ of [1, 2]) {
    await using proxy = await listen({ egress }, dir);
    for (const __ of [1, 2]) assert.is((await get(proxy, 'http://deb.debian.org/x.deb')).body, 'deb');
    assert.is((await get(proxy, 'http://deb.debian.org/other.deb')).status, 200);
  }
  assert.equal(
    index.requests.map(({ url }) => url),
    ['/x.deb', '/other.deb'],
  );
});

test('plain HTTP: a stale answer is confirmed with the server, and then used', async () => {
  await using index = await startIndex((asked, response) => {
    if (asked.headers['if-none-match'] === '"1"') response.writeHead(304, { etag: '"1"' }).end();
    else response.writeHead(200, { etag: '"1"', 'cache-control': 'max-age=0', 'content-length': 3 }).end('deb');
  });
  await using proxy = await listen({ egress: egressTo({ 'deb.debian.org:80': index.port }) });
  for (const _ of [1, 2]) {
    const { status, body } = await get(proxy, 'http://deb.debian.org/x');
    assert.equal([status, body], [200, 'deb']);
  }
  assert.equal(
    index.requests.map(({ headers }) => headers['if-none-match']),
    [undefined, '"1"'],
  );
});

test('plain HTTP: an answer that breaks off is not stored', async () => {
  let whole = false;
  await using index = await startIndex((_, response) => {
    response.writeHead(200, { 'cache-control': 'max-age=600', 'content-length': 6 });
    if (whole) response.end('packag');
    else response.write('pack', () => response.destroy());
  });
  const dir = folder();
  await using proxy = await listen({ egress: egressTo({ 'deb.debian.org:80': index.port }) }, dir);
  await get(proxy, 'http://deb.debian.org/x').then(
    () => assert.unreachable(),
    (error) => assert.is(error.code, 'ECONNRESET'),
  );
  whole = true;
  assert.is((await get(proxy, 'http://deb.debian.org/x')).body, 'packag');
  assert.is(index.requests.length, 2);
  assert.is(readdirSync(dir).length, 2, 'one answer: its headers and its body');
});

test('a build that transfers more than its share is cut off', async () => {
  await using index = await startIndex((_, response) => response.end('x'.repeat(5000)));
  await using echo = await startEcho();
  const egress = egressTo({ 'deb.debian.org:80': index.port, 'pypi.org:443': echo.port });
  await using proxy = await listen({ egress, limits: { connections: 10, bytes: 1000 } });
  const [plain, tunnelled] = [proxy.open(), proxy.open()];
  await get(proxy, 'http://deb.debian.org/x', { share: plain }).then(
    () => assert.unreachable(),
    (error) => assert.is(error.code, 'ECONNRESET'),
  );
  const { socket } = await tunnel(proxy, 'pypi.org:443', tunnelled);
  assert.ok((await exchange(socket, 'x'.repeat(5000)).catch(() => '')).length < 5000);
  for (const share of [plain, tunnelled])
    assert.equal(
      share.missed.map(({ why }) => why),
      ['limit'],
    );
  assert.is((await get(proxy, 'http://deb.debian.org/x', { share: plain })).status, 429);
});

test('the connections of a build are limited, and available again when they end', async () => {
  await using echo = await startEcho();
  await using proxy = await listen({ egress: egressTo({ 'pypi.org:443': echo.port }), limits: { connections: 1, bytes: 1000 } });
  const share = proxy.open();
  const first = await tunnel(proxy, 'pypi.org:443', share);
  assert.is((await tunnel(proxy, 'pypi.org:443', share)).status, 429);
  assert.is(await exchange(first.socket, 'a'), 'A');
  assert.is((await tunnel(proxy, 'pypi.org:443', share)).status, 200);
});

test('closing ends open tunnels', async () => {
  await using echo = await startEcho();
  const proxy = await listen({ egress: egressTo({ 'pypi.org:443': echo.port }) });
  const { socket } = await tunnel(proxy, 'pypi.org:443', proxy.open());
  const ended = once(socket, 'close');
  socket.resume();
  await proxy[Symbol.asyncDispose]();
  await ended;
});

test.run();
