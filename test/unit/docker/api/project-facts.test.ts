import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hostsWithoutProxy, parseDependsOn } from '../../../../src/docker/api/project-facts.ts';

test('a proxy in the environment of a container, and the hosts that are reached without it', () => {
  const proxy = 'http://user:secret@10.0.0.1:3128';
  assert.equal(hostsWithoutProxy([`HTTP_PROXY=${proxy}`, 'NO_PROXY=localhost, flask']), ['localhost', 'flask']);
  assert.equal(hostsWithoutProxy([`http_proxy=${proxy}`]), []);
  assert.equal(hostsWithoutProxy([`all_proxy=${proxy}`, 'no_proxy=*']), ['*']);
});

test('no proxy', () => {
  for (const env of [undefined, null, [], ['PATH=/bin', 'http_proxy=', 'no_proxy=localhost', 'HTTPS_PROXY=http://p']])
    assert.is(hostsWithoutProxy(env), undefined);
});

test('what Compose recorded about dependencies', () => {
  assert.equal(parseDependsOn('db:service_healthy:false,cache:service_started:true'), {
    db: 'service_healthy',
    cache: 'service_started',
  });
  assert.equal(parseDependsOn(''), {});
  // Compose 1 records nothing
  assert.is(parseDependsOn(undefined), undefined);
});

test.run();
