import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyOverrides, assertUndecided, loadOverrides } from '../../../../src/grade/scoring/overrides.ts';
import type { Grade, Override } from '../../../../src/grade/types.ts';
import { LabError } from '../../../../src/lab/error.ts';
import { text } from '../../../../src/lab/text.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { grade, gradedCheck } from '../../../fixtures/graded.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const file = (source: string | Uint8Array): string => {
  const path = join(folder(), 'overrides.csv');
  writeFileSync(path, source);
  return path;
};
const word = (points: number, check?: string): Override => ({
  student: 's1',
  ...(check === undefined ? {} : { check }),
  points,
  reason: 'as agreed',
});

test('reads files of spreadsheets: BOM, CRLF, quotes, columns in any order, empty lines', async () => {
  const source =
    '\ufeffReason,note,Points,student,check\r\n"late, but\nagreed",x,7.5,s1,\r\n\r\n,,,,\r\n"she said ""yes""",,0, 學生二 ,up/one\r\n';
  assert.equal(await loadOverrides(file(source)), [
    { student: 's1', points: 7.5, reason: 'late, but\nagreed' },
    { student: '學生二', check: 'up/one', points: 0, reason: 'she said "yes"' },
  ]);
  assert.equal(await loadOverrides(file('student,check,points,reason\n')), []);
  assert.equal(await loadOverrides(file('')), []);
  assert.equal(await loadOverrides(join(folder(), 'overrides.csv')), [], 'none where there is no file');
});

const head = 'student,check,points,reason\n';
const wrongs: readonly (readonly [what: string, source: string | Uint8Array, line: number | undefined, says: RegExp])[] = [
  ['no header', 's1,,5,why\n', 1, /there is no column student$/],
  ['a column twice', 'student,points,points,check,reason\n', 1, /the column points occurs twice$/],
  ['a cell too many', `${head}s1,,5,why\ns2,,5,why,more\n`, 3, /no CSV: Invalid Record Length$/],
  ['a quote that does not end', `${head}s1,,5,"why\n`, 2, /no CSV: Quote Not Closed$/],
  ['no student', `${head},,5,why\n`, 2, /no student$/],
  ['points below nothing', `${head}s1,,-1,why\n`, 2, /points are to be a number from 0, .*, saw "-1"$/],
  ['points that are no number', `${head}s1,,1e3,why\n`, 2, /saw "1e3"$/],
  ['points that are too fine', `${head}s1,,0.125,why\n`, 2, /saw "0.125"$/],
  ['no reason', `${head}s1,,5,\n`, 2, /no reason: the student reads it$/],
  ['no check', `${head}s1,networks,5,why\n`, 2, /networks is no check such as up\/networks-are-as-drawn$/],
  ['the same total twice', `${head}s1,,5,"two\nlines"\ns2,,5,why\ns1,,6,why\n`, 5, /line 2 is about the same already$/],
  ['the same check twice', `${head}s1,up/one,5,why\ns1,up/one,5,why\n`, 3, /line 2 is about the same already$/],
  ['a line of its own after one of several lines', `${head}s1,,5,"two\r\nlines"\r\ns2,,x,why\r\n`, 4, /saw "x"$/],
  ['Big5', Buffer.from(`${head}s1,,5,\xa4\xa4\n`, 'latin1'), undefined, /overrides\.csv is not in UTF-8$/],
];
for (const [what, source, line, says] of wrongs)
  test(`reported with its line: ${what}`, async () => {
    const path = file(source);
    const error = await rejection(loadOverrides(path));
    assert.is(error.code, 'E_SUBMISSION');
    if (line !== undefined) assert.ok(error.text.en.startsWith(`${path}:${line}: `), error.text.en);
    assert.match(error.text.en, says);
    assertComplete(error.text, what);
    assertComplete(error.hint, what);
  });

test('a row without points is not decided yet, and is skipped', async () => {
  assert.equal(await loadOverrides(file(`${head}s1,,,why\ns2,,5,why\ns1,,6,why\n`)), [
    { student: 's2', points: 5, reason: 'why' },
    { student: 's1', points: 6, reason: 'why' },
  ]);
});

test('points in the list of open grades are not overlooked: it would be written again', async () => {
  const open = file(`${head}s1,,,why\n`);
  await assertUndecided(open, 'overrides.csv');
  await assertUndecided(join(folder(), 'none.csv'), 'overrides.csv');
  writeFileSync(open, `${head}s1,,5,why\n`);
  const error = await rejection(assertUndecided(open, 'grades/overrides.csv'));
  assert.is(error.code, 'E_SUBMISSION');
  assert.match(error.text.en, 'has points, but decisions are read from grades/overrides.csv only');
  assert.match(error.hint.en, 'move these lines to grades/overrides.csv');
  assertComplete(error.text, 'text');
  assertComplete(error.hint, 'hint');
});

