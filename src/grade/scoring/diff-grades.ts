import type { Outcome } from '../../lab/verdict.ts';
import type { Deduction, Grade, Status } from '../types.ts';

/** Where a check, a deduction or the total stands in one grade. `points` is null where nothing is decided; of a deduction, it is what it takes. */
interface GradeAndPoints {
  readonly points: number | null;
  readonly max: number;
  readonly state: Outcome | Status | 'deducted';
}

/** What another grading would change. `before` or `after` is left out where that grade has no such part. */
export interface Change {
  readonly of: 'check' | 'deduction' | 'total';
  /** `step/check`; of a deduction its remark's code, with `/service` where it has one; of the total, nothing. */
  readonly id: string;
  readonly before?: GradeAndPoints;
  readonly after?: GradeAndPoints;
}

/** What would be another grade: checks in their order, then deductions, the total last. Empty where nothing that counts differs: words may, and by which of two ways a check costs the same. */
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
    const same = was?.points === is?.points && was?.max === is?.max && (of !== 'total' || was?.state === is?.state);
    return same ? [] : [{ of, id, ...(was ? { before: was } : {}), ...(is ? { after: is } : {}) }];
  });
}
