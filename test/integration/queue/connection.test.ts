import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadQueueAddress } from '../../../src/grade/queue/address.ts';
import { openQueue } from '../../../src/grade/queue/bull/open-queue.ts';
import { folder } from '../../helpers/folder.ts';
import { compile, source } from '../../helpers/program.ts';
import {
  aborted,
  announcement,
  endsOf,
  heldJob,
  jobOf,
  queueScene,
  shortTimes as times,
  until,
  workerState,
} from '../../helpers/queue.ts';
import { startQueueServer } from '../../helpers/queue-server.ts';
import { rejection } from '../../helpers/rejection.ts';

const signal = new AbortController().signal;
const opened = async (url: string, env: Record<string, string> = {}) =>
  openQueue(await loadQueueAddress(url, env), { times, signal });
async function refused(url: string, env: Record<string, string> = {}) {
  const error = await rejection(opened(url, env));
  assert.is(error.code, 'E_QUEUE');
  assert.ok(error.text['zh-TW'] !== error.text.en && error.hint.en !== '');
  return error.message;
}

/** A program that listens on a port of this machine and does not speak the protocol. */
async function listening(answer: (socket: Socket) => void): Promise<{ url: string } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    answer(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    const closed = once(server, 'close');
    server.close();
    await closed;
  };
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, [Symbol.asyncDispose]: close };
}

test('nothing listens, or its name is not known: refused at once, without the password', async () => {
  const closed = await listening(() => undefined);
  await closed[Symbol.asyncDispose]();
  const { url } = closed;
  assert.is(
    await refused(url.replace('//', '//me:secret@')),
    `the queue server ${url.replace('//', '//me@')} cannot be used: nothing listens there`,
  );
  assert.match(await refused('redis://no-such-host.invalid'), /cannot be used: its host name is not known$/);
  assert.match(await refused(`unix:${join(folder(), 'none.sock')}`), /none\.sock cannot be used: nothing listens there$/);
});

test('what answers is not a queue server', async () => {
  await using web = await listening((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  assert.match(await refused(web.url), /what answers there is not Redis or Valkey$/);
  assert.match(await refused(web.url, { LAB_QUEUE_PASSWORD: 'x' }), /what answers there is not Redis or Valkey$/);
  await using closing = await listening((socket) => socket.end());
  assert.match(await refused(closing.url), /it closed the connection$/);
});

test('a server that accepts connections and does not answer is refused; an abort ends the wait', async () => {
  await using silent = await listening(() => undefined);
  assert.match(await refused(silent.url), /it accepts connections and does not answer$/);
  const controller = new AbortController();
  const work = openQueue(await loadQueueAddress(silent.url, {}), { times, signal: controller.signal });
  controller.abort(new Error('stop'));
  assert.is(await work.catch((error) => error.message), 'stop');
});

test('a server of an earlier version is refused', async () => {
  const info = '# Server\r\nredis_version:6.0.16\r\n';
  await using old = await listening((socket) => socket.on('data', () => socket.write(`$${info.length}\r\n${info}\r\n`)));
  assert.match(await refused(old.url), /it is Redis 6\.0\.16, which is too old$/);
});

test('a server that would remove jobs when its memory is full is refused', async () => {
  await using server = await startQueueServer({ settings: ['maxmemory 50mb', 'maxmemory-policy allkeys-lru'] });
  assert.match(await refused(server.url), /it removes data \(maxmemory-policy allkeys-lru\): jobs would be lost$/);
});

test('a copy of another server is refused', async () => {
  await using server = await startQueueServer({ settings: ['replicaof 127.0.0.1 1'] });
  assert.match(await refused(server.url), /it is a read-only copy of another server$/);
});

test('passwords: none, a wrong one, and a user without rights are refused; the right one works', async () => {
  await using server = await startQueueServer({ password: 'right' });
  assert.match(await refused(server.url), /it needs a password$/);
  assert.match(await refused(server.url, { LAB_QUEUE_PASSWORD: 'wrong' }), /the password or the user is wrong$/);
  assert.match(await refused(server.url.replace('//', '//nobody:right@')), /the password or the user is wrong$/);
  await server.client.call('ACL', 'SETUSER', 'weak', 'on', '>pw', '~labwright:*', '+get');
  assert.match(await refused(server.url.replace('//', '//weak:pw@')), /may not run the commands that a queue needs$/);
  await server.client.call('ACL', 'SETUSER', 'lab', 'on', '>pw', '~labwright:*', '+@all');
  const file = join(folder({ password: 'pw\n' }), 'password');
  await using queue = await opened(server.url.replace('//', '//lab@'), { LAB_QUEUE_PASSWORD_FILE: file });
  await using cls = await queue.openClass(announcement());
  await using member = await queue.join('c1', workerState());
  member.serveShared(1, async () => Buffer.from('done'));
  const ends = endsOf(cls);
  await cls.send(jobOf('a'));
  assert.ok((await ends.of('a')).ok);
  await cls.end();
});

/** An authority, and a certificate of it for localhost. */
function certificates() {
  const cwd = folder({ names: 'subjectAltName=DNS:localhost' });
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd, stdio: 'pipe' });
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...fresh, '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-subj', '/CN=test authority', '-days', '2');
  openssl('req', ...fresh, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=localhost');
  const authority = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'request.pem', ...authority, '-out', 'cert.pem');
  return { ca: join(cwd, 'ca.pem'), cert: join(cwd, 'cert.pem'), key: join(cwd, 'key.pem') };
}

