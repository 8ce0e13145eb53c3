import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GradeCache } from '../../../src/grade/grade-cache.ts';
import type { Grade } from '../../../src/grade/types.ts';

const gradeOf = (status: Grade['status'], points: number | null = 10): Grade => ({
  status,
  points,
  max: 10,
  checks: [],
  deductions: [],
  notes: [],
  refusals: [],
  durationMs: 1,
});

/** A cache on a journal in memory; counts gradings, and lists the keys written. */
function setting(known: Readonly<Record<string, Grade>> = {}) {
  const grades = new Map(Object.entries(known));
  const added: string[] = [];
  let graded = 0;
  const cache = new GradeCache({
    find: (key) => grades.get(key),
    add: async (key, grade) => {
      added.push(key);
      await Promise.resolve();
      grades.set(key, grade);
    },
  });
  const grading = (grade: Grade | Error) => async () => {
    graded += 1;
    await Promise.resolve();
    if (grade instanceof Error) throw grade;
    return grade;
  };
  return { cache, added, grading, graded: () => graded };
}

test('a grade in the journal is not graded again, and is counted', async () => {
  const { cache, grading, graded } = setting({ a: gradeOf('graded', 7) });
  assert.is((await cache.get('a', grading(gradeOf('graded')))).points, 7);
  assert.is((await cache.get('b', grading(gradeOf('graded', 3)))).points, 3);
  assert.equal([graded(), cache.known], [1, 1]);
});

test('the same key is graded once: at the same time, before it is kept, and after it', async () => {
  const { cache, grading, graded, added } = setting();
  const [one, other] = await Promise.all([1, 2].map((points) => cache.get('a', grading(gradeOf('graded', points)))));
  assert.equal([one?.points, other?.points, graded()], [1, 1, 1]);
  assert.is((await cache.get('a', grading(gradeOf('graded', 3)))).points, 1);
  const grade = gradeOf('graded', 1);
  await Promise.all([cache.keep('a', grade), cache.keep('a', grade)]);
  await cache.keep('a', grade);
  assert.equal([added, cache.known], [['a'], 0]);
  await cache.get('a', grading(grade));
  assert.equal([graded(), cache.known], [1, 1]);
});

test('a submission that needs review is graded again, and its grade is never kept', async () => {
  const { cache, grading, graded, added } = setting();
  const first = await cache.get('a', grading(gradeOf('review', null)));
  await cache.keep('a', first);
  assert.equal([first.status, (await cache.get('a', grading(gradeOf('graded')))).status], ['review', 'graded']);
  assert.equal([graded(), added], [2, []]);
});

test('a submission is graded again after an error', async () => {
  const { cache, grading, graded } = setting();
  const broken = new Error('broken');
  assert.is(await cache.get('a', grading(broken)).catch((error: unknown) => error), broken);
  assert.is((await cache.get('a', grading(gradeOf('graded')))).status, 'graded');
  assert.is(graded(), 2);
});

test('a grade that could not be written is an error for each caller', async () => {
  const full = new Error('disk full');
  const cache = new GradeCache({ find: () => undefined, add: () => Promise.reject(full) });
  for (const _ of [1, 2]) assert.is(await cache.keep('a', gradeOf('graded')).catch((error: unknown) => error), full);
});

test.run();
