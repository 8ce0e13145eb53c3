import { withoutEnding } from '../submissions/archive-entry.ts';
import type { FoundSubmission } from '../submissions/find-submissions.ts';
import type { SubmittedAt } from '../types.ts';
import type { ListedTime } from './times-file.ts';

/** Whether a submission is in this folder or archive, or is it; an archive's ending may be left out. */
const isIn = (source: string, folder: string): boolean =>
  `/${source}/`.includes(`/${folder}/`) || `/${withoutEnding(source)}`.endsWith(`/${folder}`);

/**
 * The student of a submission that the teacher's file of times names with its own folder or archive; undefined: none. An archive of
 * several students names none of them.
 */
export const listedStudent = (source: string, listed: readonly ListedTime[]): string | undefined =>
  listed.find(
    ({ folder }) => folder !== undefined && (source === folder || withoutEnding(lastOf(source)) === withoutEnding(folder)),
  )?.student;

const lastOf = (source: string): string => source.slice(source.lastIndexOf('/') + 1);

/**
 * The time of a submission in a list: the line with its folder, otherwise the student's line without one, or the student's only line if it is `alone`:
 * the student's only submission.
 */
export function listedTime(
  { student, source }: Pick<FoundSubmission, 'student' | 'source'>,
  listed: readonly ListedTime[],
  alone: boolean,
): SubmittedAt | undefined {
  const own = listed.filter((one) => one.student === student.id);
  const line =
    own.find(({ folder }) => folder !== undefined && isIn(source, folder)) ??
    own.find(({ folder }) => folder === undefined) ??
    (alone && own.length === 1 ? own[0] : undefined);
  if (line?.ms === undefined) return undefined;
  const { ms, from, source: kind = 'times' } = line;
  const isClaim = from !== undefined && /commit|author/i.test(from);
  return { at: new Date(ms).toISOString(), source: isClaim ? 'commit' : kind, ...(from === undefined ? {} : { from }) };
}

/** Canvas has `_LATE_` in the names of files that were submitted after its own due date, and no time. */
export const isMarkedLate = (source: string): boolean => /^(?:[^_\s]+_)?LATE_(?:\d+_|anon_)/.test(lastOf(source));
