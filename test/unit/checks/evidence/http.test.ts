// time limit: 400 s
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createListener } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ask } from '../../../../src/checks/evidence/http.ts';
import { rejection } from '../../../helpers/rejection.ts';

const servers: Server[] = [];
/** A server on loopback, and the number of connections to it. */
async function serve(answer: RequestListener): Promise<{ address: string; connections: () => number }> {
  let made = 0;
  const server = createServer(answer).on('connection', () => made++);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => made };
}
test.after(() => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
});

const echo: RequestListener = (request, response) => response.end(`you asked ${request.url}`);

test('one request for each nonce, each on its own connection or all on one', async () => {
  for (const keepAlive of [true, false]) {
    const { address, connections } = await serve(echo);
    assert.equal(await ask(address, ['n-1', 'n-2', 'n-3'], { keepAlive }), [
      { nonce: 'n-1', status: 200, address, body: 'you asked /?lab=n-1' },
      { nonce: 'n-2', status: 200, address, body: 'you asked /?lab=n-2' },
      { nonce: 'n-3', status: 200, address, body: 'you asked /?lab=n-3' },
    ]);
    assert.is(connections(), keepAlive ? 1 : 3);
  }
});

test('without a nonce: the plain page, requested as `/?` or by the given path', async () => {
  const { address } = await serve(echo);
  const bodies = async (options: { unmarked?: string }) =>
    (await ask(address, ['n', ''], { keepAlive: false, ...options })).map(({ nonce, body }) => [nonce, body]);
  assert.equal(await bodies({}), [
    ['n', 'you asked /?lab=n'],
    ['', 'you asked /?'],
  ]);
  assert.equal(await bodies({ unmarked: '/' }), [
    ['n', 'you asked /?lab=n'],
    ['', 'you asked /'],
  ]);
});

test('a given path is requested without a nonce', async () => {
  const { address } = await serve(echo);
  assert.is((await ask(address, ['n'], { keepAlive: false, path: '/health' }))[0]?.body, 'you asked /health');
});

test('an error of the app is an answer; redirects are not followed', async () => {
  const { address } = await serve((request, response) =>
    response.writeHead(request.url?.endsWith('1') ? 500 : 302, { location: 'http://example.org/' }).end('oops'),
  );
  assert.equal(
    (await ask(address, ['n-1', 'n-2'], { keepAlive: true })).map(({ status, body }) => [status, body]),
    [
      [500, 'oops'],
      [302, 'oops'],
    ],
  );
});

test('a refused connection or an incomplete response has status 0, and the next request is sent', async () => {
  const gone = createListener().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const refused = `127.0.0.1:${(gone.address() as AddressInfo).port}`;
  gone.close();
  await once(gone, 'close');
  assert.equal(await ask(refused, ['n'], { keepAlive: false }), [{ nonce: 'n', status: 0, address: refused, body: '' }]);

  const { address } = await serve((request, response) => {
    if (!request.url?.endsWith('1')) return void response.end('whole');
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => response.destroy());
  });
  assert.equal(
    (await ask(address, ['n-1', 'n-2'], { keepAlive: true })).map(({ status, body }) => [status, body]),
    [
      [0, ''],
      [200, 'whole'],
    ],
  );
});

test('an endless body is truncated', async () => {
  const { address } = await serve((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  });
  const [answer] = await ask(address, ['n'], { keepAlive: false });
  assert.equal([answer?.status, answer?.body.length], [200, 4000]);
});

test('after two timeouts no further requests are sent', async () => {
  const { address, connections } = await serve((request, response) => {
    if (request.url?.endsWith('1')) return void response.end('whole');
    response.writeHead(200, { 'content-length': '100' });
    const drip = setInterval(() => response.write('x'), 500);
    response.on('close', () => clearInterval(drip));
  });
  const answers = await ask(address, ['n-1', 'n-2', 'n-3', 'n-4', 'n-5'], { keepAlive: false });
  assert.equal(
    answers.map(({ nonce, status, body }) => [nonce, status, body]),
    [
      ['n-1', 200, 'whole'],
      ['n-2', 0, ''],
      ['n-3', 0, ''],
    ],
  );
  assert.is(connections(), 3);
});