test('TLS: the certificate must be signed by a known authority, for the name in the address', async () => {
  const { ca, cert, key } = certificates();
  await using server = await startQueueServer({ tls: { cert, key } });
  await using plain = await startQueueServer();
  const named = `rediss://localhost:${server.port}`;
  assert.match(await refused(named), /its certificate is not trusted$/);
  assert.match(await refused(`rediss://127.0.0.1:${server.port}?ca=${ca}`), /its certificate is not trusted$/);
  assert.match(await refused(`redis://127.0.0.1:${server.port}`), /it closed the connection$/);
  assert.match(await refused(`rediss://127.0.0.1:${plain.port}`), /it does not answer with TLS$/);
  {
    await using queue = await opened(`${named}?ca=${ca}`);
    await using cls = await queue.openClass(announcement());
    await using member = await queue.join('c1', workerState());
    member.serveShared(1, async () => Buffer.from('done'));
    const ends = endsOf(cls);
    await cls.send(jobOf('a'));
    assert.ok((await ends.of('a')).ok);
  }
});

test('a Unix socket', async () => {
  const path = join(folder(), 'queue.sock');
  await using _server = await startQueueServer({ settings: [`unixsocket ${path}`] });
  await using queue = await opened(`unix:${path}`);
  assert.equal(await queue.classes(), []);
});

/** The states of the connection as they are told. */
function statesOf(queue: Awaited<ReturnType<typeof openQueue>>) {
  const states: string[] = [];
  let look: () => void = () => undefined;
  queue.onConnection((state) => {
    states.push(state);
    look();
  });
  const reach = (count: number) =>
    new Promise<void>((resolve) => {
      look = () => states.length >= count && resolve();
      look();
    });
  return { states, reach };
}

test('the server starts again with its data: calls wait, and the running job ends as if nothing was', async () => {
  await using scene = await queueScene({ keepsData: true }, { ...times, leaseMs: 60_000 });
  const { server, queue, cls, ends } = scene;
  const { states, reach } = statesOf(queue);
  await using member = await queue.join('c1', workerState());
  const { perform, started, finish } = heldJob();
  member.serveShared(1, perform);
  await cls.send(jobOf('a'));
  const lease = await started;
  await server.kill();
  await reach(1);
  const waiting = [cls.send(jobOf('b')), cls.has('a'), queue.classes()] as const;
  await server.start();
  await reach(2);
  assert.equal(states, ['lost', 'back']);
  const [, has, classes] = await Promise.all(waiting);
  assert.is(has, true);
  assert.is(classes.length, 1);
  assert.is(lease.aborted, false);
  finish('done');
  const ended = await ends.of('a');
  assert.is(ended.ok && ended.body.toString(), 'done');
  assert.is(await cls.has('b'), true);
});

test('the server starts again without its data: the class is announced again, workers stay, and jobs can be sent again', async () => {
  await using scene = await queueScene();
  const { server, queue, cls, ends } = scene;
  const { states, reach } = statesOf(queue);
  await using member = await queue.join('c1', workerState());
  const reasons: string[] = [];
  let begun: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    begun = resolve;
  });
  member.serveShared(1, async (_, signal) => {
    begun();
    if (states.length > 0) return Buffer.from('second');
    await aborted(signal);
    reasons.push(signal.reason.why);
    throw signal.reason;
  });
  await cls.send(jobOf('a'));
  await first;
  await server.kill();
  await reach(1);
  await server.start();
  await reach(2);
  await cls.announce();
  assert.is(await cls.has('a'), false);
  await cls.send(jobOf('a'));
  const ended = await ends.of('a');
  assert.is(ended.ok && ended.body.toString(), 'second');
  assert.equal(reasons, ['lease lost']);
  await until(async () => (await cls.workers()).length === 1);
  assert.is(member.ended.aborted, false);
  assert.equal(
    (await queue.classes()).map(({ id }) => id),
    ['c1'],
  );
  assert.equal(states, ['lost', 'back']);
});

