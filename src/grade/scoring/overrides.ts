import type { Text } from '../../lab/text.ts';
import type { Grade, Override } from '../types.ts';
import { assertWithin, wrongOverride } from './overrides-file.ts';
import { totalOf } from './points.ts';

export { loadOverrides } from './overrides-file.ts';

/**
 * The teacher's word on one submission's grade; `overrides` are those of its student. A check's points are set, and the total follows; a word on the total
 * stands above all. What was refused is settled by the total alone, what needs review by the total, or by each check that could not be judged.
 * Throws LabError E_SUBMISSION for a check that the grade does not have, and for points that it can not have.
 */
export function applyOverrides(grade: Grade, overrides: readonly Override[]): Grade {
  const total = overrides.find(({ check }) => check === undefined);
  const words = new Map<string, Override>();
  // A submission that was not run has no checks: a word on one of them waits until it has.
  if (grade.checks.length > 0) for (const one of overrides) if (one.check !== undefined) words.set(one.check, one);
  const worth = (id: string) => grade.checks.find((check) => check.id === id)?.max;
  for (const word of [...words.values(), ...(total ? [total] : [])])
    assertWithin(word, grade.max, worth, (why: Text) => wrongOverride(word, why));
  const checks = grade.checks.map((check) => {
    const word = words.get(check.id);
    if (!word) return check;
    const { excusedBy: _, ...plain } = check;
    return { ...plain, points: word.points };
  });
  const open = checks.filter(({ outcome }) => outcome === 'errored');
  const judged = grade.status === 'review' && open.length > 0 && open.every(({ id }) => words.has(id));
  if (!total && grade.status !== 'graded' && !judged) return { ...grade, checks };
  const { review: _, ...settled } = grade;
  const points = total ? total.points : words.size > 0 ? totalOf(checks, grade.deductions) : grade.points;
  return { ...settled, status: 'graded', points, checks };
}
