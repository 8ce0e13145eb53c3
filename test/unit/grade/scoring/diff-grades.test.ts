import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareGrades } from '../../../../src/grade/scoring/diff-grades.ts';
import { text } from '../../../../src/lab/text.ts';
import { grade, gradedCheck } from '../../../fixtures/graded.ts';

const [one, two] = [gradedCheck('up/one'), gradedCheck('up/two')];
const deduction = (points: number, service?: string) => ({
  remark: { code: 'ports', ...(service === undefined ? {} : { service }), text: text('ports', '連接埠') },
  points,
});

test('the same grade is no change, whatever its texts and its duration', () => {
  const other = grade({ durationMs: 9, checks: [gradedCheck('up/one', { actual: text('4 ready', '4 個就緒') }), two] });
  assert.equal(compareGrades(grade(), other), []);
});

test('a check with another outcome, and the changed total', () => {
  const failed = gradedCheck('up/two', { outcome: 'failed', points: 0 });
  assert.equal(compareGrades(grade(), grade({ points: 10, checks: [one, failed] })), [
    {
      of: 'check',
      id: 'up/two',
      before: { points: 10, max: 10, state: 'passed' },
      after: { points: 0, max: 10, state: 'failed' },
    },
    { of: 'total', id: '', before: { points: 20, max: 20, state: 'graded' }, after: { points: 10, max: 20, state: 'graded' } },
  ]);
});

test('another outcome with the same points is no change; an errored check has no points', () => {
  const other = (outcome: 'skipped' | 'errored') => grade({ checks: [one, gradedCheck('up/two', { outcome })] });
  assert.equal(compareGrades(grade(), other('skipped')), []);
  const [only] = compareGrades(grade(), other('errored'));
  assert.equal([only?.before?.points, only?.after?.points, only?.after?.state], [10, null, 'errored']);
});

test('another maximum of the same check', () => {
  const worth = gradedCheck('up/two', { max: 12, points: 12 });
  const changes = compareGrades(grade(), grade({ points: 22, max: 22, checks: [one, worth] }));
  assert.equal(
    changes.map(({ id, after }) => [id, after?.points, after?.max]),
    [
      ['up/two', 12, 12],
      ['', 22, 22],
    ],
  );
});

test('a check without points and with a higher maximum', () => {
  const nothing = (max: number) =>
    grade({ points: 0, max, checks: [gradedCheck('up/one', { outcome: 'failed', points: 0, max })] });
  assert.equal(
    compareGrades(nothing(10), nothing(12)).map(({ of, before, after }) => [of, before?.max, after?.max]),
    [
      ['check', 10, 12],
      ['total', 10, 12],
    ],
  );
});

test('a check that is in one grade only has one side: graded after a refusal, or refused now', () => {
  const refused = grade({ status: 'refused', points: null, checks: [] });
  const run = compareGrades(refused, grade());
  assert.equal(
    run.map(({ of, id, before, after }) => [of, id, before?.state, after?.state]),
    [
      ['check', 'up/one', undefined, 'passed'],
      ['check', 'up/two', undefined, 'passed'],
      ['total', '', 'refused', 'graded'],
    ],
  );
  const [first] = compareGrades(grade(), refused);
  assert.equal([first?.id, first?.before?.state, first && 'after' in first], ['up/one', 'passed', false]);
});

test('a check that could not be judged has no points yet', () => {
  const open = gradedCheck('up/two', { outcome: 'errored', points: 0 });
  const changes = compareGrades(grade(), grade({ status: 'review', points: null, checks: [one, open] }));
  assert.equal(
    changes.map(({ id, after }) => [id, after]),
    [
      ['up/two', { points: null, max: 10, state: 'errored' }],
      ['', { points: null, max: 20, state: 'review' }],
    ],
  );
});

test('a deduction that is added, removed, or costs other points', () => {
  const before = grade({ deductions: [deduction(1), deduction(2, 'flask')] });
  const after = grade({ deductions: [deduction(3), deduction(2, 'nginx')] });
  assert.equal(compareGrades(before, after), [
    {
      of: 'deduction',
      id: 'ports',
      before: { points: 1, max: 1, state: 'deducted' },
      after: { points: 3, max: 3, state: 'deducted' },
    },
    { of: 'deduction', id: 'ports/nginx', after: { points: 2, max: 2, state: 'deducted' } },
    { of: 'deduction', id: 'ports/flask', before: { points: 2, max: 2, state: 'deducted' } },
  ]);
});

test.run();