test('a server that holds its connections and does not answer is noticed', async () => {
  await using scene = await queueScene();
  const { server, queue, cls } = scene;
  const { states, reach } = statesOf(queue);
  server.freeze();
  await reach(1);
  const sent = cls.send(jobOf('a'));
  server.thaw();
  await reach(2);
  await sent;
  assert.is(await cls.has('a'), true);
  assert.equal(states, ['lost', 'back']);
});

test('an abort ends all calls at once while the server is away', async () => {
  await using server = await startQueueServer();
  const controller = new AbortController();
  const queue = await openQueue(server.address, { times, signal: controller.signal });
  const cls = await queue.openClass(announcement());
  const member = await queue.join('c1', workerState());
  const started = new Promise<void>((resolve) => {
    member.serveShared(1, async (_, signal) => {
      resolve();
      await aborted(signal);
      throw signal.reason;
    });
  });
  await cls.send(jobOf('a'));
  await started;
  server.freeze();
  const calls = [cls.send(jobOf('b')), cls.has('a'), cls.settle('a'), cls.workers(), queue.classes(), queue.overview()];
  const reasons = Promise.all(calls.map((call) => call.then(String, (error) => error.message)));
  controller.abort(new Error('stop'));
  assert.equal(await reasons, Array(calls.length).fill('stop'));
  const startedAt = performance.now();
  await member[Symbol.asyncDispose]();
  // it would also remove the class of an interrupted program, until the connection is known to be lost
  await cls.end();
  await cls[Symbol.asyncDispose]();
  await queue[Symbol.asyncDispose]();
  // the last messages wait for a server that may still answer, but not for long
  assert.ok(performance.now() - startedAt < 10_000);
  server.thaw();
});

test('a server whose memory is full refuses a job with the reason, and takes it later', async () => {
  await using scene = await queueScene();
  const { server, cls } = scene;
  await server.client.config('SET', 'maxmemory', '1');
  const error = await rejection(cls.send(jobOf('b')));
  assert.is(error.code, 'E_QUEUE');
  assert.match(error.message, /^the queue server redis:\/\/127\.0\.0\.1:\d+ refused a command: OOM /);
  assert.match(error.hint.en, /its memory is full/);
  await server.client.config('SET', 'maxmemory', '0');
  await cls.send(jobOf('b'));
  assert.is(await cls.has('b'), true);
});

test('a program that has closed its queue ends by itself and prints nothing, also while the server is away', async () => {
  await using server = await startQueueServer();
  const program = compile(`
    import { loadQueueAddress } from ${source('src/grade/queue/address.ts')};
    import { openQueue } from ${source('src/grade/queue/bull/open-queue.ts')};
    const [url, pid] = process.argv.slice(2);
    const queue = await openQueue(await loadQueueAddress(url, process.env), { times: ${JSON.stringify(times)}, signal: new AbortController().signal });
    const cls = await queue.openClass({ id: 'c1', build: 'b', version: '1', host: 'h', startedAt: '', encrypted: false, setup: Buffer.of() });
    const member = await queue.join('c1', { id: 'w1', host: 'h', build: 'b', version: '1', slots: 1, stage: 'grading', jobs: [] });
    const lost = new Promise((resolve) => queue.onConnection((state) => state === 'lost' && resolve()));
    const done = new Promise((resolve) => cls.onEnded(async () => resolve()));
    member.serveShared(1, async () => Buffer.of());
    member.serveDirected(async () => Buffer.of());
    await cls.send({ id: 'a', body: Buffer.of(), limitMs: 1000 });
    await done;
    if (pid) {
      process.kill(Number(pid), 'SIGKILL');
      await lost;
    }
    const startedAt = performance.now();
    process.on('exit', () => process.send(performance.now() - startedAt));
    await member[Symbol.asyncDispose]();
    await cls[Symbol.asyncDispose]();
    await queue[Symbol.asyncDispose]();
    process.channel.unref();
  `);
  const { fork } = await import('node:child_process');
  for (const pid of ['', String(server.pid())]) {
    // a password that the server does not ask for: the packages would print a warning
    const env = { ...process.env, LAB_QUEUE_PASSWORD: 'unneeded' };
    const child = fork(program, [server.url, pid], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let [output, tookMs] = ['', Number.NaN];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    child.on('message', (ms) => (tookMs = Number(ms)));
    const [code] = await once(child, 'close');
    assert.equal([code, output], [0, '']);
    assert.ok(tookMs < 3000, `${tookMs} ms`);
  }
});

test.run();
