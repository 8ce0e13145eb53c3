import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startedBefore, startedBeforeYoungest, waitsForHealthy } from '../../../src/checks/start-order.ts';
import type { World } from '../../../src/lab/world.ts';
import { fail, inEnglish, pass, skip } from '../../fixtures/english-verdict.ts';
import { flask, nginx, redis, stackFacts } from '../../fixtures/facts.ts';
import { rejection } from '../../helpers/rejection.ts';

const checks = [startedBefore('redis', 'flask'), startedBeforeYoungest('nginx', 'flask')];
const look = (at: number, now: string, over: Parameters<typeof flask>[1] = {}) =>
  checks[at]?.gather({
    spec: { services: {} },
    state: async () => stackFacts([redis(), nginx(), flask(1, over)]),
    time: async () => now,
  } as unknown as World) ?? Promise.reject();

test('a clock that was not set back: the facts contain the whole stack', async () => {
  for (const at of [0, 1]) {
    assert.is((await look(at, '2026-01-01T09:00:00Z')).replicas.length, 3);
    assert.is((await look(at, '2026-01-01T10:00:00.000000001+01:00')).replicas.length, 3);
  }
});

test('a clock that was set back: the start order is unknown, which is E_PROBE and not a failed check', async () => {
  const set = [
    // the current time is before its start
    look(0, '2026-01-01T07:59:59Z'),
    look(1, '2026-01-01T07:59:59Z'),
    // its start is before its creation
    look(0, '2026-01-01T09:00:00Z', { startedAt: '2026-01-01T07:00:00Z' }),
    look(1, '2026-01-01T09:00:00Z', { startedAt: '2026-01-01T07:00:00Z' }),
  ];
  for (const error of await Promise.all(set.map(rejection))) {
    assert.is(error.code, 'E_PROBE');
    assert.match(error.text.en, /^the engine's clock was set back: \S+ was made at 2026/);
    assert.match(error.hint['zh-TW'], 'lab doctor');
  }
});

test('the time is read after the state, so a container that starts meanwhile is no error', async () => {
  let now = '2026-01-01T07:59:59Z';
  const facts = await checks[0]?.gather({
    spec: { services: {} },
    state: async () => {
      await Promise.resolve();
      now = '2026-01-01T09:00:00Z';
      return stackFacts([redis(), flask(1)]);
    },
    time: async () => now,
  } as unknown as World);
  assert.is(facts?.replicas.length, 2);
});

test('the times of a container that is not running are ignored', async () => {
  const facts = await look(0, '2026-01-01T09:00:00Z', { state: 'exited', startedAt: '2026-01-01T07:00:00Z' });
  assert.is(facts.replicas.length, 3);
});

test('a service waits until another is healthy: what Compose recorded when it made the container', () => {
  const { judge } = waitsForHealthy('flask', 'redis-server');
  const at = (waitsFor?: Readonly<Record<string, string>>) =>
    inEnglish(judge(stackFacts([redis(), flask(1, waitsFor ? { waitsFor } : {})])));
  const wrong = (actual: string) =>
    fail(
      'flask waits until redis-server is healthy',
      actual,
      'below `depends_on:` of flask, give redis-server the line `condition: service_healthy`; a container that exists already has to be made again: docker compose up -d --force-recreate flask',
    );
  assert.equal(at({ 'redis-server': 'service_healthy' }), pass('service_healthy'));
  assert.equal(
    at({ 'redis-server': 'service_started' }),
    wrong('flask waited for redis-server with `condition: service_started`'),
  );
  assert.equal(at({}), wrong('flask was started without waiting for redis-server'));
  assert.equal(at({ nginx: 'service_healthy' }), wrong('flask was started without waiting for redis-server'));
  assert.equal(at(), skip('Compose 1 does not record what a container waited for'));
  assert.is(inEnglish(judge(stackFacts([redis()]))).actual, 'no running container of flask');
});

test('one replica that did not wait is enough to fail', () => {
  const { judge } = waitsForHealthy('flask', 'redis-server');
  const facts = stackFacts([redis(), flask(1, { waitsFor: { 'redis-server': 'service_healthy' } }), flask(2, { waitsFor: {} })]);
  assert.is(inEnglish(judge(facts)).outcome, 'failed');
});

test.run();
