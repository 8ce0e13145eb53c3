import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countTraces } from '../../../../src/run/learner/traces.ts';
import { handClock } from '../fakes.ts';

test('checks share a recent sample; a later one is taken again, less often after ten requests', async () => {
  const clock = handClock();
  const traces = countTraces(clock, { thorough: false });
  let taken = 0;
  const sample = (key = 'a', settled = false) =>
    traces.sample(
      key,
      async () => {
        traces.add(5);
        return ++taken;
      },
      () => settled,
    );
  assert.equal(await Promise.all([sample(), sample()]), [1, 1]);
  clock.pass(1100);
  assert.is(await sample(), 2);
  clock.pass(1100);
  assert.is(await sample(), 2);
  // the first sample of each kind is always taken
  assert.is(await sample('b'), 3);
  assert.is(traces.sent(), 15);
  // an old sample does not show what is true now
  clock.pass(500);
  assert.is(await sample(), 4);
  // a settled one does
  assert.is(await sample('c', true), 5);
  clock.pass(60_000);
  assert.is(await sample('c'), 5);
  assert.is(traces.few, true);
  assert.is(countTraces(clock, { thorough: true }).few, false);
});

test('a sample that is still being taken is shared, however long that takes', async () => {
  const clock = handClock();
  const traces = countTraces(clock, { thorough: false });
  let end = (_: number): void => undefined;
  const slow = () =>
    new Promise<number>((resolve) => {
      end = resolve;
    });
  const first = traces.sample('a', slow, () => true);
  clock.pass(60_000);
  const second = traces.sample(
    'a',
    async () => 2,
    () => true,
  );
  end(1);
  assert.equal(await Promise.all([first, second]), [1, 1]);
});

test.run();
