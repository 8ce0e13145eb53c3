import type { Outcome } from '../../lab/verdict.ts';
import type { Deduction, Grade, Status } from '../types.ts';
import { rounded } from './points.ts';

/**
 * The state of a check, a deduction or the total in one grade. `points` is null if undecided; for a deduction, the points that it
 * takes.
 */
interface GradeAndPoints {
  readonly points: number | null;
  readonly max: number;
  readonly state: Outcome | Status | 'deducted';
}

/** A difference in another grading. `before` or `after` is left out if that grade has no such part. */
export interface Change {
  readonly of: 'check' | 'deduction' | 'total';
  /** `step/check`; for a deduction its remark's code, with `/service` if it has one; empty for the total. */
  readonly id: string;
  readonly before?: GradeAndPoints;
  readonly after?: GradeAndPoints;
}

/**
 * The differences between two grades: checks in their order, then deductions, then the total. Ignores texts, and why a check
 * costs the same points.
 */
export function compareGrades(before: Grade, after: Grade): Change[] {
  const total = ({ points, max, status }: Grade): Parts => new Map([['', { points, max, state: status }]]);
  return [
    ...changes('check', checksOf(before), checksOf(after)),
    ...changes('deduction', deductionsOf(before), deductionsOf(after)),
    ...changes('total', total(before), total(after)),
  ];
}

type Parts = ReadonlyMap<string, GradeAndPoints>;

const checksOf = ({ checks }: Grade): Parts =>
  new Map(
    checks.map(({ id, points, max, outcome }) => [id, { points: outcome === 'errored' ? null : points, max, state: outcome }]),
  );

const keyOf = ({ remark: { code, service } }: Deduction): string => (service === undefined ? code : `${code}/${service}`);

const deductionsOf = ({ deductions }: Grade): Parts =>
  new Map(deductions.map((one) => [keyOf(one), { points: one.points, max: one.points, state: 'deducted' }]));

function changes(of: Change['of'], before: Parts, after: Parts): Change[] {
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((id) => {
    const [was, is] = [before.get(id), after.get(id)];
    const same = isSame(was?.points, is?.points) && isSame(was?.max, is?.max) && (of !== 'total' || was?.state === is?.state);
    return same ? [] : [{ of, id, ...(was ? { before: was } : {}), ...(is ? { after: is } : {}) }];
  });
}

/** The points of a file have no floating-point noise, those of a new grade may have. */
const isSame = (was: number | null | undefined, is: number | null | undefined): boolean =>
  typeof was === 'number' && typeof is === 'number' ? rounded(was) === rounded(is) : was === is;
