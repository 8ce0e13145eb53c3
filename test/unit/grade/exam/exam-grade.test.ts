import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faults } from '../../../../labs/compose-scale/faults/index.ts';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { examOf, loadClassExam } from '../../../../src/grade/exam/class-exam.ts';
import { examGrade } from '../../../../src/grade/exam/exam-grade.ts';
import { judgeExamFile } from '../../../../src/grade/exam/read-exam.ts';
import { verdictOf } from '../../../../src/grade/exam/verdict.ts';
import { applyOverrides } from '../../../../src/grade/scoring/overrides.ts';
import type { Grade, GradedCheck } from '../../../../src/grade/types.ts';
import { newExamFile, withClaim } from '../../../../src/lab/exam-file.ts';
import { text } from '../../../../src/lab/text.ts';

const set = { count: 5, seed: 2026 };
const { exam, rubric } = await loadClassExam(examOf(composeScale, set), '--exam', composeScale, faults);
const started = { tutorial: 'compose-scale', version: '0.1.0', startedAt: '2026-11-27T01:00:00.000Z' };
const file = newExamFile(started, set, exam.parts);

const base: Grade = { status: 'graded', points: 10, max: 10, checks: [], deductions: [], notes: [], refusals: [], durationMs: 5 };
const good = verdictOf(base);
const lost: GradedCheck = {
  id: 'up/flask',
  claim: text('it runs', '它在執行'),
  outcome: 'failed',
  max: 10,
  points: 0,
  visible: true,
  expected: text('1 running', '1 個執行中'),
  actual: text('0 running', '0 個執行中'),
  help: text('start it', '啟動它'),
  places: [{ file: 'flask/app.py', line: 3 }],
};
const bad = verdictOf({ ...base, points: 0, checks: [lost] });
const refusedFor = (code: string) =>
  verdictOf({ ...base, status: 'refused', points: null, refusals: [{ code, text: text(`no ${code}`, `不允許 ${code}`) }] });
const verdicts = (...all: readonly Grade[]) => new Map(exam.parts.map(({ folder }, at) => [folder, all[at] ?? good]));
const outcomes = ({ checks }: Grade) => checks.map(({ outcome, points }) => `${outcome} ${points}`);

test('each repaired fault has its points; the others show expected, saw, where and what to try next', () => {
  const grade = examGrade(exam, rubric.max, file, verdicts(good, bad));
  assert.equal([grade.status, grade.points, grade.max], ['graded', 80, 100]);
  assert.equal(outcomes(grade), ['passed 20', 'failed 0', 'passed 20', 'passed 20', 'passed 20']);
  const [, check] = grade.checks;
  const fault = exam.parts[1]?.fault;
  assert.is(check?.claim.en, `fault-2 is repaired (level ${fault?.level}, reported: ${fault?.report.en})`);
  assert.equal([check?.expected?.en, check?.actual?.en, check?.help], ['1 running', '0 running', fault?.hints[2]]);
  // the fault's own file comes first
  assert.equal(check?.places, [{ file: `fault-2/${fault?.edits[0].file}` }, { file: 'fault-2/flask/app.py', line: 3 }]);
});

test('what a student’s file claims is shown, and changes nothing', () => {
  const claims = { folder: 'fault-2', hints: 0, checks: 1, repairedAt: '2026-11-27T01:12:00.000Z' };
  const forged = withClaim(file, claims);
  const [plain, other] = [file, forged].map((one) => examGrade(exam, rubric.max, one, verdicts(good, bad)));
  assert.is(plain?.points, other?.points);
  assert.equal(plain && outcomes(plain), other && outcomes(other));
  assert.is(other?.checks[1]?.claimed?.en, 'repaired 12 min after the start, 0 of 3 hints, checked 1 time');
  assert.is(plain?.checks[1]?.claimed?.en, 'not repaired, 0 of 3 hints, checked 0 times');
});

test('hints cost points only if the rubric has a price, and at most what the repair gained', () => {
  const hints = exam.parts.reduce((one, { folder }) => withClaim(one, { folder, hints: 3, checks: 1 }), file);
  assert.is(examGrade(exam, rubric.max, hints, verdicts()).points, 100);
  const priced = examGrade({ ...exam, hintCosts: 2.5 }, rubric.max, hints, verdicts(good, bad));
  assert.equal([priced.points, priced.deductions.length, priced.deductions[0]?.points], [80 - 4 * 7.5, 4, 7.5]);
  assert.is(examGrade({ ...exam, hintCosts: 15 }, rubric.max, hints, verdicts()).points, 0);
});

test('a folder that is refused or could not be judged needs review, and the teacher can decide it alone', () => {
  const review = {
    ...good,
    status: 'review',
    points: null,
    checks: [],
    review: text('the image is missing', '沒有映像檔'),
  } as const;
  const grade = examGrade(exam, rubric.max, file, verdicts(refusedFor('privileged'), good, review));
  assert.equal([grade.status, grade.points], ['review', null]);
  assert.is(grade.review?.en, 'fault-1: refused: no privileged; fault-3: the image is missing');
  assert.equal(outcomes(grade), ['errored 0', 'passed 20', 'errored 0', 'passed 20', 'passed 20']);
  const decide = (check: string, points: number) => ({ student: 'ann', check, points, reason: '' });
  const one = [decide('fault-1/repaired', 0)];
  assert.is(applyOverrides(grade, one).points, null);
  const both = applyOverrides(grade, [...one, decide('fault-3/repaired', 20)]);
  assert.equal([both.status, both.points], ['graded', 80]);
});

test('a fault that the policy refuses is not repaired while it is there, and needs no decision', () => {
  const [first, ...others] = exam.parts;
  if (!first) throw new Error('no part');
  const parts = [{ ...first, fault: { ...first.fault, refusedAs: 'network_mode' } }, ...others];
  const grade = examGrade({ ...exam, parts }, rubric.max, file, verdicts(refusedFor('network_mode')));
  assert.equal([grade.status, grade.points, grade.checks[0]?.actual?.en], ['graded', 80, 'no network_mode']);
  assert.is(examGrade({ ...exam, parts }, rubric.max, file, verdicts(refusedFor('privileged'))).status, 'review');
});

test('a missing verdict is an error, not a zero', () => {
  assert.throws(() => examGrade(exam, rubric.max, file, new Map()), /no verdict for fault-1/);
});

test('a result file for another exam, tutorial or version, or without a valid form, is refused', () => {
  const codes = (one: Parameters<typeof judgeExamFile>[0]) => {
    const read = judgeExamFile(one, exam);
    return read.ok ? 'ok' : read.refusals.map(({ code, text: { en } }) => `${code}: ${en}`).join();
  };
  assert.is(codes(file), 'ok');
  assert.match(codes(undefined), /^exam-invalid: /);
  assert.match(codes({ ...file, seed: 7 }), /^exam-differs: .*5 faults and seed 7; the class was given 5 faults and seed 2026$/);
  assert.match(codes({ ...file, count: 4 }), /^exam-differs: .*4 faults/);
  assert.match(codes({ ...file, tutorial: 'other' }), /^exam-differs: .*5 faults of other/);
  assert.match(
    codes({ ...file, version: '9.9', fingerprint: '0123456789abcdef' }),
    /^exam-differs: labwright 9\.9 created this exam with other faults/,
  );
});

test.run();
