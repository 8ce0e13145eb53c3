import type { Gradebook } from '../types.ts';

/** What is worth other points in another rubric: a check, a goal, or the whole. Undefined: it is not in that rubric. */
export interface RubricChange {
  readonly of: 'check' | 'goal' | 'maximum';
  /** `step/check`, or the goal's ID; empty for the maximum. */
  readonly id: string;
  readonly before?: number;
  readonly after?: number;
}

/**
 * The points in which the rubrics of two gradings differ, as far as their grades show them: what a deduction costs and the limits are in no grade. Empty
 * if one of them has no graded submission.
 */
export function rubricChanges(before: Gradebook, after: Gradebook): RubricChange[] {
  if (before.rubric.hash === after.rubric.hash) return [];
  const [was, is] = [worthOf(before), worthOf(after)];
  const maximum = changed('maximum', new Map([['', before.rubric.max]]), new Map([['', after.rubric.max]]));
  if (was.checks.size === 0 || is.checks.size === 0) return maximum;
  return [...changed('check', was.checks, is.checks), ...changed('goal', was.goals, is.goals), ...maximum];
}

type Worth = ReadonlyMap<string, number>;

function worthOf({ entries }: Gradebook): { readonly checks: Worth; readonly goals: Worth } {
  const grades = entries.map(({ grade }) => grade).filter(({ checks }) => checks.length > 0);
  return {
    checks: new Map(grades.flatMap(({ checks }) => checks.map(({ id, max }) => [id, max] as const))),
    goals: new Map(grades.flatMap(({ goals = [] }) => goals.map(({ id, max }) => [id, max] as const))),
  };
}

const changed = (of: RubricChange['of'], before: Worth, after: Worth): RubricChange[] =>
  [...new Set([...after.keys(), ...before.keys()])].flatMap((id) => {
    const [was, is] = [before.get(id), after.get(id)];
    if (was === is) return [];
    return [{ of, id, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
  });
