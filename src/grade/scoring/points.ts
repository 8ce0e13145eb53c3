import type { Deduction, GradedCheck } from '../types.ts';

/** Rounds points as they are written: to at most two decimals. */
export const rounded = (points: number): number => Number(points.toFixed(2));

const sum = (parts: readonly { readonly points: number }[]): number => parts.reduce((total, { points }) => total + points, 0);

/** The points of checks minus deductions, at least 0. */
export const totalOf = (checks: readonly GradedCheck[], deductions: readonly Deduction[]): number =>
  rounded(Math.max(0, sum(checks) - sum(deductions)));
