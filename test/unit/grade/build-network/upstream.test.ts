import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { directEgress } from '../../../../src/grade/build-network/egress.ts';
import { egressOf } from '../../../../src/grade/build-network/upstream.ts';
import { LabError } from '../../../../src/lab/error.ts';
import { startEcho } from '../../../helpers/package-index.ts';

const never = new AbortController().signal;

test('without a proxy in the environment, hosts are reached directly', () => {
  assert.is(egressOf({ HTTPS_PROXY: '' }), directEgress);
  assert.is(egressOf({ HTTPS_PROXY: 'proxy.example:3128' }).upstream?.href, 'http://proxy.example:3128/');
  assert.is(egressOf({ http_proxy: 'http://proxy.example' }).upstream?.href, 'http://proxy.example/');
});

test('an environment that names another kind of proxy is a usage error', () => {
  for (const value of ['socks5://proxy.example:1080', 'http://', 'http://a b'])
    assert.throws(
      () => egressOf({ HTTPS_PROXY: value }),
      (error: unknown) => error instanceof LabError && error.code === 'E_USAGE',
      value,
    );
});

test('through a proxy in the environment: CONNECT with its user and the host by name', async () => {
  await using echo = await startEcho();
  const seen: unknown[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    seen.push(request.url, request.headers['proxy-authorization']);
    if (request.url !== 'pypi.org:443') {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const far = connect({ host: '127.0.0.1', port: echo.port });
    socket.pipe(far).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { connect: reach } = egressOf({ HTTPS_PROXY: `http://me:w%20rd@127.0.0.1:${(server.address() as AddressInfo).port}` });
    const socket = await reach('pypi.org', 443, never);
    socket.end('hello');
    assert.is(await text(socket), 'HELLO');
    assert.equal(seen, ['pypi.org:443', `Basic ${Buffer.from('me:w rd').toString('base64')}`]);
    await reach('other.example', 443, never).then(
      () => assert.unreachable(),
      (error) => assert.match(error.message, /answered 403/),
    );
  } finally {
    server.close();
  }
});

test.run();
