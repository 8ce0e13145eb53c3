import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ClassEntry } from '../../../../src/grade/grade-class.ts';
import { hideClass } from '../../../../src/grade/privacy/hide-class.ts';
import { hideTerm } from '../../../../src/grade/privacy/hide-term.ts';
import type { FoundSubmission } from '../../../../src/grade/submissions/find-submissions.ts';
import { finalEntries, type Term } from '../../../../src/grade/term/final-entries.ts';
import { isMarkedLate, listedTime } from '../../../../src/grade/term/submitted.ts';
import type { ListedTime } from '../../../../src/grade/term/times-file.ts';
import { grade } from '../../../fixtures/graded.ts';

const secret = Buffer.alloc(32, 7);
const ms = (iso: string) => Date.parse(iso);
const submission = (id: string, source: string): FoundSubmission => ({ student: { id }, source, path: `/x/${source}` });

/** Ann has two submissions, in an order that is not that of their times; Bob has one without a time, which Canvas marked. */
const found = [
  submission('b10902001', 'ann-2nd'),
  submission('canarybob', 'bob_LATE_4711_lab'),
  submission('b10902001', 'ann-1st'),
];
const listed: readonly ListedTime[] = [
  { student: 'b10902001', folder: 'ann-1st', ms: ms('2026-12-01T10:00:00Z') },
  { student: 'b10902001', folder: 'ann-2nd', ms: ms('2026-12-03T10:00:00Z') },
];
const deadline = { dueMs: ms('2026-12-02T00:00:00Z'), timezone: 'UTC', graceMs: 0, perDay: 1, graceDays: 5 };
const bySource = new Map(found.map((one) => [one.source, listedTime(one, listed, false)]));
const term: Term = {
  deadline,
  counting: 'last-before-due',
  extensions: new Map([['canarybob', { graceDays: 2, reason: 'ill' }]]),
  graceUsed: new Map([['b10902001', 3]]),
  listed,
  timeOf: ({ source }) => bySource.get(source),
  isMarkedLate: ({ source }) => isMarkedLate(source),
};
const hidden = hideClass({ found, missing: [], leftOut: [] }, secret);
const [ann, bob] = ['b10902001', 'canarybob'].map(hidden.studentOf);
const entries = hidden.submissions.found.map(
  ({ student, source }): ClassEntry => ({ student, source, hash: '', grade: grade() }),
);
const hiddenTerm = hideTerm(term, found, hidden);

test('sources of several submissions of a student are numbered, in the order found, and say nothing else', () => {
  assert.equal(
    hidden.submissions.found.map(({ source }) => source),
    [ann, bob, `${ann}-2`],
  );
  assert.equal(
    hidden.submissions.found.map(({ path }) => path),
    found.map(({ path }) => path),
  );
});

test('two submissions of a student keep their own times', () => {
  assert.equal(
    entries.map((entry) => hiddenTerm.timeOf(entry)?.at),
    ['2026-12-03T10:00:00.000Z', undefined, '2026-12-01T10:00:00.000Z'],
  );
});

test('extensions, grace days and listed times are found by the pseudonym only', () => {
  assert.equal([...hiddenTerm.extensions], [[bob, { graceDays: 2, reason: 'ill' }]]);
  assert.equal([...hiddenTerm.graceUsed], [[ann, 3]]);
  assert.equal(
    hiddenTerm.listed.map(({ student }) => student),
    [ann, ann],
  );
});

test('what is decided is the same with and without pseudonyms', () => {
  const real = entries.map((entry, at) => ({ ...entry, ...found[at] }));
  const decide = (own: typeof entries, by: Term) => finalEntries(own, by, [], (one) => one);
  const facts = (all: ReturnType<typeof finalEntries>) =>
    all.map(({ deadline: due, attempts }) => [
      due?.submitted?.at,
      due?.lateDays,
      due?.graceDays,
      due?.markedLate,
      attempts?.map(({ counts, lateDays }) => [counts, lateDays]),
    ]);
  const byPseudonym = decide(entries, hiddenTerm);
  assert.equal(facts(byPseudonym), facts(decide(real, term)));
  const [first, second] = byPseudonym;
  assert.equal([first?.source, first?.deadline?.submitted?.at], [`${ann}-2`, '2026-12-01T10:00:00.000Z']);
  assert.is(second?.deadline?.markedLate, true, "Canvas's mark is in the real name only");
  assert.not.match(JSON.stringify(byPseudonym), /b10902001|bob|ann-1st|ann-2nd/);
});

test.run();
