import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Watchdog } from '../../../../src/grade/queue/watchdog.ts';

function watchdog(stuckMs: number) {
  const time = { nowMs: 1_000 };
  const dog = new Watchdog({ now: () => time.nowMs }, stuckMs);
  const dueAfter = (ms: number, hasWorker: boolean) => {
    time.nowMs += ms;
    return dog.due(hasWorker);
  };
  return { dog, dueAfter };
}

test('a report is due after the time without progress, and again after as long', () => {
  const { dueAfter } = watchdog(100_000);
  assert.equal(
    [99_999, 1, 99_999, 1].map((ms) => dueAfter(ms, true)),
    [undefined, 100_000, undefined, 200_000],
  );
});

test('progress starts the time again', () => {
  const { dog, dueAfter } = watchdog(100_000);
  assert.is(dueAfter(90_000, true), undefined);
  dog.progress();
  assert.equal(
    [90_000, 10_000].map((ms) => dueAfter(ms, true)),
    [undefined, 100_000],
  );
});

test('without a worker the first report is due after 5 s, or sooner if the time is shorter', () => {
  const { dueAfter } = watchdog(100_000);
  assert.equal(
    [4_999, 1].map((ms) => dueAfter(ms, false)),
    [undefined, 5_000],
  );
  assert.is(watchdog(2_000).dueAfter(2_000, false), 2_000);
});

test.run();
