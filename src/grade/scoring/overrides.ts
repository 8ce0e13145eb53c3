import type { Text } from '../../lab/text.ts';
import type { Grade, Override } from '../types.ts';
import { capByGoals } from './goals.ts';
import { assertWithin, wrongOverride } from './overrides-file.ts';
import { totalOf } from './points.ts';

export { assertUndecided, loadOverrides } from './overrides-file.ts';

/**
 * Applies a student's `overrides` to the submission's grade. An override of a check sets its points, and the total is
 * recalculated, with the caps of goals; an override of the total takes precedence. Only the total settles a refused submission; the total, or all checks
 * that could not be judged, settle one that needs review. Throws LabError E_SUBMISSION for a check that the grade does not have,
 * and for points out of range.
 */
export function applyOverrides(grade: Grade, overrides: readonly Override[]): Grade {
  const total = overrides.find(({ check }) => check === undefined);
  const words = new Map<string, Override>();
  // A submission that was not run has no checks: overrides of checks apply once it has run.
  if (grade.checks.length > 0) for (const one of overrides) if (one.check !== undefined) words.set(one.check, one);
  const worth = (id: string) => grade.checks.find((check) => check.id === id)?.max;
  for (const word of [...words.values(), ...(total ? [total] : [])])
    assertWithin(word, grade.max, worth, (why: Text) => wrongOverride(word, why));
  const decided = grade.checks.map((check) => {
    const word = words.get(check.id);
    if (!word) return check;
    const { excusedBy: _, follows: __, capped: ___, notShown: ____, repaired: _____, ...plain } = check;
    return { ...plain, points: word.points };
  });
  const { checks, deductions, goals } = words.size > 0 ? capByGoals({ ...grade, checks: decided }, new Set(words.keys())) : grade;
  const own = { ...grade, checks, deductions, ...(goals ? { goals } : {}) };
  const open = checks.filter(({ outcome }) => outcome === 'errored');
  const judged = grade.status === 'review' && open.length > 0 && open.every(({ id }) => words.has(id));
  if (!total && grade.status !== 'graded' && !judged) return own;
  const { review: _, ...settled } = own;
  const points = total ? total.points : words.size > 0 ? totalOf(checks, deductions, goals) : grade.points;
  return { ...settled, status: 'graded', points };
}
