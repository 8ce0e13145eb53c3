import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inOrder } from '../../../src/run/in-order.ts';

test('items are passed on in the order of the channels, those of the current one at once', () => {
  const passed: string[] = [];
  const [a, b, c] = inOrder<string>(3, (item) => passed.push(item));
  b?.write('b1');
  a?.write('a1');
  assert.equal(passed, ['a1']);
  c?.write('c1');
  c?.close();
  a?.write('a2');
  a?.close();
  assert.equal(passed, ['a1', 'a2', 'b1']);
  b?.write('b2');
  assert.equal(passed, ['a1', 'a2', 'b1', 'b2']);
  b?.close();
  assert.equal(passed, ['a1', 'a2', 'b1', 'b2', 'c1']);
});

test.run();
