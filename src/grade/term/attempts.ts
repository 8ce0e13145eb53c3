import type { Status } from '../types.ts';
import type { Counting } from './deadline.ts';

/** What decides which of a student's submissions counts. */
export interface Candidate {
  /** Left out: not known. */
  readonly submittedMs?: number;
  readonly isLate: boolean;
  readonly status: Status;
  /** After what lateness costs. */
  readonly points: number | null;
}

/**
 * The submission that counts. `last`: by time, or by the order in which they were found if a time is not known. `best`: the most points, of several the
 * last one; one without a score counts only if none has one. `last-before-due`: the last one that is not late; if all are late, the first.
 */
export function countingOf<One extends Candidate>(all: readonly [One, ...One[]], counting: Counting): One {
  const ordered = inOrder(all);
  const last = (some: readonly One[]): One | undefined => some.at(-1);
  switch (counting) {
    case 'last':
      return last(ordered) ?? all[0];
    case 'best': {
      const most = Math.max(...all.map(({ points }) => points ?? -1));
      return last(ordered.filter(({ points }) => (points ?? -1) === most)) ?? all[0];
    }
    case 'last-before-due':
      return last(ordered.filter(({ isLate }) => !isLate)) ?? ordered[0] ?? all[0];
  }
}

function inOrder<One extends Candidate>(all: readonly One[]): readonly One[] {
  if (all.some(({ submittedMs }) => submittedMs === undefined)) return all;
  return [...all].sort((one, other) => (one.submittedMs ?? 0) - (other.submittedMs ?? 0));
}
