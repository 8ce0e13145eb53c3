import type { Entry, Gradebook, GradedCheck } from '../types.ts';
import { round } from './points.ts';

export interface Cost {
  readonly check: GradedCheck;
  /** How many students lost points by it. */
  readonly students: number;
  readonly lost: number;
}

/** The checks that cost points, highest total first; counts students with a score only. */
export function topChecks({ entries }: Gradebook): Cost[] {
  const costs = new Map<string, Cost>();
  for (const { grade } of entries) {
    if (grade.points === null) continue;
    for (const check of grade.checks) {
      const deducted = round(check.max - check.points);
      if (deducted <= 0) continue;
      const before = costs.get(check.id);
      costs.set(check.id, { check, students: (before?.students ?? 0) + 1, lost: (before?.lost ?? 0) + deducted });
    }
  }
  return [...costs.values()].sort((one, other) => round(other.lost - one.lost) || byWord(one.check.id, other.check.id));
}

/** Groups of entries with the same content, in the order of their first entries. */
export function identical({ entries }: Gradebook): Entry[][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const first = entry.sameAs ?? entry.student.id;
    groups.set(first, [...(groups.get(first) ?? []), entry]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Sorted by ID, so that the same class produces the same page. */
export const inOrder = (book: Gradebook): Gradebook => ({
  ...book,
  entries: [...book.entries].sort((one, other) => byWord(one.student.id, other.student.id)),
});

/** The same on every machine, independent of its language. */
const byWord = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
