import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Candidate, countingOf } from '../../../../src/grade/term/attempts.ts';
import type { Deadline } from '../../../../src/grade/term/deadline.ts';
import { chargeOf, latenessOf } from '../../../../src/grade/term/lateness.ts';
import { isMarkedLate, listedStudent, listedTime } from '../../../../src/grade/term/submitted.ts';

const [hour, day] = [3_600_000, 86_400_000];
const due = Date.UTC(2026, 11, 1, 12);
const deadline = (over: Partial<Deadline> = {}): Deadline => ({
  dueMs: due,
  timezone: 'UTC',
  graceMs: 0,
  perDay: 10,
  graceDays: 0,
  ...over,
});
const lateDays = (after: number, over: Partial<Deadline> = {}) => latenessOf(deadline(over), due + after).lateDays;

test('begun days of 24 hours after due, and none within the grace', () => {
  assert.equal(
    [-1, 0, 1, day, day + 1, 3 * day].map((after) => lateDays(after)),
    [0, 0, 1, 1, 2, 3],
  );
  // after the grace, days are counted from due
  assert.equal(
    [2 * hour, 2 * hour + 1, day + 1].map((after) => lateDays(after, { graceMs: 2 * hour })),
    [0, 1, 2],
  );
  // a day on which the clock is set back has 25 hours: a day is 24 hours all the same
  assert.is(lateDays(25 * hour), 2);
  assert.is(latenessOf(deadline(), undefined).lateDays, 0);
});

test('an extension moves due, never to an earlier time, and what is on time then counts after latest too', () => {
  const own = { extension: { dueMs: due + 5 * day, reason: 'ill' } };
  const rules = deadline({ latestMs: due + 3 * day, graceMs: hour });
  assert.equal(latenessOf(rules, due + 5 * day + hour, own), {
    dueMs: due + 5 * day,
    latestMs: due + 5 * day + hour,
    lateDays: 0,
    isTooLate: false,
    graceDays: 0,
    graceLeft: 0,
  });
  assert.ok(latenessOf(rules, due + 5 * day + hour + 1, own).isTooLate);
  assert.ok(latenessOf(rules, due + 3 * day + 1).isTooLate);
  assert.not(latenessOf(rules, due + 3 * day).isTooLate);
  assert.is(latenessOf(rules, due + hour, { extension: { dueMs: due - day, reason: 'x' } }).dueMs, due);
});

test('grace days cover late days while there are some, and none are used in vain', () => {
  const rules = deadline({ graceDays: 3, latestMs: due + 9 * day });
  const days = (after: number, usedBefore: number, more = 0) =>
    latenessOf(rules, due + after, { usedBefore, extension: { graceDays: more, reason: 'x' } }).graceDays;
  assert.equal(
    [days(2 * day, 0), days(5 * day, 0), days(2 * day, 2), days(day, 3), days(day, 7), days(5 * day, 1, 2)],
    [2, 3, 1, 0, 0, 4],
  );
  assert.is(days(10 * day, 0), 0);
  assert.is(latenessOf(deadline({ graceDays: 3, perDay: 0 }), due + day).graceDays, 0);
  const late = latenessOf(rules, due + 2 * day);
  assert.equal(chargeOf(late, rules, 0), { deduction: 0, graceDays: 0 });
  assert.equal(chargeOf(late, rules, null), { deduction: 0, graceDays: 0 });
});

test('what lateness takes: each day that no grace day covers, at most everything, and everything after latest', () => {
  const rules = deadline({ perDay: 3.333, latestMs: due + 9 * day });
  const charge = (after: number, points: number) => chargeOf(latenessOf(rules, due + after), rules, points).deduction;
  assert.equal(
    [charge(0, 50), charge(day, 50), charge(3 * day, 50), charge(3 * day, 5), charge(10 * day, 50)],
    [0, 3.33, 10, 5, 50],
  );
});

const attempt = (name: string, submittedMs: number | undefined, points: number | null, isLate = false) => ({
  name,
  ...(submittedMs === undefined ? {} : { submittedMs }),
  isLate,
  status: points === null ? 'review' : 'graded',
  points,
});
type Named = Candidate & { readonly name: string };
const chosen = (counting: Parameters<typeof countingOf>[1], ...all: readonly ReturnType<typeof attempt>[]): string =>
  countingOf(all as unknown as [Named, ...Named[]], counting).name;

test('which of several submissions counts', () => {
  const all = [attempt('second', 2, 90), attempt('first', 1, 70), attempt('third', 3, 60, true)];
  assert.is(chosen('last', ...all), 'third');
  assert.is(chosen('best', ...all), 'second');
  assert.is(chosen('last-before-due', ...all), 'second');
  assert.is(chosen('last-before-due', attempt('b', 5, 90, true), attempt('a', 4, 10, true)), 'a');
  assert.is(chosen('best', attempt('a', 1, 90), attempt('b', 2, 90), attempt('c', 3, 10)), 'b');
  assert.is(chosen('best', attempt('a', 1, 0), attempt('open', 2, null)), 'a');
  assert.is(chosen('best', attempt('open', 1, null), attempt('open too', 2, null)), 'open too');
  // without a time, the order in which they were found
  assert.is(chosen('last', attempt('a', 9, 50), attempt('b', undefined, 50), attempt('c', 1, 50)), 'c');
  assert.is(chosen('last', attempt('only', undefined, null)), 'only');
});

const at = (source: string, student: string) => ({ source, student: { id: student } });
const iso = new Date(due).toISOString();

test('a time is of the folder that its line names, otherwise of the student', () => {
  const listed = [
    { student: 'ann', folder: 'ann-2', ms: due },
    { student: 'ann', ms: due - day },
    { student: 'bob', folder: 'week1.zip', ms: due },
    { student: 'cat', folder: 'elsewhere', ms: due, from: 'author date' },
    { student: 'dan', folder: 'dan' },
  ];
  const timed = (source: string, student: string, alone = false) => listedTime(at(source, student), listed, alone)?.at;
  assert.is(timed('class/ann-2.zip', 'ann'), iso);
  assert.is(timed('class/ann-22', 'ann'), new Date(due - day).toISOString());
  assert.is(timed('exports/week1.zip/bob', 'bob'), iso);
  assert.is(timed('exports/week2.zip/bob', 'bob'), undefined);
  assert.is(timed('class/cat', 'cat'), undefined);
  assert.equal(listedTime(at('class/cat', 'cat'), listed, true), { at: iso, source: 'commit', from: 'author date' });
  assert.is(timed('class/dan', 'dan', true), undefined);
  assert.is(timed('class/eve', 'eve', true), undefined);
});

test('a line with a folder says whose submission it is; an archive of several students does not', () => {
  const listed = [{ student: 'ann', folder: 'lab-1-final' }, { student: 'bob', folder: 'week1.zip' }, { student: 'cat' }];
  const names = ['class/lab-1-final', 'class/lab-1-final.tar.gz', 'week1.zip/ann', 'class/x'];
  assert.equal(
    names.map((source) => listedStudent(source, listed)),
    ['ann', 'ann', undefined, undefined],
  );
});

test("Canvas's mark of a late submission", () => {
  for (const name of ['class/leeann_LATE_123_4567_lab.zip', 'LATE_anon_x1_45_lab.zip', 'LATE_12_34_lab.zip'])
    assert.ok(isMarkedLate(name), name);
  for (const name of ['leeann_123_4567_LATE_1_lab.zip', 'LATE', 'LATE_work/compose', 'ann_LATE_lab.zip'])
    assert.not(isMarkedLate(name), name);
});

test.run();
