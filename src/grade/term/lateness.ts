import { rounded } from '../scoring/points.ts';
import type { Deadline } from './deadline.ts';
import type { Extension } from './extensions-file.ts';

const dayMs = 86_400_000;

/** How late a submission is, and what it can cost. */
export interface Lateness {
  /** With the student's extension. */
  readonly dueMs: number;
  readonly latestMs?: number;
  /** Begun days of 24 hours after `dueMs`; 0 within the grace. */
  readonly lateDays: number;
  /** It is after `latestMs`. */
  readonly isTooLate: boolean;
  /** Grace days that it needs and the student has. */
  readonly graceDays: number;
  /** Grace days that the student has before this submission. */
  readonly graceLeft: number;
}

/** `usedBefore`: the grace days that the student used in earlier assignments. Without a time, nothing is late. */
export function latenessOf(
  deadline: Deadline,
  submittedMs: number | undefined,
  { extension, usedBefore = 0 }: { readonly extension?: Extension | undefined; readonly usedBefore?: number } = {},
): Lateness {
  const dueMs = Math.max(deadline.dueMs, extension?.dueMs ?? 0);
  // what is on time always counts
  const latestMs = deadline.latestMs === undefined ? undefined : Math.max(deadline.latestMs, dueMs + deadline.graceMs);
  const isLate = submittedMs !== undefined && submittedMs > dueMs + deadline.graceMs;
  const lateDays = isLate ? Math.ceil((submittedMs - dueMs) / dayMs) : 0;
  const isTooLate = isLate && latestMs !== undefined && submittedMs > latestMs;
  const graceLeft = Math.max(0, deadline.graceDays + (extension?.graceDays ?? 0) - usedBefore);
  const graceDays = isTooLate || deadline.perDay === 0 ? 0 : Math.min(lateDays, graceLeft);
  return { dueMs, ...(latestMs === undefined ? {} : { latestMs }), lateDays, isTooLate, graceDays, graceLeft };
}

/** What lateness takes from these points; grace days are used only if there are points to keep. */
export function chargeOf(
  { lateDays, isTooLate, graceDays }: Lateness,
  { perDay }: Deadline,
  points: number | null,
): { readonly deduction: number; readonly graceDays: number } {
  if (points === null || points === 0) return { deduction: 0, graceDays: 0 };
  if (isTooLate) return { deduction: points, graceDays: 0 };
  return { deduction: rounded(Math.min(points, (lateDays - graceDays) * perDay)), graceDays };
}
