import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPause } from '../../../../../src/learn/web/run/pause.ts';
import type { RunPageEvent } from '../../../../../src/learn/web/run/run-page.ts';

/** A pause, what it reported, and which steps have begun. */
function paused(every: boolean) {
  const reported: string[] = [];
  const begun: string[] = [];
  const report = (event: RunPageEvent) => void reported.push(event.kind === 'pause-set' ? `pause ${event.pause}` : event.kind);
  const stop = new AbortController();
  const pause = createPause(every, report, stop.signal);
  return { pause, stop, reported, begun, step: (id: string) => pause.beforeStep().then(() => void begun.push(id)) };
}

test('without a press, each step begins at once', async () => {
  const { step, reported, begun } = paused(false);
  await step('a');
  await step('b');
  assert.equal([begun, reported], [['a', 'b'], []]);
});

test('a pause stops the run once: after the person continues, it runs on', async () => {
  const { pause, step, reported, begun } = paused(false);
  await step('a');
  pause.press('pause');
  pause.press('pause');
  const next = step('b');
  await Promise.resolve();
  assert.equal([begun, reported], [['a'], ['pause true', 'paused']]);
  pause.press('continue');
  await next;
  await step('c');
  assert.equal(
    [begun, reported],
    [
      ['a', 'b', 'c'],
      ['pause true', 'paused', 'pause false', 'continued'],
    ],
  );
});

test('a pause that has not begun can be taken back', async () => {
  const { pause, step, reported } = paused(false);
  pause.press('pause');
  pause.press('continue');
  pause.press('continue');
  await step('a');
  assert.equal(reported, ['pause true', 'pause false']);
});

test('with every, the run stops before each step, the first one too, until the person continues while a step runs', async () => {
  const { pause, step, reported, begun } = paused(true);
  for (const id of ['a', 'b']) {
    const next = step(id);
    await Promise.resolve();
    assert.not.ok(begun.includes(id));
    pause.press('continue');
    await next;
  }
  assert.equal(reported, ['paused', 'continued', 'paused', 'continued']);
  pause.press('continue');
  await step('c');
  assert.equal([begun, reported.at(-1)], [['a', 'b', 'c'], 'pause false']);
});

test('after an interrupt, a run that waits does not continue', async () => {
  const { pause, stop, step, reported, begun } = paused(true);
  step('a');
  stop.abort();
  pause.press('continue');
  pause.press('pause');
  await Promise.resolve();
  assert.equal([begun, reported], [[], ['paused']]);
});

test.run();
