import { randomBytes } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { open, SealError, seal } from '../../../../src/grade/queue/seal.ts';

const body = Buffer.from('the files of B10902001');
const [key, otherKey] = [randomBytes(32), randomBytes(32)];
const isSealError = (error: unknown): boolean => error instanceof SealError;

test('a body is opened with its key, and is not readable without', () => {
  const sealed = seal(body, 'class order 1', key);
  assert.equal(open(sealed, 'class order 1', key), body);
  assert.not.ok(sealed.includes('B10902001'));
  assert.not.equal(seal(body, 'class order 1', key), sealed);
  assert.throws(() => open(sealed, 'class order 1', otherKey), isSealError);
  assert.throws(() => open(sealed, 'class order 1'), isSealError);
});

test('a body in the place of another one is not opened, with and without a key', () => {
  for (const own of [key, undefined]) {
    const sealed = seal(body, 'class order 1', own);
    assert.equal(open(sealed, 'class order 1', own), body);
    assert.throws(() => open(sealed, 'class order 2', own), isSealError);
  }
});

test('a changed, truncated or empty body is not opened', () => {
  for (const own of [key, undefined]) {
    const sealed = seal(body, 'here', own);
    for (const at of [0, 1, 20, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.throws(() => open(changed, 'here', own), isSealError, `byte ${at}`);
    }
    for (const bytes of [0, 1, 5, sealed.length - 1])
      assert.throws(() => open(sealed.subarray(0, bytes), 'here', own), isSealError, `${bytes} bytes`);
  }
});

test('with a key, a body that anyone could have written is not accepted', () => {
  assert.throws(() => open(seal(body, 'here'), 'here', key), isSealError);
});

test.run();
