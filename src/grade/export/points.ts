import { type Text, text } from '../../lab/text.ts';
import type { Deduction, Entry } from '../types.ts';

/** Rounds to four places, which removes floating-point noise. */
export const round = (points: number): number => Math.round(points * 1e4) / 1e4 + 0;

/** `58.7`; empty if there are none. */
export const printed = (points: number | null): string => (points === null ? '' : String(round(points)));

/** Percentage of the maximum; empty if there are no points. */
export const percent = (points: number | null, max: number): string =>
  points === null || max <= 0 ? '' : String(Math.round((points / max) * 1e4) / 100);

export interface Part {
  readonly what: Text;
  readonly points: number;
}

/**
 * The parts of a total besides the points of its checks, or of its goals (then without the deductions from a goal), so that all parts add up to it; empty
 * without a total.
 */
export function partsBesideChecks({ grade, overrides }: Entry): readonly Part[] {
  if (grade.points === null) return [];
  const { goals, checks, deductions } = grade;
  const taken = deductions.filter(({ goal }) => !goals || goal === undefined).map(partOf);
  const sum = [...(goals ?? checks), ...taken].reduce((total, { points }) => total + points, 0);
  const rest = round(grade.points - sum);
  if (rest === 0) return taken;
  const settled = overrides.some(({ check }) => check === undefined);
  const what = settled
    ? text('the teacher decided the total', '老師決定了總分')
    : text('the total is limited to between zero and the maximum', '總分不低於零分，也不高於滿分');
  return [...taken, { what, points: rest }];
}

const partOf = ({ remark, points }: Deduction): Part => ({ what: remark.text, points: round(-points) });

/** Why a total differs from the points of its checks: the deductions of goals too. Without goals, the same as `partsBesideChecks`. */
export function reasonsBesideChecks(entry: Entry): readonly Part[] {
  const { goals, points, deductions } = entry.grade;
  const ofGoals =
    goals && points !== null ? deductions.filter(({ goal, points: cost }) => goal !== undefined && cost > 0).map(partOf) : [];
  return [...ofGoals, ...partsBesideChecks(entry)];
}
