import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classSummary } from '../../../../src/cli/output/grade-summary.ts';
import { renderCanvas } from '../../../../src/grade/export/canvas.ts';
import { renderCsv, renderGraceDays } from '../../../../src/grade/export/csv.ts';
import { filesOf } from '../../../../src/grade/export/formats.ts';
import { renderGradescope } from '../../../../src/grade/export/gradescope.ts';
import { renderClassPage, renderStudentPage } from '../../../../src/grade/export/html/pages.ts';
import { renderJson } from '../../../../src/grade/export/json.ts';
import { renderMoodle } from '../../../../src/grade/export/moodle.ts';
import { gradebook } from '../../../../src/grade/export/schema.ts';
import { renderClassSummary, renderStudentSummary } from '../../../../src/grade/export/summary.ts';
import type { ClassEntry } from '../../../../src/grade/grade-class.ts';
import { applyOverrides } from '../../../../src/grade/scoring/overrides.ts';
import type { Deadline } from '../../../../src/grade/term/deadline.ts';
import { finalEntries } from '../../../../src/grade/term/final-entries.ts';
import { isMarkedLate, listedTime } from '../../../../src/grade/term/submitted.ts';
import type { ListedTime } from '../../../../src/grade/term/times-file.ts';
import type { Entry } from '../../../../src/grade/types.ts';
import { langs } from '../../../../src/lab/text.ts';
import { grade } from '../../../fixtures/graded.ts';
import { fakeScreen } from '../../../fixtures/screen.ts';
import { bookOf } from './book-of.ts';

const due = Date.UTC(2026, 11, 1, 15, 59);
const hour = 3_600_000;
const deadline: Deadline = {
  dueMs: due,
  timezone: 'Asia/Taipei',
  graceMs: 0,
  perDay: 4,
  latestMs: due + 240 * hour,
  graceDays: 1,
};
const handedIn = (student: string, name = student, points = 20): ClassEntry => ({
  student: { id: student },
  source: `class/${name}`,
  hash: '',
  grade: grade({ points, checks: grade().checks.map((check) => ({ ...check, points: points / 2 })) }),
});
const listed: readonly ListedTime[] = [
  { student: 'ann', folder: 'ann-1', ms: due - hour },
  { student: 'ann', folder: 'ann-2', ms: due + 50 * hour, from: '<b>push</b>' },
  { student: 'bob', ms: due },
];

function entriesWith(rules: Deadline | 'none' = deadline): Entry[] {
  const all = [
    handedIn('ann', 'ann-1', 4),
    handedIn('ann', 'ann-2'),
    handedIn('bob'),
    handedIn('eve', 'kimeve_LATE_12_34_lab.zip'),
  ];
  const term = {
    ...(rules === 'none' ? {} : { deadline: rules }),
    counting: 'last' as const,
    extensions: new Map([['ann', { dueMs: due + hour, graceDays: 1, reason: 'ill & <tired>' }]]),
    graceUsed: new Map([['ann', 1]]),
    listed,
    timeOf: (entry: ClassEntry) => listedTime(entry, listed, false),
    isMarkedLate: ({ source }: ClassEntry) => isMarkedLate(source),
  };
  return finalEntries(all, term, [], applyOverrides);
}
const book = bookOf(entriesWith());
const [ann, bob, eve] = book.entries;
if (!ann || !bob || !eve) throw new Error('three students');

test('every format has the points after the deduction', () => {
  // 49 hours are three begun days; one grace day is left: 20 − 2 × 4
  assert.is(ann.grade.points, 12);
  const last = (csv: string, of: string) => csv.split('\r\n').find((line) => line.startsWith(of));
  assert.match(renderCanvas(book, 'en'), /^ann,,,ann,,12\r$/m);
  assert.match(last(renderMoodle(book, 'en'), ',ann') ?? '', /^,ann,,,12,20,/);
  assert.is(JSON.parse(renderGradescope(ann, 'en')).score, 12);
  assert.match(renderStudentPage(book, ann), /<strong>12<\/strong>/);
  assert.match(renderClassSummary(book, 'en'), /\| ann \| {2}\| graded \| 12 \| −8 submitted 3 days late, 1 of them grace days/);
});

test('grades.csv has columns for the time, the late days and the deduction, if there is a deadline', () => {
  const rows = renderCsv(book, 'en').split('\r\n');
  assert.match(rows[0] ?? '', /,same as,submitted,late,deduction,up\/one,/);
  assert.match(rows[1] ?? '', /,2026-12-04 01:59,3,-8,10,10$/);
  assert.match(rows[2] ?? '', /,2026-12-01 23:59,0,0,10,10$/);
  assert.match(rows[3] ?? '', /,,,,10,10$/);
  assert.match(rows[1] ?? '', /late −8: submitted 3 days late, 1 of them grace days \(−4 for each day\)/);
  assert.match(renderCsv(book, 'zh-TW').split('\r\n')[0] ?? '', /,繳交時間,遲交天數,遲交扣分,/);
  assert.not.match(renderCsv(bookOf(entriesWith('none')), 'en'), /deduction,/);
});

