import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requestLines } from '../../../../src/cli/output/request-lines.ts';
import { renderClassPage, renderStudentPage } from '../../../../src/grade/export/html/pages.ts';
import { openRequests, unknownRequesters, unmetRequests, withRequests } from '../../../../src/grade/requests/requests.ts';
import { loadRequests, type WrittenRequest } from '../../../../src/grade/requests/requests-file.ts';
import type { Entry, Gradebook } from '../../../../src/grade/types.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { entries, gradebook, hostile } from '../../../fixtures/gradebook.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const rubric = { checks: { 'up/nginx-publishes': { points: 20, after: [], visible: true } } };
const header = 'student,check,reason,decision,answer\n';
const load = (lines: string) => loadRequests(join(folder({ 'requests.csv': `${header}${lines}` }), 'requests.csv'), rubric);

test('reads open, accepted and rejected requests, of a check or the total', async () => {
  const lines = [
    'amy,up/nginx-publishes,"It answers, I tried it",,',
    'bo,,I was ill,Accepted,',
    'cy,,Please,rejected,"No: see page 3"',
    "'=dan,,x,,",
  ];
  assert.equal(await load(lines.join('\n')), [
    { student: 'amy', check: 'up/nginx-publishes', reason: 'It answers, I tried it' },
    { student: 'bo', reason: 'I was ill', decision: 'accepted' },
    { student: 'cy', reason: 'Please', decision: 'rejected', answer: 'No: see page 3' },
    { student: '=dan', reason: 'x' },
  ]);
});

test('without the file there is no request', async () => {
  assert.equal(await loadRequests(join(folder(), 'requests.csv'), rubric), []);
});

for (const [what, lines, message] of [
  ['no student', ',,x,,', /requests\.csv:2: no student/],
  ['an unknown check', 'amy,,x,,\nbo,up/none,x,,', /requests\.csv:3: there is no check up\/none/],
  ['no reason', 'amy,,,,', /:2: no reason/],
  ['an unknown decision', 'amy,,x,maybe,', /:2: a decision is accepted, rejected or empty, saw "maybe"/],
  ['an answer without a decision', 'amy,,x,,yes', /:2: an answer without a decision/],
  ['a rejection without an answer', 'amy,,x,rejected,', /:2: no answer/],
  ['two open requests about the same', 'amy,,x,,\namy,,y,,', /:3: line 2 is an open request about the same/],
] as const)
  test(`refuses ${what}, with file and line`, async () => {
    const error = await rejection(load(lines));
    assert.is(error.code, 'E_SUBMISSION');
    assert.match(error.text.en, message);
    assertComplete(error.text, what);
    assertComplete(error.hint, what);
  });

test('a student may ask again after a decision', async () => {
  assert.is((await load('amy,,x,rejected,no\namy,,y,,')).length, 2);
});

const one = (more: Partial<Entry> = {}): Entry => ({ ...entries.perfect, ...more });
const { id } = entries.perfect.student;
const book = (entry: Entry): Gradebook => ({ ...gradebook, entries: [entry] });
const asked: WrittenRequest = { student: id, reason: 'It is right', decision: 'accepted' };
const points = (value: number) => ({ ...entries.perfect.grade, points: value });
/** The entry after a grading with these requests. */
const graded = (entry: Entry, requests: readonly WrittenRequest[], before?: Gradebook): Entry =>
  withRequests([entry], requests, before)[0] ?? entry;

test('a request never changes a grade', () => {
  const after = graded(one(), [asked]);
  assert.equal(after.grade, entries.perfect.grade);
  assert.equal(after.overrides, []);
});

test('a request is about the grade that the student saw, whenever it is decided', () => {
  const seen = book(one({ grade: points(60), hash: 'c'.repeat(64) }));
  const first = graded(one(), [asked], seen);
  assert.equal(first.requests?.[0]?.about, { hash: 'c'.repeat(64), points: 60 });
  const later = graded(one({ grade: points(70) }), [{ ...asked, answer: 'Right' }], book(first));
  assert.equal(later.requests?.[0]?.about, { hash: 'c'.repeat(64), points: 60 });
  assert.equal(graded(one(), [asked]).requests?.[0]?.about, { hash: one().hash, points: entries.perfect.grade.points });
});

