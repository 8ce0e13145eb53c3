import { createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { processOnPort, socketsOn } from '../../../src/platform/port-holder.ts';

const row = (local: string, state: string, inode: string) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  0 0 ${inode} 1`;

test('sockets that listen on a port, in a table of the kernel', () => {
  const table = [
    '  sl  local_address …',
    row('0100007F:1F40', '0A', '12'),
    row('0100007F:1F40', '01', '13'),
    row('00000000:1F41', '0A', '14'),
  ].join('\n');
  assert.equal(socketsOn(table, 8000), ['12']);
  assert.equal(socketsOn(table, 9000), []);
});

if (process.platform === 'linux')
  test('this process is found by its port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    try {
      assert.is((await processOnPort(port))?.pid, process.pid);
    } finally {
      server.close();
    }
    assert.is(await processOnPort(port), undefined);
  });

test.run();
