import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { within } from '../../../../src/learn/receipt/time-limit.ts';

test('work that ends in time has its result or its error; work that does not is ended', () => {
  assert.is(
    within(5000, () => 3),
    3,
  );
  const fails = () => {
    throw new RangeError('a defect');
  };
  assert.throws(() => within(5000, fails), /a defect/);
  const began = performance.now();
  const endless = () => {
    for (;;);
  };
  assert.is(within(0.5, endless), undefined);
  assert.ok(performance.now() - began < 5000);
});

test.run();
