import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clock } from '../../../../src/cli/clock.ts';
import { askInTurn, awaitReady, exchange } from '../../../../src/grade/sandbox/direct.ts';
import { flask } from '../../../fixtures/facts.ts';

/** Requests to servers on this machine's loopback, in place of containers. */
const test = suite<{ servers: Server[] }>('direct');
const open: { close(): void }[] = [];
test.after(() => {
  for (const one of open) one.close();
});

const here = flask(1, { networks: { p_default: { networkId: 'n', address: '127.0.0.1', aliases: [] } } });
const nowhere = flask(2, { networks: {} });

async function listen(server: ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return (server.address() as AddressInfo).port;
}
/** A port on which nothing listens. */
async function freePort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
const statuses = (...each: readonly number[]) => {
  let at = 0;
  return listen(createServer((_, response) => response.writeHead(each[Math.min(at++, each.length - 1)] ?? 0).end('page')));
};
const ready = (port: number, withinMs: number) => awaitReady(['127.0.0.1'], { port, path: '/health', withinMs }, clock);

test('a replica is asked as by its service name, and one without an address is left out', async () => {
  const port = await listen(
    createServer(({ headers, url }, response) => {
      response.end(`${url} ${headers.host} ${headers['user-agent']}`);
    }),
  );
  const answers = await askInTurn([here, nowhere, here], port);
  assert.equal(
    answers.map(({ status, body }) => [status, body]),
    Array(2).fill([200, `/ flask:${port} curl/8.14.1`]),
  );
});

test('what a server answers until it closes the connection', async () => {
  const port = await listen(
    createTcpServer((socket: Socket) => {
      socket.once('data', (sent) => socket.end(`got ${sent}`)).on('error', () => undefined);
    }),
  );
  assert.is(await exchange(here, port, 'PING\r\n'), 'got PING\r\n');
  assert.is(await exchange(here, await freePort(), 'PING\r\n'), '', 'refused');
  assert.is(await exchange(nowhere, port, 'PING\r\n'), '', 'no address');
});

test('a server is waited for until its status is below 500', async () => {
  assert.equal(await ready(await statuses(503, 500, 404), 5000), [{ address: '127.0.0.1', status: 404 }]);
  assert.equal(await ready(await statuses(500), 50), [{ address: '127.0.0.1', status: 500 }]);
  assert.equal(await ready(await freePort(), 50), [{ address: '127.0.0.1' }]);
});

test('a server that accepts requests and does not answer is not waited for', async () => {
  const port = await listen(createTcpServer((socket) => socket.on('error', () => undefined).resume()));
  assert.equal(await ready(port, 0), [{ address: '127.0.0.1', status: 0 }]);
});

test.run();
