import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requestIn } from '../../../../src/checks/evidence/log-line.ts';

const at = '2026-11-22T20:10:11.000Z';
const seen = (line: string) => {
  const request = requestIn(line);
  return request && [request.method, request.target, request.fromInside ? 'inside' : 'outside'].join(' ');
};
const json = (fields: object) => JSON.stringify(fields);

test('a request is found in logs of any format', () => {
  for (const line of [
    '10.0.0.1 - - [22/Nov/2026:20:10:11 +0000] "GET /?a=1 HTTP/1.1" 200 61 "-" "curl/8.14.1"',
    '10.0.0.1 GET /?a=1 HTTP/1.1 200',
    '10.0.0.1|GET|/?a=1|200',
    '10.0.0.1\tGET\t/?a=1\t200\t172.18.0.3:5000',
    'time=2026-11-22T20:10:11+00:00 remote=10.0.0.1 status=200 method=GET uri="/?a"',
    'INFO:     10.0.0.1:41234 - "GET /?a=1 HTTP/1.1" 200 OK',
    json({ remote: '10.0.0.1', method: 'GET', uri: '/?a=1', status: 200 }),
    json({ status: 200, remote_addr: '10.0.0.1', request: 'GET /?a=1 HTTP/1.1', upstream_addr: '127.0.0.1:5000' }),
    json({ request_method: 'GET', uri: '/', args: 'a=1', http_host: '127.0.0.1:8000' }),
    json({ client: { ip: '10.0.0.1' }, http: { method: 'GET', path: '/?a=1' } }),
  ])
    assert.match(seen(line) ?? '', /^GET \/\?a(=1)? outside$/, line);
});

test('the address that sent it, where the line shows one', () => {
  const client = (line: string) => requestIn(line)?.client;
  for (const line of [
    '10.0.0.1 - - [22/Nov/2026 20:10:11] "GET / HTTP/1.0" 200 -',
    'INFO:     10.0.0.1:41234 - "GET / HTTP/1.1" 200 OK',
    '::ffff:10.0.0.1 - - [22/Nov/2026:20:10:11 +0000] "GET / HTTP/1.1" 200 61 "-" "curl/8.14.1"',
    '10.0.0.1|GET|/|200',
    json({ remote_addr: '::ffff:10.0.0.1', request: 'GET / HTTP/1.1', status: 200 }),
    json({ client: '10.0.0.1:41234', method: 'GET', uri: '/', status: 200 }),
  ])
    assert.is(client(line), '10.0.0.1', line);
  assert.is(client('GET / 200 1.234 ms - 61'), undefined);
  assert.is(client('::1 - - [22/Nov/2026 20:10:11] "GET / HTTP/1.1" 200 -'), '::1');
});

test('the status of the answer, where the line shows one', () => {
  const status = (line: string) => requestIn(line)?.status;
  for (const line of [
    '10.0.0.1 - - [22/Nov/2026:20:10:11 +0000] "GET / HTTP/1.1" 502 157 "-" "curl/8.14.1"',
    '10.0.0.1 GET / HTTP/1.1 502',
    '10.0.0.1|GET|/|502',
    'INFO:     10.0.0.1:41234 - "GET / HTTP/1.1" 502 Bad Gateway',
    json({ remote: '10.0.0.1', method: 'GET', uri: '/', status: 502 }),
    json({ status: '502', remote_addr: '10.0.0.1', request: 'GET / HTTP/1.1' }),
  ])
    assert.is(status(line), 502, line);
  assert.is(status('10.0.0.1 - - [22/Nov/2026:20:10:11 +0000] "GET / HTTP/1.1"'), undefined);
  assert.is(status(json({ method: 'GET', uri: '/' })), undefined);
});

test('lines without a request', () => {
  for (const line of [
    '',
    'Running on http://0.0.0.0:5000',
    '/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh',
    'GET on / is allowed',
    json({ msg: 'GET' }),
    json({ path: '/' }),
    '{ broken "method":"GET"',
    'null',
  ])
    assert.is(seen(line), undefined, line);
});

test('a request from inside the container', () => {
  for (const line of [
    '127.0.0.1 - - [22/Nov/2026:20:10:11 +0000] "GET / HTTP/1.1" 200 61',
    '::1 - - [22/Nov/2026 20:10:11] "GET / HTTP/1.1" 200 -',
    '127.0.0.1|GET|/|200',
    json({ remote: '127.0.0.1', method: 'GET', uri: '/' }),
    json({ client_ip: '::1', request: 'GET / HTTP/1.1' }),
  ])
    assert.is(seen(line), 'GET / inside', line);
});

test('the time of a request', () => {
  for (const line of [
    '10.0.0.1 - - [22/Nov/2026:20:10:11 +0000] "GET / HTTP/1.1" 200 61',
    '10.0.0.1 - - [22/Nov/2026:22:10:11 +0200] "GET / HTTP/1.1" 200 61',
    json({ time: '2026-11-22T20:10:11+00:00', method: 'GET', uri: '/' }),
    json({ ts: '1795378211.000', method: 'GET', uri: '/' }),
    `${at} GET / 200`,
  ])
    assert.is(requestIn(line)?.timeMs, Date.parse(at), line);
  assert.ok(Number.isNaN(requestIn('GET / HTTP/1.1')?.timeMs));
});

test('a hostile line takes no long time', () => {
  for (const part of ['{', '"GET /', 'GET ', '[1/', '1.', '2026-11-22T', '{"a":', '127.0.0.1 '])
    requestIn(part.repeat(1_000_000 / part.length));
});

test.run();
