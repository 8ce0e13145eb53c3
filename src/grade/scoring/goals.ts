import type { Deduction, GradedCheck, GradedGoal } from '../types.ts';
import { causeCode } from './causes.ts';
import { rounded } from './points.ts';

/** What the points of a grade consist of. */
interface PointParts {
  readonly checks: readonly GradedCheck[];
  readonly deductions: readonly Deduction[];
  /** Left out: points are not capped. */
  readonly goals?: readonly GradedGoal[];
}

/** What a goal can lose points by. */
type Part = GradedCheck | Deduction;

const isCheck = (part: Part): part is GradedCheck => 'id' in part;

/** What a part costs if its goal has enough points left. */
function fullCost(part: Part): number {
  if (!isCheck(part)) return part.points + (part.capped ?? 0);
  return part.notShown === undefined ? part.max - part.points + (part.capped ?? 0) : part.max;
}

/**
 * Caps what the checks and deductions of each goal cost at the goal's points, so that the shown losses add up to the lost points. Who loses first:
 * `decided` checks, the part that is the cause, causes, deductions, then what follows from a cause. Of the points that are then left, the checks that were not reached lose a share.
 * The result depends only on the full costs, so it can be applied again after a change. Without goals, nothing changes.
 */
export function capByGoals(parts: PointParts, decided: ReadonlySet<string> = new Set()): PointParts {
  const { checks, deductions, goals } = parts;
  if (!goals) return parts;
  const costs = new Map<Part, number>();
  const left = goals.map((goal) => {
    const own = [...checks, ...deductions].filter((part) => part.goal === goal.id);
    const rank = (part: Part): number =>
      isCheck(part) ? (decided.has(part.id) ? 0 : part.follows === undefined ? 2 : 4) : part.remark.code === causeCode ? 1 : 3;
    const reached = own.filter((part) => !isUnreached(part)).sort((one, other) => rank(one) - rank(other));
    const rest = take(reached, goal.max, costs);
    const unreached = own.filter(isUnreached);
    const shown = Math.min(
      rest,
      unreached.reduce((sum, part) => sum + fullCost(part), 0),
    );
    const atStake = rounded(shown * (1 - (unreached[0]?.notShown ?? 0)));
    return { ...goal, points: rounded(rest - atStake + take(unreached, atStake, costs)) };
  });
  const costOf = (part: Part) => costs.get(part) ?? fullCost(part);
  return {
    checks: checks.map((one) => withCost(one, costOf(one))),
    deductions: deductions.map((one) => deducted(one, costOf(one))),
    goals: left,
  };
}

const isUnreached = (part: Part): part is GradedCheck => isCheck(part) && part.notShown !== undefined;

/** Records what each part costs, of at most `points`; returns how many are left. */
function take(parts: readonly Part[], points: number, costs: Map<Part, number>): number {
  return parts.reduce((left, part) => {
    const cost = Math.min(left, rounded(fullCost(part)));
    costs.set(part, cost);
    return rounded(left - cost);
  }, points);
}

function withCost(check: GradedCheck, cost: number): GradedCheck {
  const { capped: _, ...plain } = check;
  const over = check.notShown === undefined ? rounded(fullCost(check) - cost) : 0;
  return { ...plain, points: rounded(check.max - cost), ...(over > 0 ? { capped: over } : {}) };
}

function deducted(deduction: Deduction, cost: number): Deduction {
  const { capped: _, ...plain } = deduction;
  const over = rounded(fullCost(deduction) - cost);
  return { ...plain, points: cost, ...(over > 0 ? { capped: over } : {}) };
}
