import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { World } from '../../../src/lab/world.ts';
import { timeProbes } from '../../../src/learn/probe-time.ts';
import type { View } from '../../../src/run/poll-checks.ts';
import { handClock } from '../run/fakes.ts';

/** A world in which each probe runs until the test ends it. */
function slowWorld() {
  const ends: (() => void)[] = [];
  const probe = () => new Promise((resolve) => ends.push(() => resolve('')));
  const log = async (_: string, options?: object) => (options ? probe() : '');
  const world = { probe, exec: probe, request: probe, log, file: log } as unknown as World;
  const view = { look: () => world } as unknown as View;
  const end = async (at: number) => {
    ends[at]?.();
    await new Promise(setImmediate);
  };
  return { view, end };
}

test('probes that run at the same time count once, and what lies between them does not count', async () => {
  const clock = handClock();
  const { view, end } = slowWorld();
  const probes = timeProbes(view, clock);
  const startedMs = clock.now();
  const world = probes.view.look();
  void world.probe('a', '');
  clock.pass(10);
  void world.request([], { keepAlive: false });
  clock.pass(20);
  await end(0);
  assert.is(probes.since(startedMs), 30);
  clock.pass(5);
  await end(1);
  assert.is(probes.since(startedMs), 35);
  clock.pass(100);
  void world.exec('a', '');
  clock.pass(7);
  assert.is(probes.since(startedMs), 42, 'one that still runs counts until now');
  assert.is(probes.since(startedMs + 30), 12, 'only since that time');
});

test('a log that is only read is no probe; one that is waited for is', () => {
  const clock = handClock();
  const probes = timeProbes(slowWorld().view, clock);
  const world = probes.view.look();
  void world.log('a');
  clock.pass(10);
  assert.is(probes.since(0), 0);
  void world.log('a', { until: () => true });
  clock.pass(10);
  assert.is(probes.since(0), 10);
});

test('probes of a look that was abandoned do not count once the next has begun', async () => {
  const clock = handClock();
  const { view, end } = slowWorld();
  const probes = timeProbes(view, clock);
  void probes.view.look().probe('a', '');
  clock.pass(10);
  const second = probes.view.look();
  clock.pass(50);
  assert.is(probes.since(0), 10);
  void second.probe('a', '');
  await end(0);
  clock.pass(5);
  await end(1);
  assert.is(probes.since(0), 15);
});

test.run();
