import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Connections, networkOf } from '../../../../src/learn/class/connections.ts';

const test = suite('connections of a class');

/** A server at which time stands still, and connections from addresses of this machine. */
async function open(isLearners: boolean) {
  const server = createServer();
  const clock = { now: () => 0, time: () => '', after: () => new AbortController().signal, wait: async () => undefined };
  const connections = new Connections(server, clock);
  const accepted: Socket[] = [];
  let handled = 0;
  let seen: () => void = () => undefined;
  const one = () => {
    handled += 1;
    seen();
  };
  server.on('drop', one);
  server.on('connection', (socket: Socket) => {
    one();
    socket.on('error', () => undefined).resume();
    if (socket.destroyed) return;
    accepted.push(socket);
    if (isLearners) connections.isLearners(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  return {
    connections,
    accepted,
    /** Connects so often from an address. Resolves, when the server has seen all, with how many it has closed. */
    async connect(from: string, count: number): Promise<number> {
      const before = accepted.length;
      for (let at = 0; at < count; at += 1)
        sockets.push(
          connect({ host: '127.0.0.1', port, localAddress: from })
            .on('error', () => undefined)
            .resume(),
        );
      await new Promise<void>((resolve) => {
        seen = () => handled >= sockets.length && resolve();
        seen();
      });
      return count - (accepted.length - before);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      connections.closeAll();
      server.close();
      await once(server, 'close');
    },
  };
}

test('one address opens 800 connections at once, even if a learner has each; another address has its own limit', async () => {
  await using room = await open(true);
  assert.is(await room.connect('127.0.0.3', 810), 10);
  assert.is(await room.connect('127.0.0.4', 10), 0);
});

test('1200 connections are open at most', async () => {
  await using room = await open(true);
  assert.is(await room.connect('127.0.0.3', 700), 0);
  assert.is(await room.connect('127.0.0.4', 510), 10);
});

test('one address has 100 connections at most that are not those of learners', async () => {
  await using room = await open(false);
  assert.is(await room.connect('127.0.0.3', 105), 5);
  assert.is(await room.connect('127.0.0.4', 1), 0);
  const [first] = room.accepted;
  assert.ok(first);
  room.connections.isLearners(first);
  assert.is(await room.connect('127.0.0.3', 2), 1);
});

test('a connection that asks too often is refused, and then closed', async () => {
  await using room = await open(true);
  assert.is(await room.connect('127.0.0.3', 1), 0);
  const [socket] = room.accepted;
  assert.ok(socket);
  const refused = Array.from({ length: 51 }, () => room.connections.isTooOften(socket)).filter(Boolean);
  assert.equal([refused.length, socket.destroyed], [21, true]);
});

test('an IPv4 address, or 64 bits of an IPv6 address, are limited together', () => {
  assert.is(networkOf('::ffff:192.168.1.5'), networkOf('192.168.1.5'));
  assert.is.not(networkOf('192.168.1.5'), networkOf('192.168.1.6'));
  assert.is(networkOf('fd00:1:2:3::1'), networkOf('fd00:1:2:3:ffff::2'));
  assert.is.not(networkOf('fd00:1:2:3::1'), networkOf('fd00:1:2:4::1'));
  assert.is(networkOf('fe80::1%eth0'), 'fe80::1%eth0');
});

test.run();
