import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareBooks } from '../../../../src/grade/changes/compare.ts';
import type { Entry, Grade, Gradebook, Override, Timeliness } from '../../../../src/grade/types.ts';
import { text } from '../../../../src/lab/text.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { gradebook } from '../../../fixtures/gradebook.ts';
import { grade, gradedCheck } from '../../../fixtures/graded.ts';

const hash = (digit: string) => digit.repeat(64);
const lost = grade({ points: 10, checks: [gradedCheck('up/one'), gradedCheck('up/two', { outcome: 'failed', points: 0 })] });
const blank = { checks: [], points: null };
const entry = (own: Grade, more: Partial<Entry> = {}): Entry => ({
  student: { id: 'amy' },
  source: 'amy',
  hash: hash('a'),
  keys: [hash('1')],
  grade: own,
  overrides: [],
  ...more,
});
const book = (one: Entry | undefined, more: Partial<Gradebook> = {}): Gradebook => ({
  ...gradebook,
  rubric: { ...gradebook.rubric, max: 20 },
  entries: one ? [one] : [],
  ...more,
});
const override = (points: number, check?: string): Override => ({
  student: 'amy',
  ...(check === undefined ? {} : { check }),
  points,
  reason: 'see mail',
});

/** The only changed student. */
function onlyChange(before: Gradebook, after: Gradebook) {
  const { students } = compareBooks(before, after);
  assert.is(students.length, 1);
  const [one] = students;
  assert.ok(one);
  for (const cause of one.causes) assertComplete(cause.text, cause.code);
  return one;
}
/** The codes of the causes, and the first English text. */
function causes(before: Gradebook, after: Gradebook): { codes: string[]; first: string } {
  const { causes: all } = onlyChange(before, after);
  return { codes: all.map(({ code }) => code), first: all[0]?.text.en ?? '' };
}

test('without another grade nothing is reported, whatever else changed', () => {
  const after = book(entry(grade(), { hash: hash('b'), keys: [hash('2')] }), { version: '9', engine: 'Docker 99' });
  assert.equal(compareBooks(book(entry(grade())), after).students, []);
});

test('points with the noise of sums are the same as those in the file', () => {
  const noisy = grade({ points: 0.1 + 0.2, checks: [gradedCheck('up/one', { points: 0.1 + 0.2 })] });
  const written = grade({ points: 0.3, checks: [gradedCheck('up/one', { points: 0.3 })] });
  assert.equal(compareBooks(book(entry(written)), book(entry(noisy))).students, []);
});

test('another submission is the cause, and the engine too if it is another', () => {
  const after = entry(lost, { hash: hash('b'), keys: [hash('2')] });
  assert.equal(causes(book(entry(grade())), book(after)), {
    codes: ['submission'],
    first: 'the submission changed (content aaaaaaaaaaaa → bbbbbbbbbbbb)',
  });
  assert.equal(causes(book(entry(grade())), book(after, { engine: 'Docker 99' })).codes, ['submission', 'engine']);
});

test('a submission that could not be read before, or now', () => {
  const refused = grade({ status: 'refused', ...blank });
  const unread = entry(refused, { hash: '' });
  assert.is(causes(book(unread), book(entry(grade()))).first, 'there was no readable submission before');
  assert.is(causes(book(entry(grade())), book(unread)).first, 'there is no readable submission now');
});

test('another rubric is the cause, with the points that differ and belong to the change', () => {
  const more = grade({ points: 22, max: 22, checks: [gradedCheck('up/one'), gradedCheck('up/two', { max: 12, points: 12 })] });
  const rubric = { ...gradebook.rubric, hash: hash('f'), max: 22 };
  const { codes, first } = causes(book(entry(grade())), book(entry(more, { keys: [hash('2')] }), { rubric }));
  assert.equal([codes, first], [['rubric'], 'the rubric changed: up/two 10 → 12; maximum 20 → 22']);
  assert.equal(compareBooks(book(entry(grade())), book(entry(more), { rubric })).rubric, [
    { of: 'check', id: 'up/two', before: 10, after: 12 },
    { of: 'maximum', id: '', before: 20, after: 22 },
  ]);
});

