import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { topDeductions } from '../../../../src/grade/scoring/top-deductions.ts';
import type { Grade } from '../../../../src/grade/types.ts';
import { text } from '../../../../src/lab/text.ts';
import { entries } from '../../../fixtures/gradebook.ts';

const cause = { part: 'conf', points: 20, text: text('There is no service web.', '沒有服務 web。') };
const remark = { code: 'ports', service: 'web', text: text('a remark', '註記') };

test('the cause comes first, as a sentence only if nothing follows', () => {
  const grade: Grade = { ...entries.perfect.grade, cause, deductions: [{ remark: { ...remark, text: cause.text }, points: 20 }] };
  assert.equal(topDeductions(grade), { cost: 20, text: cause.text, others: 0 });
  const two = { ...grade, deductions: [...grade.deductions, { remark, points: 4 }] };
  assert.equal(topDeductions(two), { cost: 20, text: text('There is no service web', '沒有服務 web'), others: 1 });
});

test('without a cause, what costs most comes first; a full grade has none', () => {
  const grade: Grade = { ...entries.perfect.grade, deductions: [{ remark, points: 4 }] };
  assert.equal(topDeductions(grade), { cost: 4, text: remark.text, others: 0 });
  assert.is(topDeductions(entries.perfect.grade), undefined);
});

test.run();
