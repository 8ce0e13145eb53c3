import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LabError } from '../../../../../src/lab/error.ts';
import { text } from '../../../../../src/lab/text.ts';
import { loadPty } from '../../../../../src/learn/web/terminal/pty.ts';
import { Terminal } from '../../../../../src/learn/web/terminal/terminal.ts';
import { folder } from '../../../../helpers/folder.ts';
import { type OpenPage, openPage, send, upgrade } from '../../../../helpers/page.ts';
import { otherAddresses, reach } from '../../../../helpers/reach.ts';

/** The server as attackers reach it: over the loopback, with headers of their choice. */

test('the token opens the page: a cookie for its path alone, and an address without the token', async () => {
  await using page = await openPage();
  const { access } = page;
  const { pathname, search, origin } = new URL(page.server.url);
  assert.is(origin, page.origin);
  const first = await send(page, `${pathname}${search}`);
  assert.is(first.status, 303);
  assert.is(first.headers.location, access.base);
  assert.equal(first.headers['set-cookie'], [
    `${access.cookie.name}=${access.cookie.value}; Path=${access.base}; HttpOnly; SameSite=Strict`,
  ]);
  assert.not.match(first.headers.location ?? '', access.token);
  const document = await send(page, access.base, { headers: page.own });
  assert.is(document.status, 200);
  assert.match(document.body, '<html lang="zh-TW">');
  assert.match(document.body, '<script type="module" src="main.js">');
});

test('the document has a new nonce for styles each time, the same as in its policy', async () => {
  await using page = await openPage();
  const nonces = [];
  for (let turn = 0; turn < 2; turn++) {
    const { body, header } = await send(page, page.access.base, { headers: page.own });
    const [, nonce = ''] = /<meta name="style-nonce" content="([\w-]{22})">/.exec(body) ?? [];
    assert.match(header('content-security-policy'), `style-src 'self' 'nonce-${nonce}';`);
    nonces.push(nonce);
  }
  assert.is.not(nonces[0], nonces[1]);
});

test('opened without the token, the page says in both languages what to do', async () => {
  await using page = await openPage();
  for (const path of ['/', page.access.base, page.at('events'), page.at('main.js')]) {
    const { status, body, header } = await send(page, path);
    assert.is(status, 403, path);
    assert.match(header('content-type'), 'text/plain');
    assert.match(body, 'Open the address that `lab` printed');
    assert.match(Buffer.from(body, 'latin1').toString(), '請開啟 `lab` 在終端機印出的網址');
  }
  assert.is((await send(page, '/?token=wrong')).status, 403);
});

test('DNS rebinding: with the name of another site, nothing is answered, not even with token and cookie', async () => {
  await using page = await openPage();
  const host = `evil.com:${page.server.port}`;
  const headers = { ...page.own, host, origin: `http://${host}` };
  for (const path of ['/', `/?token=${page.access.token}`, page.access.base, page.at('main.js'), page.at('events')])
    assert.is((await send(page, path, { headers })).status, 403, path);
  assert.is((await send(page, page.at('press'), { method: 'POST', headers, body: '{"kind":"pause"}' })).status, 403);
  assert.is(await upgrade(page, page.at('terminal'), headers), 403);
  assert.equal(page.pressed, []);
});

test('cross-site POST: of another site, of another port, without Origin, and in the form of an HTML form, nothing is pressed', async () => {
  await using page = await openPage();
  const type = { 'content-type': 'application/json' };
  const pressing = (headers: Record<string, string>, body = '{"kind":"key","key":"perform"}') =>
    send(page, page.at('press'), { method: 'POST', headers, body });
  for (const origin of ['http://evil.com', `http://127.0.0.1:${page.server.port + 1}`, 'null'])
    assert.is((await pressing({ ...page.own, ...type, origin })).status, 403, origin);
  assert.is((await pressing({ cookie: page.own.cookie ?? '', ...type })).status, 403);
  assert.is((await pressing({ ...page.own, 'content-type': 'text/plain' })).status, 415);
  assert.is((await pressing({ origin: page.origin, ...type })).status, 403);
  assert.equal(page.pressed, []);
  assert.is((await pressing({ ...page.own, ...type })).status, 204);
  assert.equal(page.pressed, [{ kind: 'key', key: 'perform' }]);
});

