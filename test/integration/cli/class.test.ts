import { once } from 'node:events';
import { type Agent, request } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clock } from '../../../src/cli/clock.ts';
import { LabError } from '../../../src/lab/error.ts';
import { createCertificate } from '../../../src/learn/class/certificate.ts';
import { strangerMs } from '../../../src/learn/class/connections.ts';
import type { JoinCode } from '../../../src/learn/class/join-code.ts';
import { PinnedAgent } from '../../../src/learn/class/pinned-agent.ts';
import { classKeys, classTutorial, joinTestClass, openTestClass, sessionAt, type TestClass } from '../../helpers/class.ts';
import { rejection } from '../../helpers/rejection.ts';

/** A class and its learners on this machine's loopback, with real TLS. */

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly connection?: string | undefined;
}

/** One request on an agent's connections. */
const ask = (
  agent: Agent,
  path: string,
  body: string,
  headers: Record<string, string> = {},
  method = ['/end', '/wall'].includes(path) ? 'GET' : 'POST',
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    request({ agent, host: 'class', method, path, headers: { ...headers, ...length } }, (answer) => {
      let said = '';
      answer.setEncoding('utf8').on('data', (part) => (said += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: said, connection: answer.headers.connection }));
      answer.on('error', reject);
    })
      .on('error', reject)
      .end(body);
  });

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const joinBody = ({ secret }: JoinCode, over: object = {}): string =>
  JSON.stringify({
    ...{ secret: base64(secret), own: base64(Buffer.alloc(30, 7)), nickname: 'Eve', tutorial: classTutorial },
    ...over,
  });
const bearer = { authorization: `Bearer ${base64(Buffer.alloc(30, 7))}` };
const stateBody = (over: object = {}): string =>
  JSON.stringify({ at: 'a/one', passed: 0, steps: 3, phase: 'working', help: false, ...over });

test('two learners are on the wall with their steps; help is seen, and leaving', async () => {
  await using room = await openTestClass();
  await using ann = await joinTestClass(room.code, 'Ann');
  await using other = await joinTestClass(room.code, 'ann');
  assert.is(other.joined.membership.nickname, 'ann 2');
  ann.joined.listen(sessionAt('a/two', ['a/one']));
  ann.joined.askForHelp(true);
  const wall = await room.until((all) => all.some(({ at, helpSince }) => at === 'a/two' && helpSince !== undefined));
  assert.equal(
    wall.map(({ nickname, at, passed, steps, helpSince }) => [nickname, at, passed, steps, helpSince !== undefined]),
    [
      ['Ann', 'a/two', 1, 3, true],
      ['ann 2', wall[1]?.at, wall[1]?.passed, wall[1]?.steps, false],
    ],
  );
  await other.joined.close();
  await room.until((all) => all.length === 1);
});

test('another certificate is refused before a byte of HTTP is sent', async () => {
  await using room = await openTestClass();
  const { key, cert } = createCertificate(new Date().toISOString());
  const received: Buffer[] = [];
  const impostor = createTlsServer({ key, cert }, (socket) => {
    socket.on('data', (part) => received.push(part));
    socket.on('error', () => undefined);
  });
  impostor.listen(0, '127.0.0.2');
  await once(impostor, 'listening');
  const closed = once(impostor, 'connection').then(([socket]) => new Promise((resolve) => socket.once('close', resolve)));
  const { port } = impostor.address() as AddressInfo;
  const error = await rejection(joinTestClass({ ...room.code, address: '127.0.0.2', port }, 'Ann'));
  assert.ok(error instanceof LabError);
  assert.is(error.code, 'E_CLASS');
  assert.match(error.text.en, 'another certificate');
  assert.match(error.hint['zh-TW'], '沒有送出任何資料');
  await closed;
  assert.is(Buffer.concat(received).length, 0);
  impostor.close();
});

