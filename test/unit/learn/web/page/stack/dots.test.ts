import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dotsOf, flightMs, hasArrived, mostDots, progressOf, radiusOf } from '../../../../../../src/learn/web/page/stack/dots.ts';

const seen = (count: number, more: object = {}) => ({ from: 'a', to: 'b', count, failed: false, own: false, ...more });
const counts = (list: readonly ReturnType<typeof seen>[], active = 0) =>
  dotsOf({ at: '', seen: list }, active, 1000).map(({ count }) => count);

test('few requests are a dot each, one after the other; many are one dot with their number', () => {
  assert.equal(counts([seen(3)]), [1, 1, 1]);
  assert.equal(counts([seen(6)]), [6]);
  const starts = dotsOf({ at: '', seen: [seen(3)] }, 0, 1000).map(({ startMs }) => startMs);
  assert.equal(starts, [1000, 1080, 1160]);
});

test('while many dots are on their way, requests are merged, and there is a limit', () => {
  assert.equal(counts([seen(3)], 58), [3]);
  assert.equal(counts([seen(3), seen(2)], mostDots - 1), [3]);
  assert.equal(counts([seen(1)], mostDots), []);
});

test('a dot keeps what kind of request it is, and none is drawn for nothing', () => {
  const [dot] = dotsOf({ at: '', seen: [seen(0), seen(1, { failed: true, own: true })] }, 0, 0);
  assert.equal(dot, { from: 'a', to: 'b', count: 1, failed: true, own: true, startMs: 0 });
});

test('a dot moves from its start to its end, and then has arrived', () => {
  const dot = { startMs: 100 };
  assert.is(progressOf(dot, 99), undefined);
  assert.is(progressOf(dot, 100), 0);
  assert.is(progressOf(dot, 100 + flightMs / 2), 0.5);
  assert.is(progressOf(dot, 100 + flightMs), 1);
  assert.is(hasArrived(dot, 100 + flightMs), false);
  assert.is(hasArrived(dot, 101 + flightMs), true);
});

test('the size grows slowly with the number', () => {
  assert.ok(radiusOf(1) < radiusOf(2) && radiusOf(2) < radiusOf(20));
  assert.is(radiusOf(100_000), 15);
});

test.run();