test('what is pressed has a known form and size', async () => {
  await using page = await openPage();
  const headers = { ...page.own, 'content-type': 'application/json' };
  const pressing = async (body: string) => (await send(page, page.at('press'), { method: 'POST', headers, body })).status;
  for (const body of [
    '',
    '{}',
    '[]',
    '{"kind":"key","key":"quit"}',
    '{"kind":"pause","more":1}',
    '{"kind":"go-to"}',
    '{"kind":"help"}',
  ])
    assert.is(await pressing(body), 400, body);
  assert.is(await pressing(JSON.stringify({ kind: 'go-to', key: 'x'.repeat(100_000) })), 413);
  assert.equal(page.pressed, []);
  for (const body of ['{"kind":"go-to","key":"scale/up"}', '{"kind":"help","on":true}']) assert.is(await pressing(body), 204);
});

test('a page of another origin cannot read, frame or embed an answer', async () => {
  await using page = await openPage();
  const answers = [
    await send(page, page.access.base, { headers: page.own }),
    await send(page, page.at('main.js'), { headers: page.own }),
    await send(page, page.at('absent'), { headers: page.own }),
    await send(page, page.access.base),
    await send(page, `/?token=${page.access.token}`),
  ];
  assert.equal(
    answers.map(({ status }) => status),
    [200, 200, 404, 403, 303],
  );
  for (const { headers, header } of answers) {
    const policy = header('content-security-policy');
    for (const part of [
      "default-src 'none'",
      "script-src 'self';",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ])
      assert.match(policy, part);
    assert.not.match(policy, 'unsafe');
    assert.is(headers['x-frame-options'], 'DENY');
    assert.is(headers['x-content-type-options'], 'nosniff');
    assert.is(headers['referrer-policy'], 'no-referrer');
    assert.is(headers['cross-origin-opener-policy'], 'same-origin');
    assert.is(headers['cross-origin-resource-policy'], 'same-origin');
    assert.is(headers['access-control-allow-origin'], undefined);
  }
  assert.is(answers[0]?.headers['cache-control'], 'no-store');
  const site = { ...page.own, 'sec-fetch-site': 'same-site' };
  assert.is((await send(page, page.at('main.js'), { headers: site })).status, 403);
});

test('files: compressed, with the right type, and asked for again only if they changed', async () => {
  await using page = await openPage();
  const whole = await send(page, page.at('main.js'), { headers: page.own });
  const packed = await send(page, page.at('main.js'), { headers: { ...page.own, 'accept-encoding': 'gzip, br' } });
  assert.is(packed.headers['content-encoding'], 'gzip');
  assert.is(gunzipSync(Buffer.from(packed.body, 'latin1')).toString('latin1'), whole.body);
  assert.ok(packed.body.length < whole.body.length / 10);
  assert.match(whole.header('content-type'), 'text/javascript');
  assert.match((await send(page, page.at('main.css'), { headers: page.own })).header('content-type'), 'text/css');
  const again = await send(page, page.at('main.js'), { headers: { ...page.own, 'if-none-match': whole.headers.etag ?? '' } });
  assert.is(again.status, 304);
});

test('a receipt that cannot be read is answered with why, in both languages; the terminal of the learner has no line about it', async () => {
  const why = text('it is not a receipt', '不是學習紀錄');
  const answers: (() => Promise<object | undefined>)[] = [
    async () => ({ version: 1 }),
    async () => undefined,
    () => Promise.reject(new LabError('E_STATE', why, text('remove it', '請刪除它'))),
    () => Promise.reject(new TypeError('a defect')),
  ];
  const printed: unknown[] = [];
  const { error: original } = console;
  console.error = (one: unknown) => void printed.push(one);
  const seen: (readonly [number, string])[] = [];
  try {
    for (const receipt of answers) {
      await using page = await openPage({ receipt });
      const { status, body } = await send(page, page.at('receipt.json'), { headers: page.own });
      seen.push([status, Buffer.from(body, 'latin1').toString()]);
    }
  } finally {
    console.error = original;
  }
  assert.equal(seen, [
    [200, '{"version":1}'],
    [404, 'no step has passed yet\n'],
    [422, JSON.stringify({ error: why })],
    [500, 'Internal Server Error'],
  ]);
  // a defect is not hidden
  assert.equal(printed.map(String), ['TypeError: a defect']);
});

