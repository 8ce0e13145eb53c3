import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isHealthy } from '../../../src/checks/health.ts';
import type { Replica } from '../../../src/lab/facts.ts';
import { type EnglishVerdict, fail, inEnglish, pass, wait } from '../../fixtures/english-verdict.ts';
import { redis, stackFacts } from '../../fixtures/facts.ts';

const judge = (replicas: readonly Replica[], lastWords: Readonly<Record<string, readonly string[]>> = {}): EnglishVerdict =>
  inEnglish(isHealthy('redis').judge({ ...stackFacts(replicas), lastWords }));
const healthy = 'redis-server is healthy';
const inspect = 'see what its health check printed: docker inspect --format "{{json .State.Health.Log}}" p-redis-server-1';

test('every replica is healthy', () => {
  assert.equal(judge([redis({ health: 'healthy' })]), pass('1 healthy'));
  assert.equal(judge([redis({ health: 'healthy' }), redis({ id: 'id-2', health: 'healthy' })]), pass('2 healthy'));
});

test('no container', () =>
  assert.equal(judge([]), fail(healthy, 'no container of redis-server', 'start the stack: docker compose up -d')));

test('still starting', () =>
  assert.equal(judge([redis({ health: 'starting' })]), wait(healthy, 'p-redis-server-1 starting', inspect)));

test('unhealthy: the end of its log shows why', () =>
  assert.equal(
    judge([redis({ health: 'unhealthy' })], { 'id-redis': ['disk is full'] }),
    fail(healthy, 'p-redis-server-1 unhealthy', inspect, { said: { service: 'redis-server', lines: ['disk is full'] } }),
  ));

test('no health check: it will never be healthy', () => {
  const help = 'give redis-server a `healthcheck:` in compose.yaml, then: docker compose up -d';
  assert.equal(judge([redis()]), fail(healthy, 'p-redis-server-1 has no health check', help));
  assert.equal(
    judge([redis(), redis({ id: 'id-2', name: 'p-redis-server-2', health: 'starting' })]),
    fail(healthy, 'p-redis-server-1 has no health check, p-redis-server-2 starting', help),
  );
});

test('exited, although it was healthy', () =>
  assert.equal(judge([redis({ state: 'exited', health: 'healthy' })]), fail(healthy, 'p-redis-server-1 exited', inspect)));

test('it exits after each start', () =>
  assert.equal(
    judge([redis({ state: 'restarting', restarts: 5, health: 'starting' })]),
    fail(healthy, 'p-redis-server-1 restarting', inspect),
  ));

test.run();
