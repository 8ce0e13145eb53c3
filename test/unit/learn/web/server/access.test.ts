import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Asked, accessOf, judge, refusals } from '../../../../../src/learn/web/server/access.ts';

/** The guard of every request, over plain headers. */

const secret = Buffer.alloc(32, 1);
const access = accessOf(secret, 4000);
const cookie = `${access.cookie.name}=${access.cookie.value}`;
const origin = 'http://127.0.0.1:4000';
/** The guard's answer to a request of the page, with these differences. */
const judged = (other: Partial<Asked> = {}, headers: Asked['headers'] = {}) =>
  judge(
    {
      ...{ method: 'GET', path: access.base, token: undefined, isUpgrade: false },
      ...other,
      headers: { host: '127.0.0.1:4000', cookie, ...headers },
    },
    access,
  );
const post = { method: 'POST', path: `${access.base}press` };
const socket = { path: `${access.base}terminal`, isUpgrade: true };

test('the page may use the server under both names of the loopback', () => {
  assert.is(judged(), 'allowed');
  assert.is(judged({}, { host: 'LOCALHOST:4000' }), 'allowed');
  assert.is(judged(post, { origin, 'sec-fetch-site': 'same-origin' }), 'allowed');
  assert.is(judged(post, { host: 'localhost:4000', origin: 'http://localhost:4000' }), 'allowed');
  assert.is(judged(socket, { origin }), 'allowed');
});

test('on port 80, the names without a port, as a browser sends them', () => {
  const on80 = accessOf(secret, 80);
  const own = { cookie: `${on80.cookie.name}=${on80.cookie.value}` };
  const asked = { method: 'POST', path: `${on80.base}press`, token: undefined, isUpgrade: false };
  const hosts = (host: string, origin: string) => judge({ ...asked, headers: { ...own, host, origin } }, on80);
  assert.is(hosts('127.0.0.1', 'http://127.0.0.1'), 'allowed');
  assert.is(hosts('localhost', 'http://localhost'), 'allowed');
  assert.is(hosts('127.0.0.1', 'http://localhost'), 'origin');
  assert.is(hosts('evil.com', 'http://evil.com'), 'host');
});

test('another Host is refused, whatever else is right', () => {
  for (const host of [
    'evil.com',
    'evil.com:4000',
    '127.0.0.1',
    '127.0.0.1:4001',
    'localhost.evil.com:4000',
    '',
    '127.0.0.1:4000.evil.com',
  ])
    for (const other of [{}, post, socket, { path: '/', token: access.token }])
      assert.is(judged(other, { host, origin: `http://${host}` }), 'host', host);
  assert.is(judged({}, { host: undefined }), 'host');
});

test('another Origin is refused: of a site, of another port, and of the other name', () => {
  for (const other of ['http://evil.com', 'http://127.0.0.1:4001', 'http://localhost:4000', 'https://127.0.0.1:4000', 'null'])
    for (const one of [{}, post, socket, { path: '/', token: access.token }])
      assert.is(judged(one, { origin: other }), 'origin', other);
});

test('a POST and an upgrade need an Origin; other requests of a browser have none', () => {
  assert.is(judged(post), 'origin');
  assert.is(judged(socket), 'origin');
});

test('a request that another page caused is refused, also one of the same host', () => {
  for (const site of ['cross-site', 'same-site']) assert.is(judged({}, { 'sec-fetch-site': site }), 'site');
  assert.is(judged({ path: '/', token: access.token }, { 'sec-fetch-site': 'cross-site' }), 'site');
  for (const site of ['same-origin', 'none']) assert.is(judged({}, { 'sec-fetch-site': site }), 'allowed');
});

test('the cookie is required, and that of another port or another secret is none', () => {
  const none = { cookie: undefined };
  for (const other of [{}, post, socket]) assert.is(judged(other, { ...none, origin }), 'cookie');
  const elsewhere = accessOf(secret, 4001);
  for (const value of [elsewhere.cookie.value, access.token, access.cookie.value.slice(1), `${access.cookie.value}x`, ''])
    assert.is(judged({}, { cookie: `${access.cookie.name}=${value}` }), 'cookie', value);
  assert.is(judged({}, { cookie: `${elsewhere.cookie.name}=${elsewhere.cookie.value}` }), 'cookie');
  assert.is(judged({}, { cookie: `other=1; ${access.cookie.name}=old; ${cookie}` }), 'allowed');
});

test('the token is exchanged at the start address alone, by GET', () => {
  const { token } = access;
  const none = { cookie: undefined, origin };
  assert.is(judged({ path: '/', token }, { cookie: undefined }), 'exchange');
  assert.is(judged({ path: '/', token: `${token}x` }, none), 'token');
  assert.is(judged({ path: '/', token: accessOf(Buffer.alloc(32, 2), 4000).token }, none), 'token');
  for (const path of ['events', 'press', 'terminal', ''])
    assert.is(judged({ path: `${access.base}${path}`, token }, none), 'cookie', path);
  assert.is(judged({ method: 'POST', path: '/', token }, none), 'cookie');
  assert.is(judged({ path: '/', token, isUpgrade: true }, none), 'cookie');
});

test('other methods are refused', () => {
  for (const method of ['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE', 'CONNECT']) assert.is(judged({ method }), 'method');
  assert.is(judged({ ...socket, method: 'POST' }, { origin }), 'method');
});

test('token, cookie and path have 256 bits each, differ, and depend on the port', () => {
  const all = [4000, 4001].flatMap((port) => {
    const { token, cookie, base } = accessOf(secret, port);
    return [token, cookie.value, base.replaceAll('/', '')];
  });
  assert.is(new Set(all).size, 6);
  for (const one of all) assert.match(one, /^[\w-]{43}$/);
});

test('each refusal says what to do, in both languages', () => {
  for (const why of Object.values(refusals)) for (const one of [why.en, why['zh-TW']]) assert.ok((one?.length ?? 0) > 10);
});

test.run();
