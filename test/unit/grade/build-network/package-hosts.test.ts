import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hostPattern, isListed, standardHosts } from '../../../../src/grade/build-network/package-hosts.ts';

test('a rubric names hosts, with a port or one leading wildcard; addresses and URLs are none', () => {
  for (const host of [
    ...standardHosts,
    'mirror.example.org:8080',
    '*.example.org',
    'a-b.example.org',
    'xn--bcher-kva.example',
    'x.example:65535',
  ])
    assert.match(host, hostPattern);
  const addresses = ['10.0.0.1', '[::1]', '::1', '2130706433', '127.1', '0x7f.1', '1.1.1.1:443'];
  const others = [
    'localhost',
    '*',
    '*.org',
    '*.*.example.org',
    'a.*.org',
    'https://pypi.org',
    'pypi.org/',
    'pypi.org:',
    'pypi.org:0',
    'pypi.org:65536',
  ];
  for (const wrong of [
    ...addresses,
    ...others,
    '',
    ' pypi.org',
    'pypi..org',
    '-a.org',
    `${'a'.repeat(64)}.org`,
    'pypi.org\n10.0.0.1',
  ])
    assert.not.match(wrong, hostPattern, wrong);
});

test('a host is listed with its port: by default 443 for a tunnel and 80 for plain HTTP', () => {
  const hosts = ['PyPI.org', 'mirror.example.org:8080', '*.cdn.example'];
  assert.ok(isListed(hosts, 'tunnel', 'pypi.org', 443));
  assert.ok(isListed(hosts, 'plain', 'pypi.org', 80));
  for (const port of [80, 22, 8443]) assert.not(isListed(hosts, 'tunnel', 'pypi.org', port), String(port));
  assert.not(isListed(hosts, 'plain', 'pypi.org', 443));
  for (const kind of ['tunnel', 'plain'] as const) {
    assert.ok(isListed(hosts, kind, 'mirror.example.org', 8080));
    assert.not(isListed(hosts, kind, 'mirror.example.org', kind === 'tunnel' ? 443 : 80));
  }
});

test('a wildcard is one label; a similar name is not listed', () => {
  const listed = (host: string) => isListed(['*.cdn.example', 'pypi.org'], 'tunnel', host, 443);
  assert.ok(listed('a.cdn.example'));
  for (const host of [
    'cdn.example',
    'a.b.cdn.example',
    'xcdn.example',
    '.cdn.example',
    'evilpypi.org',
    'pypi.org.evil.example',
    'files.pypi.org',
  ])
    assert.not(listed(host), host);
});

test.run();