test('checked against the rubric if there is one, so that an error is reported before a class is graded', async () => {
  const one = { points: 4, after: [], visible: true };
  const rubric = { max: 4, checks: { 'up/one': one } };
  const load = (line: string) => loadOverrides(file(`${head}${line}\n`), rubric);
  assert.equal(await load('s1,up/one,4,why'), [{ student: 's1', check: 'up/one', points: 4, reason: 'why' }]);
  const slips: readonly (readonly [string, RegExp])[] = [
    ['s1,up/two,4,why', /:2: there is no check up\/two$/],
    ['s1,up/one,4.5,why', /:2: 4\.5 points is not from 0 to 4$/],
    ['s1,,5,why', /:2: 5 points is not from 0 to 4$/],
  ];
  for (const [line, says] of slips) {
    const error = await rejection(load(line));
    assert.is(error.code, 'E_SUBMISSION');
    assert.match(error.text.en, says);
    assertComplete(error.text, line);
  }
});

test('an override of a check sets its points and changes the total', () => {
  const checks = [gradedCheck('up/one', { points: 0, outcome: 'failed' }), gradedCheck('up/two', { excusedBy: 'up/one' })];
  const deductions = [{ remark: { code: 'ports', text: text('ports', '連接埠') }, points: 1.5 }];
  const before = grade({ points: 8.5, checks, deductions });
  const after = applyOverrides(before, [word(6, 'up/one')]);
  assert.equal([after.status, after.points, after.checks[0]?.points, after.checks[0]?.outcome], ['graded', 14.5, 6, 'failed']);
  assert.is(after.checks[1], checks[1], 'the others are as they were');
  const other = applyOverrides(before, [word(2, 'up/two')]);
  assert.equal([other.points, other.checks[1]?.points, other.checks[1]?.excusedBy], [0.5, 2, undefined]);
  assert.is(applyOverrides(before, [word(0, 'up/two')]).points, 0, 'never less than nothing');
  assert.is(before.points, 8.5, 'the grade given is left as it was');
});

test('an override of the total takes precedence', () => {
  const after = applyOverrides(grade(), [word(3), word(0, 'up/one')]);
  assert.equal([after.points, after.checks[0]?.points], [3, 0]);
  assert.equal(applyOverrides(grade({ points: 19 }), []), grade({ points: 19 }), 'without a word, nothing changes');
});

const refused = grade({
  status: 'refused',
  points: null,
  checks: [],
  refusals: [{ code: 'privileged', text: text('privileged', '特權模式') }],
});
const review = grade({
  status: 'review',
  points: null,
  checks: [gradedCheck('up/one', { outcome: 'errored', points: 0 }), gradedCheck('up/two', { outcome: 'errored', points: 0 })],
  review: text('the engine was gone', '引擎不見了'),
});

test('a refused submission is settled only by its total, and keeps its refusals', () => {
  const after = applyOverrides(refused, [word(4)]);
  assert.equal([after.status, after.points, after.refusals], ['graded', 4, refused.refusals]);
  assert.equal(applyOverrides(refused, [word(4, 'up/one')]), refused, 'a word on a check waits until there is one');
});

test('a grade that needs review is settled by its total, or by every check that could not be judged', () => {
  const total: Grade = applyOverrides(review, [word(4)]);
  assert.equal([total.status, total.points, 'review' in total], ['graded', 4, false]);
  const half = applyOverrides(review, [word(4, 'up/one')]);
  assert.equal([half.status, half.points, half.checks[0]?.points, half.review], ['review', null, 4, review.review]);
  const both = applyOverrides(review, [word(4, 'up/one'), word(3, 'up/two')]);
  assert.equal([both.status, both.points, 'review' in both], ['graded', 7, false]);
  const unseen = grade({ status: 'review', points: null, review: text('see', '看') });
  assert.is(applyOverrides(unseen, [word(4, 'up/one')]).status, 'review', 'what is open is no check');
});

const refusals: readonly (readonly [Override, RegExp])[] = [
  [word(1, 'up/three'), /^override for s1: there is no check up\/three$/],
  [word(10.5, 'up/one'), /^override for s1: 10\.5 points is not from 0 to 10$/],
  [word(21), /^override for s1: 21 points is not from 0 to 20$/],
  [word(-1), /^override for s1: -1 points is not from 0 to 20$/],
];
for (const [one, says] of refusals)
  test(`refused: ${says}`, () => {
    let thrown: unknown;
    try {
      applyOverrides(grade(), [one]);
    } catch (error) {
      thrown = error;
    }
    assert.instance(thrown, LabError);
    const { code, text: message } = thrown as LabError;
    assert.is(code, 'E_SUBMISSION');
    assert.match(message.en, says);
    assertComplete(message, message.en);
  });

test.run();
