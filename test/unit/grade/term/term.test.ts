import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { renderGraceDays } from '../../../../src/grade/export/csv.ts';
import type { ClassEntry } from '../../../../src/grade/grade-class.ts';
import { rubricOf } from '../../../../src/grade/rubric/rubric.ts';
import { applyOverrides, loadOverrides } from '../../../../src/grade/scoring/overrides.ts';
import { finalEntries } from '../../../../src/grade/term/final-entries.ts';
import { loadListed, loadTerm } from '../../../../src/grade/term/load-term.ts';
import type { Entry, Grade, Status } from '../../../../src/grade/types.ts';
import { text } from '../../../../src/lab/text.ts';
import { grade, gradedCheck } from '../../../fixtures/graded.ts';
import { folder } from '../../../helpers/folder.ts';
import { bookOf } from './book-of.ts';

const home = 'test/fixtures/term';
type Row = Readonly<Record<string, string>>;
const table = (path: string): Row[] => parse(readFileSync(path, 'utf8'), { columns: true });

/** Two checks of 50 points each. */
const gradeOf = (status: Status, points: number): Grade => {
  const [one, two] = [Math.min(50, points), Math.max(0, points - 50)];
  const checks = [gradedCheck('up/one', { max: 50, points: one }), gradedCheck('up/two', { max: 50, points: two })];
  if (status === 'graded') return grade({ max: 100, points, checks });
  return grade({ status, max: 100, points: null, checks: [], ...(status === 'review' ? { review: text('look', '請看') } : {}) });
};

/** An assignment of the term, graded after those whose grace days `graceUsed` has. */
async function graded(lab: string, graceUsed: string | undefined): Promise<readonly Entry[]> {
  const dir = join(home, lab);
  const source = `${readFileSync('test/fixtures/rubrics/points.yaml', 'utf8')}\n${readFileSync(join(dir, 'deadline.yaml'), 'utf8')}`;
  const { term: rules, max } = rubricOf(source, 'rubric.yaml', composeScale);
  assert.is(max, 100);
  const entries = table(join(dir, 'submissions.csv')).map(
    ({ student = '', folder: name = '', status, points }): ClassEntry => ({
      student: { id: student },
      source: name === '' ? '' : `submissions/${name}`,
      hash: '',
      grade: gradeOf(status as Status, Number(points)),
    }),
  );
  const files = { times: join(dir, 'times.csv'), ...(graceUsed === undefined ? {} : { graceUsed }) };
  const { signal } = new AbortController();
  const listed = await loadListed(rules, files, { paths: [], signal });
  const found = entries.filter(({ source }) => source !== '').map((entry) => ({ ...entry, path: '/nonexistent' }));
  const term = await loadTerm(rules, files, listed, found, { out: dir, signal });
  return finalEntries(entries, term, await loadOverrides(join(dir, 'overrides.csv')), applyOverrides);
}

const rowOf = (lab: string, { student, source, grade: own, deadline }: Entry): Row => ({
  lab,
  student: student.id,
  counts: source.replace('submissions/', ''),
  'late days': deadline?.submitted ? String(deadline.lateDays) : own.status === 'missing' ? '' : 'unknown',
  'grace days used': String(deadline?.graceDays?.used),
  'used so far': String(deadline?.graceDays?.usedInAll),
  left: String(deadline?.graceDays?.left),
  deduction: String(deadline?.deduction),
  points: own.points === null ? '' : String(own.points),
});

test('a term of three assignments with extensions, grace days and several submissions equals the table that was calculated by hand', async () => {
  const seen: Row[] = [];
  let graceUsed: string | undefined;
  for (const lab of ['1', '2', '3']) {
    const entries = await graded(`lab-${lab}`, graceUsed);
    seen.push(...entries.map((entry) => rowOf(lab, entry)));
    graceUsed = join(folder({ 'grace-days.csv': renderGraceDays(bookOf(entries)) }), 'grace-days.csv');
  }
  assert.equal(seen, table(join(home, 'expected.csv')));
});

test('the submissions that do not count are listed with their points after lateness', async () => {
  const entries = await graded('lab-3', undefined);
  const ann = entries.find(({ student }) => student.id === 'ann');
  assert.equal(
    ann?.attempts?.map(({ source, counts, lateDays, points }) => [source, counts, lateDays, points]),
    [
      ['submissions/ann', false, 0, 40],
      ['submissions/ann-2', true, 0, 55],
      // one grace day
      ['submissions/ann-3', false, 1, 99],
    ],
  );
  assert.is(entries.find(({ student }) => student.id === 'cat')?.attempts, undefined);
  assert.equal(entries.find(({ student }) => student.id === 'bob')?.deadline?.submitted, {
    at: '2026-12-01T21:00:00.000Z',
    source: 'commit',
    from: 'commit',
  });
});

test.run();
