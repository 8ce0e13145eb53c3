import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assigned, atOnce, mirror, seconds, wholeFrom } from '../../../src/cli/args-values.ts';

const test = suite('values of options');

test('an error names the command that was given', () => {
  assert.throws(() => assigned('lab learn')('x', {}), "lab learn: --role can't be 'x'");
  assert.throws(() => mirror('lab worker')('x'), "lab worker: --registry-mirror can't be 'x'");
});

test('numbers are written in decimal digits', () => {
  for (const value of ['1e1', '0x10', ' 5', '']) {
    assert.throws(() => seconds(value), "--timeout can't be");
    assert.throws(() => atOnce('lab test')(value), "--jobs can't be");
    assert.throws(() => wholeFrom(0, 99, 'lab break', '--exam')(value), "lab break: --exam can't be");
  }
  assert.is(wholeFrom(0, 99, 'lab break', '--exam')('0'), 0);
  assert.equal([seconds('10'), atOnce('lab test')('16'), atOnce('lab grade', { auto: true })('auto')], [10, 16, undefined]);
});

test.run();