test('the receipt is shown without characters that change the direction of text, and downloaded as it is', async () => {
  await using page = await openPage({ receipt: async () => ({ seen: 'a\u202eb' }) });
  const read = async (query: string) => {
    const { body } = await send(page, `${page.at('receipt.json')}${query}`, { headers: page.own });
    return JSON.parse(Buffer.from(body, 'latin1').toString());
  };
  assert.equal([await read(''), await read('?for=page')], [{ seen: 'a\u202eb' }, { seen: 'a[U+202E]b' }]);
});

test('a path that leads out of the page, or to a file that is none of the page, is not found', async () => {
  await using page = await openPage();
  const { base } = page.access;
  const paths = [
    ...['../secret.js', '..%2fsecret.js', '%2e%2e/secret.js', '%2e%2e%2fsecret.js', '..\\secret.js', '..%5csecret.js'],
    ...['./../secret.js', 'x/../../secret.js', '/etc/passwd', '%2fetc%2fpasswd', 'main.js%00', 'notes.txt', '.', '..', '%'],
  ];
  for (const path of paths) {
    const { status, body } = await send(page, `${base}${path}`, { headers: page.own });
    // a client would normalize some of these to another folder, which has no page
    assert.ok([400, 403, 404].includes(status) || body.includes('id="page"'), `${path}: ${status}`);
    assert.not.match(body, 'not of the page');
    assert.not.match(body, 'no file of a page');
  }
});

test('the token in another address, and another method, are refused', async () => {
  await using page = await openPage();
  for (const name of ['events', 'main.js', ''])
    assert.is((await send(page, `${page.at(name)}?token=${page.access.token}`)).status, 403, name);
  for (const method of ['HEAD', 'OPTIONS', 'PUT', 'DELETE'])
    assert.is((await send(page, page.access.base, { method, headers: page.own })).status, 403);
});

test('an upgrade to anything else ends the connection', async () => {
  await using page = await openPage();
  assert.is(await upgrade(page, page.at('events'), page.own), 404);
  assert.is(await upgrade(page, page.at('terminal'), page.own), 404, 'this server has no terminal');
  const socket = connect(page.server.port, '127.0.0.1');
  socket.end(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${page.server.port}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), 'HTTP/1.1 403');
  await once(socket, 'close');
});

test('only this machine can connect', async () => {
  await using page = await openPage();
  for (const address of otherAddresses()) assert.is(await reach(page.server.port, address), 'ECONNREFUSED', address);
  assert.is((await send(page, '/')).status, 403);
});

/** Asks for an upgrade, and never closes its side of the connection. Resolves to the first line of the answer. */
async function holding({ server, at }: OpenPage, headers: Readonly<Record<string, string>>): Promise<[Socket, string]> {
  const lines = Object.entries({
    ...{ host: `127.0.0.1:${server.port}`, connection: 'Upgrade', upgrade: 'websocket' },
    ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  socket.write(`GET ${at('terminal')} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.resume();
  return [socket, answer.toString().split('\r\n', 1)[0] ?? ''];
}

test('the server ends although pages, and others that were refused, keep their connections open', async () => {
  const pty = await loadPty(process.platform);
  if ('why' in pty) throw new Error(pty.why.en);
  const terminal = new Terminal({ pty, shell: '/bin/sh', dir: folder(), env: { PATH: process.env.PATH ?? '' } });
  for (const [is, status] of [
    ['a page', '101 Switching Protocols'],
    ['refused', '403 Forbidden'],
  ] as const) {
    const page = await openPage({ terminal });
    const [socket, line] = await holding(page, is === 'a page' ? page.own : {});
    assert.is(line, `HTTP/1.1 ${status}`);
    const limit = new AbortController();
    const closed = page.server.close(text('ends', '結束')).then(() => 'closed');
    // `ws` itself ends a connection after 30 s
    const waits = delay(15_000, 'the server waits', { signal: limit.signal }).catch(() => '');
    assert.is(await Promise.race([closed, waits]), 'closed', is);
    limit.abort();
    socket.destroy();
  }
});

test('a port that is in use is the error of the system', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const code = await openPage({ port }).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );
  other.close();
  assert.is(code, 'EADDRINUSE');
});

test('a server with the same secret and port accepts the cookie of the one before', async () => {
  const before = await openPage();
  const { port } = before.server;
  await before.server.close(text('ends', '結束'));
  await using after = await openPage({ port });
  assert.is((await send(after, after.access.base, { headers: before.own })).status, 200);
  assert.is(after.server.url, before.server.url);
  await using other = await openPage({ secret: Buffer.alloc(32, 9) });
  assert.is((await send(other, other.access.base, { headers: before.own })).status, 403);
});

test.run();
