import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { translatedCases } from '../../../../src/authoring/markdown/gate-items.ts';

const piece = (value: string) => ({ value, at: { file: 'tutorial.zh-TW.md', line: 1, column: 1 } });

test('a translation names a mistake by its ID, in any order, with nothing but its description', () => {
  const pieces = [piece('- { id: one, what: 一 }\n- { id: two, what: 二, fails: ignored }'), piece('- { id: three, what: 三 }')];
  assert.equal(
    ['two', 'three', 'one', 'four'].map((id) => translatedCases(pieces).get(id)),
    ['二', '三', '一', undefined],
  );
});

test('an item without a description is not a translation', () => {
  assert.is(translatedCases([piece('- { id: one }')]).get('one'), undefined);
  assert.is(translatedCases([]).size, 0);
});

test.run();
