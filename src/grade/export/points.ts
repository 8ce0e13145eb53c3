import { type Text, text } from '../../lab/text.ts';
import type { Deduction, Entry } from '../types.ts';

/** Without what adding fractions leaves behind: to four places. */
export const round = (points: number): number => Math.round(points * 1e4) / 1e4 + 0;

/** `58.7`; empty where there are none. */
export const printed = (points: number | null): string => (points === null ? '' : String(round(points)));

/** Of the most that can be had; empty where there are none. */
export const percent = (points: number | null, max: number): string =>
  points === null || max <= 0 ? '' : String(Math.round((points / max) * 1e4) / 100);

export interface Part {
  readonly what: Text;
  readonly points: number;
}

/** What a total has in it besides the points of its checks, so that all add up to it; none where there is no total. */
export function partsBesideChecks({ grade, overrides }: Entry): readonly Part[] {
  if (grade.points === null) return [];
  const taken = grade.deductions.map(({ remark, points }: Deduction) => ({ what: remark.text, points: round(-points) }));
  const sum = [...grade.checks, ...taken].reduce((total, { points }) => total + points, 0);
  const rest = round(grade.points - sum);
  if (rest === 0) return taken;
  const settled = overrides.some(({ check }) => check === undefined);
  const what = settled
    ? text('the teacher decided the total', '老師決定了總分')
    : text('the total stays between zero and the most that can be had', '總分不低於零分，也不超過滿分');
  return [...taken, { what, points: rest }];
}
