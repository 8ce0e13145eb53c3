import { localTime } from '../../formats/moment.ts';
import { type Text, text } from '../../lab/text.ts';
import type { ClassEntry } from '../grade-class.ts';
import { rounded } from '../scoring/points.ts';
import type { Attempt, Deduction, Entry, Grade, Override, SubmittedAt, Timeliness } from '../types.ts';
import { type Candidate, countingOf } from './attempts.ts';
import type { Deadline, TermRules } from './deadline.ts';
import type { Extension } from './extensions-file.ts';
import { chargeOf, type Lateness, latenessOf } from './lateness.ts';
import type { ListedTime } from './times-file.ts';

/** The code of the deduction for a late submission. */
export const lateCode = 'late';

/** Everything about time that is known of a class. */
export interface Term extends TermRules {
  readonly extensions: ReadonlyMap<string, Extension>;
  /** Grace days that were used in earlier assignments, by student. */
  readonly graceUsed: ReadonlyMap<string, number>;
  /** Times of the teacher's file. */
  readonly listed: readonly ListedTime[];
  timeOf(entry: ClassEntry): SubmittedAt | undefined;
  /** Whether an LMS marked it as late. */
  isMarkedLate(entry: ClassEntry): boolean;
}

/** Changes a grade as the teacher decided. */
type Decide = (grade: Grade, own: readonly Override[]) => Grade;

/**
 * One entry for each student, in the order of their first submissions: the submission that counts, what its lateness costs, then
 * the teacher's overrides. An override of the total is the total: lateness costs nothing then.
 */
export function finalEntries(all: readonly ClassEntry[], term: Term, overrides: readonly Override[], decide: Decide): Entry[] {
  const byStudent = new Map<string, Judged[]>();
  for (const entry of all) {
    const own = byStudent.get(entry.student.id) ?? [];
    own.push(judged(entry, term));
    byStudent.set(entry.student.id, own);
  }
  return [...byStudent].flatMap(([id, [first, ...more]]) => {
    if (!first) return [];
    const chosen = countingOf([first, ...more], term.counting ?? 'last');
    const own = overrides.filter(({ student }) => student === id);
    const attempts = more.length === 0 ? {} : { attempts: [first, ...more].map((one) => attemptOf(one, one === chosen)) };
    const { sameAs, ...entry } = chosen.entry;
    const twin = sameAs === undefined || sameAs === id ? {} : { sameAs };
    return [{ ...entry, ...twin, ...charged(chosen, term, own, decide), overrides: own, ...attempts }];
  });
}

interface Judged extends Candidate {
  readonly entry: ClassEntry;
  readonly submitted?: SubmittedAt;
  readonly lateness?: Lateness;
}

function judged(entry: ClassEntry, term: Term): Judged {
  const { grade, student } = entry;
  const submitted = grade.status === 'missing' ? undefined : term.timeOf(entry);
  const submittedMs = submitted && Date.parse(submitted.at);
  const time = submitted && submittedMs !== undefined ? { submitted, submittedMs } : {};
  const { deadline } = term;
  if (!deadline) return { entry, isLate: false, status: grade.status, points: grade.points, ...time };
  const usedBefore = term.graceUsed.get(student.id) ?? 0;
  const lateness = latenessOf(deadline, submittedMs, { extension: term.extensions.get(student.id), usedBefore });
  const { deduction } = chargeOf(lateness, deadline, grade.points);
  const points = grade.points === null ? null : rounded(grade.points - deduction);
  return { entry, isLate: lateness.lateDays > 0, status: grade.status, points, lateness, ...time };
}

const attemptOf = ({ entry, submitted, lateness, status, points }: Judged, counts: boolean): Attempt => ({
  source: entry.source,
  counts,
  ...(submitted ? { submitted } : {}),
  lateDays: lateness?.lateDays ?? 0,
  status,
  points,
});

/** The grade after overrides and lateness, and how it follows. */
function charged(
  { entry, submitted, lateness, submittedMs }: Judged,
  { deadline, extensions, graceUsed, isMarkedLate }: Term,
  own: readonly Override[],
  decide: Decide,
): Pick<Entry, 'grade' | 'deadline'> {
  const grade = decide(entry.grade, own);
  if (!deadline || !lateness) return { grade };
  const { id } = entry.student;
  const isDecided = own.some(({ check }) => check === undefined);
  const charge = chargeOf(lateness, deadline, isDecided ? null : grade.points);
  const { dueMs, latestMs, lateDays, isTooLate, graceLeft } = lateness;
  const extension = extensions.get(id);
  const usedBefore = graceUsed.get(id) ?? 0;
  const hasGrace = deadline.graceDays + (extension?.graceDays ?? 0) + usedBefore > 0;
  const graceDays = { used: charge.graceDays, usedInAll: usedBefore + charge.graceDays, left: graceLeft - charge.graceDays };
  const timeliness: Timeliness = {
    due: iso(dueMs),
    timezone: deadline.timezone,
    ...(latestMs === undefined ? {} : { latest: iso(latestMs) }),
    ...(extension ? { extension: inIso(extension) } : {}),
    ...(submitted ? { submitted } : {}),
    ...(!submitted && isMarkedLate(entry) ? { markedLate: true } : {}),
    lateMs: submittedMs === undefined ? 0 : Math.max(0, submittedMs - dueMs),
    lateDays,
    ...(isTooLate ? { tooLate: true } : {}),
    ...(hasGrace ? { graceDays } : {}),
    deduction: charge.deduction,
  };
  return { grade: withDeduction(grade, timeliness, deadline), deadline: timeliness };
}

const iso = (ms: number): string => new Date(ms).toISOString();
const inIso = ({ dueMs, graceDays, reason }: Extension): NonNullable<Timeliness['extension']> => ({
  ...(dueMs === undefined ? {} : { due: iso(dueMs) }),
  ...(graceDays === undefined ? {} : { graceDays }),
  reason,
});

/** Lateness is a deduction of the total, so that the parts of each format add up. */
function withDeduction(grade: Grade, timeliness: Timeliness, deadline: Deadline): Grade {
  const { deduction } = timeliness;
  if (deduction === 0 || grade.points === null) return grade;
  const taken: Deduction = { remark: { code: lateCode, text: whyLate(timeliness, deadline) }, points: deduction };
  return { ...grade, points: rounded(grade.points - deduction), deductions: [...grade.deductions, taken] };
}

function whyLate({ lateDays, tooLate, latest = '', timezone, graceDays }: Timeliness, { perDay }: Deadline): Text {
  if (tooLate) {
    const end = localTime(Date.parse(latest), timezone);
    return text(
      `submitted after ${end} (${timezone}): all points are deducted`,
      `在 ${end}（${timezone}）之後繳交：扣除全部分數`,
    );
  }
  const days = lateDays === 1 ? '1 day' : `${lateDays} days`;
  const used = graceDays?.used ?? 0;
  const but = used === 0 ? text('', '') : text(`, ${used} of them grace days`, `，其中 ${used} 天使用寬限日`);
  return text(
    `submitted ${days} late${but.en} (−${rounded(perDay)} for each day)`,
    `遲交 ${lateDays} 天${but['zh-TW']}（每天扣 ${rounded(perDay)} 分）`,
  );
}
