import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readLine } from '../../../../../src/learn/web/picture/read-line.ts';

test('a request, and nothing in any other line', () => {
  assert.is(readLine('172.18.0.3 - - [28/Nov/2026 13:18:15] "GET / HTTP/1.0" 200 -').request?.client, '172.18.0.3');
  assert.is(readLine('[2026-11-28 13:18:15 +0000] [7] [INFO] Listening at: http://0.0.0.0:5000 (7)').request, undefined);
  assert.equal(readLine('2026/11/28 13:18:16 [notice] 1#1: reconfiguring'), {});
});

test('a line of an error log names a request that the access log has too: only the address that was not reached counts', () => {
  const line = (why: string) =>
    `2026/11/28 13:18:16 [error] 29#29: *1 ${why} while connecting to upstream, client: 172.18.0.1, server: , request: "GET / HTTP/1.1", upstream: "http://172.18.0.3:5000/", host: "localhost:8000"`;
  assert.equal(readLine(line('connect() failed (111: Connection refused)')), { unreachable: '172.18.0.3' });
  assert.equal(readLine(line('upstream timed out (110: Operation timed out)')), { unreachable: '172.18.0.3' });
  assert.equal(readLine('2026/11/28 13:18:16 [error] 29#29: *1 open() "/x" failed, request: "GET /x HTTP/1.1"'), {});
});

test('long and hostile lines are read in a short time', () => {
  const begunMs = performance.now();
  for (const start of ['', '[error] '])
    for (const part of ['connect() failed upstream: "http://', '[error] timed out ', 'GET / ', '"GET /', '1.1.1.'])
      readLine(`${start}${part.repeat(8000 / part.length)}`);
  assert.ok(performance.now() - begunMs < 2000);
});

test.run();
