import type { Deduction, GradedCheck } from '../types.ts';

/** Points as they are written: two decimals at most. */
export const rounded = (points: number): number => Number(points.toFixed(2));

const sum = (parts: readonly { readonly points: number }[]): number => parts.reduce((total, { points }) => total + points, 0);

/** What checks give and deductions take, never less than nothing. */
export const totalOf = (checks: readonly GradedCheck[], deductions: readonly Deduction[]): number =>
  rounded(Math.max(0, sum(checks) - sum(deductions)));