test('each bit of the 128 of the fingerprint counts', async () => {
  await using room = await openTestClass();
  for (const bit of [0, 63, 127]) {
    const fingerprint = Uint8Array.from(room.code.fingerprint);
    fingerprint[bit >> 3] = (fingerprint[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
    assert.match(String(await rejection(joinTestClass({ ...room.code, fingerprint }, 'Ann'))), 'another certificate');
  }
  assert.equal(room.events, []);
});

test('HTTP without TLS, and TLS 1.2, get no answer', async () => {
  await using room = await openTestClass();
  const { port, address: host } = room.code;
  const plain = connectTcp({ host, port });
  let said = '';
  plain.setEncoding('latin1').on('data', (part) => (said += part));
  plain.write('POST /join HTTP/1.1\r\nHost: class\r\n\r\n');
  plain.on('error', () => undefined);
  await once(plain, 'close');
  assert.not.match(said, 'HTTP/1.1');
  const old = connectTls({ host, port, rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
  const error = await Promise.race([once(old, 'error').then(([one]) => one), once(old, 'secureConnect').then(() => 'connected')]);
  old.destroy();
  assert.match(String(error), /protocol version|alert|EPROTO/i);
});

test('a wrong secret, another tutorial and a full message are refused; nothing is on the wall', async () => {
  await using room = await openTestClass();
  const secret = Uint8Array.from(room.code.secret).reverse();
  const wrong = await rejection(joinTestClass({ ...room.code, secret }, 'Ann'));
  assert.ok(wrong instanceof LabError);
  assert.equal([wrong.code, wrong.text.en], ['E_CLASS', 'the class does not know this join code']);
  const other = await rejection(joinTestClass(room.code, 'Ann', 'another'));
  assert.match(String(other), 'the class does another tutorial');
  const agent = new PinnedAgent(room.code);
  assert.is((await ask(agent, '/join', joinBody(room.code, { nickname: 'x'.repeat(5000) }))).status, 413);
  for (const over of [{ nickname: 'x'.repeat(97) }, { path: '/home/ann' }, { secret: '' }, { own: 'short' }, { tutorial: 3 }])
    assert.is((await ask(agent, '/join', joinBody(room.code, over))).status, 422, JSON.stringify(over));
  assert.is((await ask(agent, '/join', '{')).status, 422);
  assert.equal(room.events, []);
  agent.destroy();
});

test('without a key of its own a learner changes nothing; a state that the tutorial does not have is refused', async () => {
  await using room = await openTestClass();
  await using ann = await joinTestClass(room.code, 'Ann');
  await room.until(([one]) => one?.at === 'a/one');
  const agent = new PinnedAgent(room.code);
  for (const path of ['/state', '/end'] as const)
    assert.is((await ask(agent, path, path === '/end' ? '' : stateBody(), bearer)).status, 401);
  assert.is((await ask(agent, '/leave', '', bearer)).status, 200);
  assert.is(room.server.wall.length, 1);
  assert.is((await ask(agent, '/join', joinBody(room.code))).status, 200);
  for (const over of [
    { at: 'c/one' },
    { at: '<b>' },
    { passed: 4 },
    { steps: 999 },
    { phase: 'x' },
    { command: 'ls' },
    { help: 1 },
  ])
    assert.is((await ask(agent, '/state', stateBody(over), bearer)).status, 422, JSON.stringify(over));
  const { status, body } = await ask(agent, '/state', stateBody(), bearer);
  assert.equal([status, body], [200, '{}']);
  agent.destroy();
  assert.is(ann.joined.membership.phase, 'connected');
});

test('a learner gets the own nickname, `{}` or a status: nothing about others', async () => {
  await using room = await openTestClass();
  await using ann = await joinTestClass(room.code, 'Ann');
  const agent = new PinnedAgent(room.code);
  const answered = async (path: string, body: string, headers = {}, method = 'POST') => {
    const answer = await ask(agent, path, body, headers, method);
    return [answer.status, answer.body];
  };
  assert.equal(await answered('/join', joinBody(room.code)), [200, '{"nickname":"Eve"}']);
  assert.equal(await answered('/join', ''), [422, '{}']);
  assert.equal(await answered('/state', ''), [401, '{}']);
  for (const method of ['GET', 'POST'])
    for (const path of ['/', '/wall', '/events', '/learners', '/state/', '/end/'])
      assert.equal(await answered(path, '', bearer, method), [404, '{}'], `${method} ${path}`);
  for (const path of ['/join', '/state', '/leave']) assert.equal(await answered(path, '', bearer, 'GET'), [404, '{}'], path);
  agent.destroy();
  assert.is(ann.joined.membership.phase, 'connected');
});

test('a nickname is shown without control characters, on one line, and is cut', async () => {
  await using room = await openTestClass();
  const agent = new PinnedAgent(room.code);
  const nickname = `A\u202en\u001b[31mn\n${'x'.repeat(60)}`;
  const { body } = await ask(agent, '/join', joinBody(room.code, { nickname }));
  agent.destroy();
  const [shown] = room.server.wall;
  assert.match(shown?.nickname ?? '', /^A\[U\+202E\]n\[U\+001B\]\[31/);
  assert.ok([...(shown?.nickname ?? '')].length <= 24);
  assert.equal(JSON.parse(body), { nickname: shown?.nickname });
});

test('a flood on one connection is limited, and then the connection is closed; other learners are not disturbed', async () => {
  await using room = await openTestClass();
  await using ann = await joinTestClass(room.code, 'Ann');
  const agent = new PinnedAgent(room.code);
  agent.maxSockets = 1;
  await ask(agent, '/join', joinBody(room.code));
  const began = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 200 }, () =>
      ask(agent, '/state', stateBody(), bearer).then(
        ({ status }) => status,
        () => 0,
      ),
    ),
  );
  const most = 21 + (5 * (performance.now() - began)) / 1000;
  assert.ok(answers.filter((status) => status === 200).length <= most, answers.join());
  assert.ok(answers.includes(429), answers.join());
  assert.ok(answers.includes(0), answers.join());
  ann.joined.listen(sessionAt('b/one'));
  await room.until((all) => all.some(({ at }) => at === 'b/one'));
  agent.destroy();
});

test('the limit of a learner counts all of the connections together', async () => {
  await using room = await openTestClass();
  const agents = Array.from({ length: 4 }, () => new PinnedAgent(room.code));
  await ask(agents[0] as Agent, '/join', joinBody(room.code));
  const answers: number[] = [];
  for (const agent of agents)
    for (let count = 0; count < 12; count += 1) answers.push((await ask(agent, '/state', stateBody(), bearer)).status);
  assert.ok(answers.includes(429), answers.join());
  assert.ok(answers.filter((status) => status === 200).length >= 20, answers.join());
  for (const agent of agents) agent.destroy();
});

test('connections without the code: few for one address, and not for long; a learner stays', async () => {
  let expire: () => void = () => undefined;
  const expired = new Promise<void>((resolve) => {
    expire = resolve;
  });
  const after = (ms: number) => {
    if (ms !== strangerMs) return clock.after(ms);
    const timer = new AbortController();
    void expired.then(() => timer.abort());
    return timer.signal;
  };
  await using room = await openTestClass(0, undefined, { ...clock, after });
  await using ann = await joinTestClass(room.code, 'Ann');
  const agent = new PinnedAgent(room.code);
  const free = once(agent, 'free') as Promise<[Socket]>;
  assert.is((await ask(agent, '/join', '{')).status, 422);
  const [answered] = await free;
  const { port, address: host } = room.code;
  let closed = 0;
  const sockets = Array.from({ length: 300 }, () => connectTcp({ host, port, localAddress: '127.0.0.3' }));
  const closedAre = (count: number) =>
    new Promise<void>((resolve) => {
      const seen = () => closed >= count && resolve();
      for (const socket of sockets) socket.once('close', seen);
      seen();
    });
  for (const socket of sockets)
    socket
      .on('error', () => undefined)
      .once('close', () => (closed += 1))
      .resume();
  await closedAre(200);
  await using ben = await joinTestClass(room.code, 'Ben');
  assert.is(ben.joined.membership.phase, 'connected');
  assert.is(closed, 200);
  const began = performance.now();
  const gone = once(answered, 'close');
  expire();
  await Promise.all([gone, closedAre(300)]);
  // without this limit, a connection that was answered stays open for 60 s
  assert.ok(performance.now() - began < 30_000);
  assert.equal([ann.joined.membership.phase, ben.joined.membership.phase], ['connected', 'connected']);
  ann.joined.askForHelp(true);
  await room.until(([one]) => one?.helpSince !== undefined);
});

test('a connection that sends nothing does not delay the end', async () => {
  const room = await openTestClass();
  const silent = connectTcp({ host: room.code.address, port: room.code.port });
  silent.on('error', () => undefined);
  await once(silent, 'connect');
  const began = performance.now();
  await room.server.close();
  // the limit of its handshake is 10 s
  assert.ok(performance.now() - began < 8000);
});

test('only GET and POST are answered: HEAD of an answer that stays open would make a learner connected', async () => {
  await using room = await openTestClass();
  const agent = new PinnedAgent(room.code);
  await ask(agent, '/join', joinBody(room.code));
  for (const method of ['HEAD', 'OPTIONS', 'PUT']) assert.is((await ask(agent, '/end', '', bearer, method)).status, 405, method);
  assert.ok(room.server.wall[0]?.awaySince !== undefined);
  agent.destroy();
});

test('a connection is closed after a wrong secret, without a key, and for another path', async () => {
  await using room = await openTestClass();
  const agent = new PinnedAgent(room.code);
  const wrong = joinBody({ ...room.code, secret: Uint8Array.from(room.code.secret).reverse() });
  for (const [path, body, status] of [
    ['/join', wrong, 403],
    ['/state', stateBody(), 401],
    ['/end', '', 401],
    ['/wall', '', 404],
  ] as const) {
    const answer = await ask(agent, path, body, bearer);
    assert.equal([answer.status, answer.connection], [status, 'close'], path);
  }
  agent.destroy();
});

/** Another address of the class: what goes through it can be cut, and it can be closed and opened again. */
async function relayTo(room: TestClass) {
  const through = new Set<Socket>();
  const relay = createTcpServer((socket) => {
    const onward = connectTcp({ host: room.code.address, port: room.code.port });
    for (const one of [socket, onward]) {
      through.add(one);
      one.on('error', () => undefined);
    }
    socket.pipe(onward).pipe(socket);
    socket.on('close', () => onward.destroy());
    onward.on('close', () => socket.destroy());
  });
  const open = async (port: number) => {
    relay.listen(port, '127.0.0.2');
    await once(relay, 'listening');
    return (relay.address() as AddressInfo).port;
  };
  const cut = () => {
    for (const one of through) one.destroy();
  };
  const close = async () => {
    relay.close();
    cut();
    await once(relay, 'close');
  };
  const code = { ...room.code, address: '127.0.0.2', port: await open(0) };
  return { code, cut, close, open: () => open(code.port), [Symbol.asyncDispose]: close };
}

test('a learner whose connection breaks is away, and comes back as the same one', async () => {
  await using room = await openTestClass();
  await using relay = await relayTo(room);
  await using ann = await joinTestClass(relay.code, 'Ann');
  await room.until(([one]) => one?.at === 'a/one');
  relay.cut();
  await Promise.all([ann.until(({ phase }) => phase === 'away'), room.until(([one]) => one?.awaySince !== undefined)]);
  ann.joined.listen(sessionAt('a/two', ['a/one']));
  ann.joined.askForHelp(true);
  await ann.until(({ phase }) => phase === 'connected');
  const wall = await room.until(([one]) => one?.helpSince !== undefined);
  assert.equal(
    wall.map(({ id, nickname, at, awaySince }) => ({ id, nickname, at, awaySince })),
    [{ id: 1, nickname: 'Ann', at: 'a/two', awaySince: undefined }],
  );
});

test('a class that cannot be reached at first is joined when it can be: it gets the state of that time', async () => {
  await using room = await openTestClass();
  await using relay = await relayTo(room);
  await relay.close();
  await using ann = await joinTestClass(relay.code, 'Ann');
  assert.is(ann.joined.membership.phase, 'away');
  ann.joined.listen(sessionAt('a/two', ['a/one']));
  ann.joined.askForHelp(true);
  await relay.open();
  await ann.until(({ phase }) => phase === 'connected');
  const [learner] = await room.until(([one]) => one?.at !== undefined);
  assert.equal([learner?.nickname, learner?.at, learner?.passed, learner?.helpSince !== undefined], ['Ann', 'a/two', 1, true]);
});

test('a class that does not answer is no error: the lesson goes on; another certificate at its address is reported, and gets nothing', async () => {
  const before = await openTestClass();
  const { code } = before;
  await before.server.close();
  await using ann = await joinTestClass(code, 'Ann');
  assert.is(ann.joined.membership.phase, 'away');
  ann.joined.listen(sessionAt('a/two'));
  // the port has another class now
  await using next = await openTestClass(code.port);
  const { phase, why } = await ann.until((now) => now.phase !== 'away');
  assert.is(phase, 'refused');
  assert.match(why?.en ?? '', /another certificate; nothing was sent\. Ask your teacher for the current code/);
  await using ben = await joinTestClass(next.code, 'Ben');
  await next.until(([one]) => one?.at === 'a/one');
  assert.equal(
    next.server.wall.map(({ nickname }) => nickname),
    ['Ben'],
  );
  assert.is(ben.joined.membership.phase, 'connected');
});

/** A server of another version: answers each path with a status. */
async function otherVersion(statuses: Readonly<Record<string, number>>, body = '{"nickname":"Ann"}') {
  const { key, cert, fingerprint } = createCertificate(new Date().toISOString());
  const asked: string[] = [];
  const server = createHttpsServer({ key, cert }, (request, response) => {
    const { url = '' } = request;
    asked.push(url);
    response.writeHead(statuses[url] ?? 200).write(`${body}\n`);
    if (url !== '/end' || response.statusCode !== 200) response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const code = { address: '127.0.0.1', port, fingerprint: fingerprint.subarray(0, 16), secret: Buffer.alloc(6) };
  return {
    ...{ code, asked },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

test('a class of another version refuses the learner, and says why; an error of the moment is tried again', async () => {
  for (const [status, body] of [
    [422, '{}'],
    [400, '{}'],
    [404, 'not found'],
    [200, '<html>'],
    [200, '{"name":"Ann"}'],
  ] as const) {
    await using other = await otherVersion({ '/join': status }, body);
    const error = await rejection(joinTestClass(other.code, 'Ann'));
    assert.ok(error instanceof LabError, `${status} ${error}`);
    assert.match(`${error.text.en}; ${error.hint.en}`, /does not understand this labwright; use the same version/);
  }
  await using broken = await otherVersion({ '/join': 500 });
  await using ann = await joinTestClass(broken.code, 'Ann');
  assert.is(ann.joined.membership.phase, 'away');
});

test('a state that the class refuses is not taken for one that it knows: the learner sees that it does not ask for help', async () => {
  await using other = await otherVersion({ '/state': 422 });
  await using ann = await joinTestClass(other.code, 'Ann');
  const { phase, help, why } = await ann.until((now) => now.phase === 'refused');
  assert.equal([phase, help], ['refused', false]);
  assert.match(why?.['zh-TW'] ?? '', '請使用與老師相同版本的 labwright');
  ann.joined.askForHelp(true);
  assert.is(ann.joined.membership.help, false);
});

test('a class that accepts the connection and is silent delays the lesson by two seconds, and the end not at all', async () => {
  const silent = createTcpServer((socket) => socket.on('error', () => undefined).resume());
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const code = { address: '127.0.0.1', port, fingerprint: new Uint8Array(16), secret: new Uint8Array(6) };
  const began = performance.now();
  const ann = await joinTestClass(code, 'Ann');
  const joinedMs = performance.now() - began;
  assert.is(ann.joined.membership.phase, 'away');
  const gone = once(silent, 'close');
  await ann.joined.close();
  // the server closes when its only connection does, which is still in the handshake, for 5 s at most
  silent.close();
  await gone;
  assert.ok(joinedMs < 4000 && performance.now() - began < 4500, `${joinedMs}, ${performance.now() - began}`);
});

test('the end of the class is reported to learners, and all data is deleted', async () => {
  const room = await openTestClass();
  await using ann = await joinTestClass(room.code, 'Ann');
  ann.joined.askForHelp(true);
  await room.until(([one]) => one?.helpSince !== undefined);
  await room.server.close();
  const { phase, help } = await ann.until((now) => now.phase !== 'connected');
  assert.equal([phase, help], ['ended', false]);
  assert.equal(room.server.wall, []);
  ann.joined.listen(sessionAt(classKeys[2] ?? ''));
  ann.joined.askForHelp(true);
  assert.is(ann.joined.membership.help, false);
});

test.run();
