import type { Deduction, GradedCheck, GradedGoal } from '../types.ts';

/** Rounds points as they are written: to at most two decimals. */
export const rounded = (points: number): number => Number(points.toFixed(2));

const sum = (parts: readonly { readonly points: number }[]): number => parts.reduce((total, { points }) => total + points, 0);

/**
 * The points of goals minus the deductions that belong to none; without goals, the points of checks minus deductions. At least 0.
 */
export const totalOf = (
  checks: readonly GradedCheck[],
  deductions: readonly Deduction[],
  goals: readonly GradedGoal[] | undefined,
): number => {
  const [parts, taken] = goals ? [goals, deductions.filter(({ goal }) => goal === undefined)] : [checks, deductions];
  return rounded(Math.max(0, sum(parts) - sum(taken)));
};
