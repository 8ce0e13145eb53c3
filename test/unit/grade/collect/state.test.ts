import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openState, withLook } from '../../../../src/grade/collect/state.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

test('a look without a change extends the last one of its branch', () => {
  const main = { branch: 'main', tip: 'a' };
  const first = withLook([], main, 1);
  const second = withLook(withLook(first, { branch: 'dev', tip: 'x' }, 2), main, 3);
  assert.equal(second, [
    { ...main, fromMs: 1, untilMs: 3 },
    { branch: 'dev', tip: 'x', fromMs: 2, untilMs: 2 },
  ]);
  assert.equal(withLook(second, { branch: 'main', tip: 'b' }, 4).at(-1), { branch: 'main', tip: 'b', fromMs: 4, untilMs: 4 });
});

test('the state is on the disk after each change', async () => {
  const dir = folder();
  const state = await openState(dir);
  const written = { folder: 'ann', repository: 'k', branch: 'main', commit: 'c', hash: 'h', earlier: [] };
  await Promise.all([state.saw('k', { branch: 'main', tip: 'a' }, 1), state.wrote('ann', written)]);
  const again = await openState(dir);
  assert.equal(again.looks('k'), [{ branch: 'main', tip: 'a', fromMs: 1, untilMs: 1 }]);
  assert.equal(again.written('ann'), written);
  await again.wrote('ann', undefined);
  assert.is((await openState(dir)).written('ann'), undefined);
});

test('a damaged state is an error that names the file', async () => {
  for (const content of ['', '{', '{"tool":"other"}', '[]']) {
    const dir = folder();
    writeFileSync(join(dir, 'state.json'), content);
    const error = await rejection(openState(dir));
    assert.is(error.code, 'E_STATE', content);
    assert.match(error.message, /state\.json is damaged$/);
  }
});

test.run();