test('the student reads when it was due and submitted, how late that is, the grace days and the cost', () => {
  const texts = {
    en: [
      '2026-12-02 00:59 (Asia/Taipei)',
      '1 more grace day — ill &amp; &lt;tired&gt;',
      'the teacher&#39;s list of times: &lt;b&gt;push&lt;/b&gt;',
      '2 d 1 h, which counts as 3 days',
      '1 used here, 2 used so far, 0 left',
      '−8 points',
      'ann-1: 2026-12-01 22:59 (Asia/Taipei), 4 of 20 points',
      'ann-2: 2026-12-04 01:59 (Asia/Taipei), 3 days late, 12 of 20 points, this one counts',
    ],
    'zh-TW': [
      '另加 1 天寬限日',
      '2 天 1 小時，以 3 天計算',
      '這次使用 1 天，目前共使用 2 天，剩下 0 天',
      '遲交 3 天',
      '以這一份計分',
    ],
  };
  const page = renderStudentPage(book, ann).replaceAll(/&#0?39;|&apos;/g, '&#39;');
  for (const lang of langs) for (const one of texts[lang]) assert.ok(page.includes(one), one);
  assert.ok(renderStudentPage(book, bob).includes('on time'));
  for (const lang of langs) {
    const moodle = renderMoodle(book, lang);
    for (const rendered of [renderStudentSummary(book, ann, lang), moodle, renderGradescope(ann, lang)])
      assert.match(rendered.replaceAll('\\', ''), lang === 'en' ? /2 d 1 h, which counts as 3 days/ : /2 天 1 小時，以 3 天計算/);
  }
});

test('a submission without a known time loses nothing, and is listed for the teacher', () => {
  assert.is(eve.grade.points, 20);
  assert.match(
    renderStudentPage(book, eve),
    /The submission time is unknown, so nothing is deducted\. Canvas marked it as late\./,
  );
  assert.match(renderClassPage(book), /Submission time unknown \(1\)/);
  assert.match(renderClassSummary(book, 'en'), /\*\*Submission time unknown \(1\):\*\* eve/);
  const { screen } = fakeScreen({});
  const unknown = { extensions: ['amy'], times: ['bo'] };
  const printed = classSummary(book, { unknown }, 'grades', { out: screen, lang: 'en' });
  assert.match(printed, /^No submission time is known, so nothing is deducted for lateness: eve$/m);
  assert.match(printed, /^extensions\.csv names students who are not in this class; these lines had no effect: amy$/m);
  assert.match(printed, /^the file of --times names students who are not in this class; these lines had no effect: bo$/m);
});

test('grades.json has the times and all submissions, as its schema says', () => {
  const written = [...renderJson(book)].join('');
  const { entries } = gradebook.parse(JSON.parse(written));
  assert.equal(entries[0]?.deadline, {
    due: '2026-12-01T16:59:00.000Z',
    timezone: 'Asia/Taipei',
    latest: '2026-12-11T15:59:00.000Z',
    extension: { due: '2026-12-01T16:59:00.000Z', graceDays: 1, reason: 'ill & <tired>' },
    submitted: { at: '2026-12-03T17:59:00.000Z', source: 'times', from: '<b>push</b>' },
    lateMs: 49 * hour,
    lateDays: 3,
    graceDays: { used: 1, usedInAll: 2, left: 0 },
    deduction: 8,
  });
  assert.equal(
    entries[0]?.attempts?.map(({ source, counts, points }) => [source, counts, points]),
    [
      ['class/ann-1', false, 4],
      ['class/ann-2', true, 12],
    ],
  );
  assert.is(entries[2]?.deadline?.markedLate, true);
});

test('grace days are written for the next assignment, if there are any', () => {
  assert.is(renderGraceDays(book).replace('\ufeff', ''), 'student,used,left\r\nann,2,0\r\nbob,0,1\r\neve,0,1\r\n');
  const paths = (entries: readonly Entry[]) => filesOf(bookOf(entries), 'en').map(({ path }) => path);
  assert.ok(paths(book.entries).includes('grace-days.csv'));
  assert.not(paths(entriesWith({ ...deadline, graceDays: 0 }).slice(1)).includes('grace-days.csv'));
});

test('a deadline that moved changes the output of the same grades', () => {
  const points = (rules: Deadline) => entriesWith(rules).map((entry) => entry.grade.points);
  assert.equal(points(deadline), [12, 20, 20]);
  assert.equal(points({ ...deadline, dueMs: due + 50 * hour }), [20, 20, 20]);
  assert.equal(points({ ...deadline, latestMs: due + 49 * hour }), [0, 20, 20]);
});

test.run();