test('a check that only one of the rubrics has, and the points of a goal', () => {
  const goals = (points: number) => [{ id: 'log', title: text('Log', '日誌'), points, max: points }];
  const before = grade({ checks: [gradedCheck('up/one'), gradedCheck('up/old')], goals: goals(20) });
  const after = grade({ points: 18, max: 18, checks: [gradedCheck('up/one'), gradedCheck('up/new')], goals: goals(18) });
  const rubric = { ...gradebook.rubric, hash: hash('f'), max: 20 };
  assert.is(
    causes(book(entry(before)), book(entry(after, { keys: [hash('2')] }), { rubric })).first,
    'the rubric changed: up/new – → 10; up/old 10 → –; goal log 20 → 18',
  );
});

test('another rubric that gives these checks the same points is named too, and said so', () => {
  const rubric = { ...gradebook.rubric, hash: hash('f'), max: 20 };
  const { codes, first } = causes(book(entry(grade())), book(entry(lost, { keys: [hash('2')] }), { rubric }));
  assert.equal([codes, first], [['rubric'], 'the rubric changed, but not what these checks are worth']);
});

test('an override that is added, changed or removed', () => {
  const settled = (points: number, word: Override) => entry({ ...grade(), points }, { overrides: [word] });
  assert.equal(causes(book(entry(grade())), book(settled(15, override(15)))), {
    codes: ['override'],
    first: 'override added: total 15 (see mail)',
  });
  assert.is(
    causes(book(settled(15, override(15))), book(settled(17, override(17)))).first,
    'override changed: total 15 → 17 (see mail)',
  );
  assert.is(causes(book(settled(15, override(15))), book(entry(grade()))).first, 'override removed: total 15');
  const check = { ...lost, points: 17, checks: [gradedCheck('up/one'), gradedCheck('up/two', { outcome: 'failed', points: 7 })] };
  assert.equal(causes(book(entry(lost)), book(entry(check, { overrides: [override(7, 'up/two')] }))), {
    codes: ['override'],
    first: 'override added: up/two 7 (see mail)',
  });
});

test('a check with another outcome is not explained by an override of another check', () => {
  const other = { ...lost, points: 5, checks: [gradedCheck('up/one', { points: 5 }), ...lost.checks.slice(1)] };
  const after = entry(other, { overrides: [override(5, 'up/one')] });
  assert.equal(causes(book(entry(grade())), book(after)).codes, ['override', 'grading']);
});

test('another version, another network of builds, audits, and other images', () => {
  const after = (own: Partial<Entry> = {}) => entry(lost, { keys: [hash('2')], ...own });
  assert.equal(causes(book(entry(grade())), book(after(), { version: '9.0.0' })), {
    codes: ['version'],
    first: 'the version of labwright changed: 0.1.0 → 9.0.0',
  });
  assert.is(
    causes(book(entry(grade()), { builds: 'none' }), book(after(), { builds: 'open' })).first,
    'the network of builds changed: none → open',
  );
  assert.equal(causes(book(entry(grade())), book(after(), { trust: true })).codes, ['trust']);
  assert.equal(causes(book(entry(grade()), { trust: true }), book(after())).codes, ['trust']);
  const images = (id: string) => ({ images: ['python:3.13 sha256:1', `redis:7 ${id}`] });
  assert.equal(causes(book(entry(grade(), images('sha256:2'))), book(after(images('sha256:3')))), {
    codes: ['images'],
    first: 'other images ran: redis:7',
  });
});

test('another key with the same submission, rubric, version and images: roles.csv', () => {
  assert.equal(causes(book(entry(grade())), book(entry(lost, { keys: [hash('2')] }))).codes, ['roles']);
});

