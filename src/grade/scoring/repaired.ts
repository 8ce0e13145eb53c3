import type { Price } from '../rubric/parse-rubric.ts';
import type { Cause, Grade, GradedCheck } from '../types.ts';
import { causeCode } from './causes.ts';
import { capByGoals } from './goals.ts';
import { totalOf } from './points.ts';

/**
 * The grade of a submission whose cause of failure was found: the points of the stack with that part replaced, less what the part costs. A check that
 * did not pass as handed in still shows that.
 */
export function repairedGrade(
  handedIn: Grade,
  repaired: Grade,
  { cause, price }: { readonly cause: Cause; readonly price: Price },
): Grade {
  // it could not be determined, or needs review for another reason
  if (repaired.status !== 'graded') return repaired;
  const checks = repaired.checks.map((check) =>
    asHandedIn(
      check,
      handedIn.checks.find(({ id }) => id === check.id),
    ),
  );
  const remark = { code: causeCode, ...(cause.service === undefined ? {} : { service: cause.service }), text: cause.text };
  const goals = repaired.goals ? { goals: repaired.goals } : {};
  const parts = capByGoals({ checks, deductions: [{ remark, ...price }, ...repaired.deductions], ...goals });
  return {
    ...repaired,
    ...parts,
    // remarks are about what was handed in
    notes: handedIn.notes,
    cause,
    points: totalOf(parts.checks, parts.deductions, parts.goals),
    durationMs: handedIn.durationMs + repaired.durationMs,
  };
}

function asHandedIn(check: GradedCheck, before: GradedCheck | undefined): GradedCheck {
  if (check.outcome !== 'passed' || !before || before.outcome === 'passed') return check;
  const { excusedBy: _, follows: __, capped: ___, notShown: ____, ...seen } = before;
  return { ...seen, points: check.points, repaired: true };
}
