import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faults } from '../../../labs/compose-scale/faults/index.ts';
import { composeScale } from '../../../labs/compose-scale/index.ts';
import { assets } from '../../../src/platform/package-root.ts';
import { assertComplete } from '../../fixtures/english-verdict.ts';

test('at least 20 faults in three levels, the easiest first, each with an ID of its own', () => {
  assert.ok(faults.length >= 20);
  const levels = faults.map(({ level }) => level);
  assert.equal(levels, levels.toSorted());
  for (const level of [1, 2, 3]) assert.ok(levels.filter((one) => one === level).length >= 6, `level ${level}`);
  assert.is(new Set(faults.map(({ id }) => id)).size, faults.length);
});

test('every text of a fault is complete in both languages', () => {
  for (const { id, report, hints, cause, find } of faults)
    for (const text of [report, ...hints, cause, find]) assertComplete(text, id);
});

test('each edit changes a file of its stack', () => {
  for (const { id, stack, edits } of faults) {
    const dir = join(assets, composeScale.id, composeScale.stacks[stack]?.dir ?? '');
    const files = new Map<string, string>();
    for (const { file, from, to } of edits) {
      const text = files.get(file) ?? readFileSync(join(dir, file), 'utf8');
      assert.ok(text.includes(from), `${id}: ${file} does not contain ${from}`);
      files.set(
        file,
        text.replace(from, () => to),
      );
    }
    for (const [file, text] of files) assert.is.not(text, readFileSync(join(dir, file), 'utf8'), id);
  }
});

test.run();