test('a field that this page does not know, of the entry, the grade or the class, is a term such as the deadline', () => {
  const withField = (one: Entry, field: object): Entry => ({ ...one, ...field });
  const { codes, first } = causes(
    book(withField(entry(grade()), { lateness: { days: 1 } })),
    book(withField(entry(lost), { lateness: { days: 3 } })),
  );
  assert.equal(codes, ['terms']);
  assert.is(first, 'another term changed: lateness: {"days":1} → {"days":3}');
  const late = { ...lost, late: true } as Grade;
  assert.equal(causes(book(entry(grade())), book(entry(late))).codes, ['terms']);
  const due = (time: string): Partial<Gradebook> => ({ deadline: time }) as Partial<Gradebook>;
  const { first: ofClass } = causes(book(entry(grade()), due('Mon')), book(entry(lost), due('Tue')));
  assert.match(ofClass, /deadline: Mon → Tue$/);
});

const deadline = (due: string, over: Partial<Timeliness> = {}): { readonly deadline: Timeliness } => ({
  deadline: {
    due,
    timezone: 'Asia/Taipei',
    submitted: { at: '2026-12-03T02:00:00Z', source: 'times' },
    lateMs: 0,
    lateDays: 0,
    deduction: 0,
    ...over,
  },
});

test('a deadline that moved is a cause, in words, if it costs more or less than before', () => {
  const early = deadline('2026-12-01T15:59:00Z', { lateMs: 122_460_000, lateDays: 2, deduction: 20 });
  const { codes, first } = causes(book(entry(lost, early)), book(entry(grade(), deadline('2026-12-03T15:59:00Z'))));
  assert.equal(codes, ['terms']);
  assert.is(
    first,
    'the deadline, an extension or the time of the submission changed. Due: 2026-12-01 23:59 (Asia/Taipei) → 2026-12-03 23:59 (Asia/Taipei); Lateness: 1 d 10 h 1 min, which counts as 2 days → on time; Cost: −20 points → no points',
  );
});

test('a deadline that moved and costs the same is no cause: an override explains the change alone', () => {
  const { codes } = causes(
    book(entry(lost, deadline('2026-12-01T15:59:00Z'))),
    book(entry({ ...lost, points: 5 }, { ...deadline('2026-12-03T15:59:00Z'), overrides: [override(5)] })),
  );
  assert.equal(codes, ['override']);
});

test('the same inputs and another grade: a difference in grading itself, unless the engine is another', () => {
  const { codes, first } = causes(book(entry(grade())), book(entry(lost)));
  assert.equal(codes, ['grading']);
  assert.match(first, /grading itself gave another result/);
  assert.equal(causes(book(entry(grade())), book(entry(lost), { engine: 'Docker 99' })).codes, ['engine']);
});

test('after a failure of labwright or the engine it is graded again; and a failure now', () => {
  const failed = (of: string) => entry(grade({ status: 'review', ...blank, review: text('lost', '中斷') }), { hash: of });
  assert.equal(causes(book(failed('')), book(entry(grade()))).codes, ['retried']);
  assert.equal(causes(book(failed(hash('a'))), book(entry(grade()))).codes, ['retried']);
  assert.equal(causes(book(entry(grade())), book(failed(''))).codes, ['failed']);
});

test('a student who came or is gone: with what is known about the submission', () => {
  const missing = entry(grade({ status: 'missing', ...blank }), { hash: '' });
  for (const before of [book(undefined), book(missing)]) {
    const came = onlyChange(before, book(entry(grade()), { version: '9.0.0' }));
    assert.equal([came.kind, came.causes.map(({ code }) => code)], ['came', ['submission']]);
  }
  for (const after of [book(undefined), book(missing)]) {
    const gone = onlyChange(book(entry(grade())), after);
    assert.equal([gone.kind, gone.causes.map(({ code }) => code)], ['gone', ['submission']]);
  }
  const decided = entry({ ...missing.grade, status: 'graded', points: 0 }, { hash: '', overrides: [override(0)] });
  assert.equal(causes(book(missing), book(decided)).codes, ['override']);
});

test('gradebooks of an earlier version, without keys and images', () => {
  const { keys: _, ...old } = entry(grade());
  assert.equal(causes(book(old), book(entry(lost, { images: ['redis:7 x'] }))).codes, ['grading']);
});

test.run();
