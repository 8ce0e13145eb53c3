import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeRequest } from '../../../../src/grade/build-network/proxy-rules.ts';

const hosts = ['pypi.org', 'deb.debian.org', 'mirror.example.org:8080'];
const judge = (method: string, url: string) => judgeRequest({ method, url }, hosts);

test('CONNECT to port 443, and plain GET and HEAD to port 80, of listed hosts', () => {
  assert.equal(judge('CONNECT', 'PyPI.org.:443'), {
    ok: true,
    target: { kind: 'tunnel', host: 'pypi.org', port: 443, path: '' },
  });
  const target = { kind: 'plain', host: 'deb.debian.org', port: 80, path: '/debian/x?y=1' };
  assert.equal(judge('GET', 'http://deb.debian.org/debian/x?y=1'), { ok: true, target });
  assert.equal(judge('HEAD', 'http://deb.debian.org:80/debian/x?y=1#z'), { ok: true, target });
  assert.ok(judge('CONNECT', 'mirror.example.org:8080').ok);
});

test('a host that is not listed is refused by name, whatever the port', () => {
  for (const [method, url, host, port] of [
    ['CONNECT', 'evil.example:443', 'evil.example', 443],
    ['CONNECT', 'pypi.org:22', 'pypi.org', 22],
    ['CONNECT', '127.0.0.1:443', '127.0.0.1', 443],
    ['CONNECT', '2130706433:443', '2130706433', 443],
    ['GET', 'http://pypi.org:8000/', 'pypi.org', 8000],
    ['GET', 'http://[::1]/', '[::1]', 80],
    // a URL's host in another form of the same address
    ['GET', 'http://0x7f.1/', '127.0.0.1', 80],
    ['GET', 'http://169.254.169.254/latest/meta-data', '169.254.169.254', 80],
    ['GET', 'http://pypi.org.evil.example/', 'pypi.org.evil.example', 80],
  ] as const)
    assert.equal(judge(method, url), { ok: false, status: 403, missed: { why: 'host', host, port } }, url);
});

test('other methods are refused', () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'get', ''])
    assert.equal(
      judge(method, 'http://pypi.org/'),
      { ok: false, status: 405, missed: { why: 'method', host: 'pypi.org', port: 80 } },
      method,
    );
});

test('what is not a request to a proxy is invalid', () => {
  for (const url of [
    '/',
    '',
    'https://pypi.org/',
    'ftp://pypi.org/',
    'http://user:word@pypi.org/',
    'http://',
    '*',
    `http://pypi.org/${'x'.repeat(8000)}`,
  ])
    assert.equal(judge('GET', url), { ok: false, status: 400 }, url.slice(0, 40));
  for (const url of [
    'pypi.org',
    'pypi.org:',
    ':443',
    'pypi.org:443:443',
    'pypi.org:443/x',
    'a@pypi.org:443',
    '[::1]:443',
    'http://pypi.org:443',
    'pypi.org:443443',
  ])
    assert.equal(judge('CONNECT', url), { ok: false, status: 400 }, url);
});

test.run();