test('after two slow errors no further requests are sent', async () => {
  const { address } = await serve((request, response) => {
    response.statusCode = 502;
    if (request.url?.endsWith('1')) response.end();
    else setTimeout(() => response.end(), 2100);
  });
  const answers = await ask(address, ['n-1', 'n-2', 'n-3', 'n-4', 'n-5'], { keepAlive: false });
  assert.equal(
    answers.map(({ status }) => status),
    [502, 502, 502],
  );
});

/** The page of a proxy that limits the rate. */
const refusal = '<html><head><title>503 Service Temporarily Unavailable</title></head></html>';
/**
 * A server that allows `burst` requests at once, and then one more each `everyMs` of the time that the sampler waits; returns the
 * pauses and the statuses that it sent.
 */
async function limited({
  everyMs,
  burst,
  status = 503,
  body = refusal,
}: {
  everyMs: number;
  burst: number;
  status?: number;
  body?: string;
}) {
  let nowMs = 0;
  let allowed = burst;
  let filledMs = 0;
  const pauses: number[] = [];
  const sent: number[] = [];
  const { address } = await serve((_, response) => {
    const more = Math.floor((nowMs - filledMs) / everyMs);
    allowed = Math.min(burst, allowed + more);
    filledMs += more * everyMs;
    const answered = allowed > 0 ? 200 : status;
    allowed -= answered === 200 ? 1 : 0;
    sent.push(answered);
    response.writeHead(answered).end(answered === 200 ? 'fine' : body);
  });
  const wait = async (ms: number) => {
    nowMs += ms;
    pauses.push(ms);
  };
  return { address, pauses, sent, wait };
}
const twenty = Array.from({ length: 20 }, (_, at) => `n-${at}`);

test('a request that a rate limit refuses is repeated, and later ones follow at that pace', async () => {
  for (const [everyMs, pace] of [
    [50, 50],
    [100, 100],
    [500, 800],
  ] as const) {
    for (const status of [429, 503]) {
      const { address, pauses, sent, wait } = await limited({ everyMs, burst: 10, status });
      const answers = await ask(address, twenty, { keepAlive: true, wait });
      assert.equal(
        answers.map((one) => [one.nonce, one.status, one.body]),
        twenty.map((nonce) => [nonce, 200, 'fine']),
      );
      const refused = sent.filter((one) => one !== 200).length;
      const refusals = answers.map((one) => one.refusals ?? 0);
      assert.equal([refusals.findIndex((one) => one > 0), refusals.reduce((sum, one) => sum + one)], [10, refused]);
      assert.equal([pauses.at(-1), pauses.length], [pace, 9 + refused]);
    }
  }
});

test('a proxy that always refuses: a few repetitions in all, and each refusal is an answer', async () => {
  const { address, pauses, sent, wait } = await limited({ everyMs: 1e9, burst: 0 });
  const answers = await ask(address, twenty, { keepAlive: true, wait });
  assert.equal(
    answers.map((one) => one.status),
    twenty.map(() => 503),
  );
  assert.equal([pauses, sent.length], [[50, 100, 200, 400, 800, 800], 26]);
});

test('an app that answers 503 itself is not asked again, and one of three that does is not hidden', async () => {
  const own = await limited({ everyMs: 1e9, burst: 2, body: '<title>503 Service Unavailable</title>' });
  const answers = await ask(own.address, twenty, { keepAlive: true, wait: own.wait });
  assert.equal([answers.filter((one) => one.status === 503).length, own.pauses], [18, []]);
  let count = 0;
  const { address } = await serve((_, response) => response.writeHead(count++ % 3 === 0 ? 503 : 200).end(refusal));
  const mixed = await ask(address, [...twenty, ...twenty], { keepAlive: true, wait: async () => {} });
  assert.ok(mixed.some((one) => one.status === 503));
});

test('nothing is sent to an address other than loopback', async () => {
  for (const address of ['192.0.2.1:80', 'example.org', '127.0.0.1:80@example.org', '127.0.0.1.example.org', '0.0.0.0:80']) {
    assert.is((await rejection(ask(address, ['n'], { keepAlive: false }))).code, 'E_PROBE', address);
  }
});

test.run();