test('open requests are those without a decision', () => {
  const { decision: _, ...open } = asked;
  assert.is(openRequests(book(graded(one(), [open]))).length, 1);
  assert.is(openRequests(book(graded(one(), [asked]))).length, 0);
});

test('an accepted request is met by an override, another submission or other points, and by nothing else', () => {
  const unmet = (entry: Entry, request = asked, before = book(one())) =>
    unmetRequests(book(graded(entry, [request], before))).length;
  assert.is(unmet(one()), 1);
  assert.is(unmet(one(), { ...asked, decision: 'rejected', answer: 'no' }), 0);
  assert.is(unmet(one({ hash: 'd'.repeat(64) })), 0);
  assert.is(unmet(one({ grade: points(50) })), 0);
  const ofCheck = { ...asked, check: 'up/nginx-publishes' };
  const overrides = (check?: string) => [{ student: id, ...(check ? { check } : {}), points: 9, reason: 'x' }];
  assert.is(unmet(one({ overrides: overrides('up/nginx-publishes') }), ofCheck), 0);
  assert.is(unmet(one({ overrides: overrides() }), ofCheck), 0);
  assert.is(unmet(one({ overrides: overrides('scale/counter-shared') }), ofCheck), 1);
  const noisy = one({ grade: points(100 + 1e-10) });
  assert.is(unmet(noisy), 1, 'noise of sums is no change');
});

test('students who are not in the class', () => {
  assert.equal(unknownRequesters([asked, { ...asked, student: 'eve' }, { ...asked, student: 'eve' }], book(one())), ['eve']);
});

test('the end of a grading lists open requests, accepted ones without an effect, and unknown students', () => {
  const { decision: _, ...open } = asked;
  const all = book(graded(one(), [{ ...open, check: 'up/nginx-publishes' }, asked], book(one())));
  assert.equal(requestLines(all, ['eve'], 'en'), [
    'requests.csv names students who are not in this class; these lines are not shown: eve',
    `1 regrade request is open in requests.csv: ${id} (up/nginx-publishes)`,
    `1 accepted request has no effect, neither by an override nor by another submission: ${id} (total)`,
  ]);
  assert.equal(requestLines(all, [], 'zh-TW'), [
    `requests.csv 有 1 件重新評分申請尚未決定：${id} (up/nginx-publishes)`,
    `有 1 件已接受的申請沒有任何改變（沒有人工評分，作業也沒有更新）：${id} (總分)`,
  ]);
  assert.equal(requestLines(book(one()), [], 'en'), []);
});

test("the student's page shows request, decision and answer; the class page those that wait for the teacher", () => {
  const rejected: WrittenRequest = {
    student: id,
    check: 'up/nginx-publishes',
    reason: hostile.script,
    decision: 'rejected',
    answer: 'See page 3',
  };
  const { decision: _, ...open } = asked;
  const all = book(graded(one(), [rejected, open], book(one())));
  const page = renderStudentPage(all, all.entries[0] as Entry, 'en');
  for (const part of [
    'Regrade requests',
    'nginx publishes its port on the host',
    '✗ rejected',
    'See page 3',
    'It is right',
    '! open: the teacher decides',
    '重新評分的申請',
    '不接受',
  ])
    assert.ok(page.includes(part), part);
  assert.not.ok(page.includes('<script>alert'));
  const ofClass = renderClassPage(all, 'en');
  assert.ok(ofClass.includes('Open regrade requests (1)') && ofClass.includes('It is right'));
  assert.not.ok(ofClass.includes('See page 3'));
  const done = renderClassPage(book(graded(one(), [rejected], book(one()))), 'en');
  assert.not.ok(done.includes('Regrade requests'));
  assert.not.ok(renderStudentPage(book(one()), one(), 'en').includes('Regrade requests'));
});

test('a request about a check that only the teacher sees shows its ID, not its claim', () => {
  const all = book(graded(one(), [{ ...asked, check: 'down/networks-gone' }]));
  const page = renderStudentPage(all, all.entries[0] as Entry, 'en');
  assert.ok(page.includes('Request: down/networks-gone'));
});

test.run();
