import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { endOf, hostsWithoutProxy, parseDependsOn } from '../../../../src/docker/api/project-facts.ts';

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

test('the end of a container, as far as Docker recorded it', () => {
  const never = '0001-01-01T00:00:00Z';
  const at = '2026-01-01T08:01:00.5Z';
  assert.equal(endOf({ Status: 'exited', ExitCode: 137, FinishedAt: at }), { exitCode: 137, finishedAt: at });
  assert.equal(endOf({ Status: 'exited', ExitCode: 0, FinishedAt: at }), { exitCode: 0, finishedAt: at });
  assert.equal(endOf({ Status: 'running', ExitCode: 0, FinishedAt: never }), { exitCode: 0 });
  // Docker missed the end: code 0 is no evidence
  assert.equal(endOf({ Status: 'exited', ExitCode: 0, FinishedAt: never }), {});
  assert.equal(endOf({ Status: 'restarting', ExitCode: 0, FinishedAt: never }), {});
  assert.equal(endOf({ Status: 'exited', ExitCode: 128, FinishedAt: never }), { exitCode: 128 });
});

test.run();
