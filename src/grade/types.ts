import type { Lang, Text } from '../lab/text.ts';
import type { LogExcerpt, Outcome, Spread } from '../lab/verdict.ts';

/** Types of grading: plain data, stored in the journal as JSON and exported in many formats. */

/** A position in a submission's own files. `line` and `column` count from 1. */
export interface SourcePlace {
  /** Path below the submission's folder, with `/`. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** A remark about a submission's files: why it is refused, or what was ignored. */
export interface Remark {
  /** A stable code: `privileged`, `ports`, `path-leaves-folder`. Rubrics and tests use it. */
  readonly code: string;
  /** The service that the remark is about, if any. */
  readonly service?: string;
  readonly place?: SourcePlace;
  readonly text: Text;
}

/** A student, as far as known: the folder's name, or a line of the roster. */
export interface Student {
  /** Identifies grades; unique in a class. */
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  /** The language of the student's feedback; left out: that of the command. */
  readonly lang?: Lang;
  /** Roster columns that a format requires unchanged: Canvas's `SIS User ID`, Moodle's `Identifier`. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** One check of one step, with its points. */
export interface GradedCheck {
  /** `step/check`: `up/web-has-1-replica`. Rubrics, overrides and tests use it. */
  readonly id: string;
  readonly claim: Text;
  readonly outcome: Outcome;
  /** What it can cost. */
  readonly max: number;
  /** `max` without what it cost. The sum over a grade's checks is its total only if the rubric has no goals. */
  readonly points: number;
  /** The goal that it belongs to, if the rubric has goals. */
  readonly goal?: string;
  /** Points that it does not cost, because its goal has none left. */
  readonly capped?: number;
  /** The share of its points that it keeps, because it was not reached. */
  readonly notShown?: number;
  /** False: for the teacher only. */
  readonly visible: boolean;
  /** Of a failed check. */
  readonly expected?: Text;
  /** What was seen. */
  readonly actual?: Text;
  /** What the student's own result file says about it. It is no evidence. */
  readonly claimed?: Text;
  /** What to try next. */
  readonly help?: Text;
  /** Why it was skipped or could not be determined. */
  readonly because?: Text;
  readonly said?: LogExcerpt;
  readonly spread?: Spread;
  /** The submission's files in which the mistake can be, the likeliest first. */
  readonly places?: readonly SourcePlace[];
  /** The check whose failure caused it, or the deduction (`code/role`) for the same mistake: it costs no points again. */
  readonly excusedBy?: string;
  /** The check whose failure caused it, although it costs points too; left out if `excusedBy` names it. */
  readonly follows?: string;
  /** It did not pass as handed in, because of the grade's `cause`: its points are those of the stack with that part replaced. */
  readonly repaired?: true;
}

/** The part of a submission because of which it does not work: with the reference solution's in its place, it does. */
export interface Cause {
  /** `conf`, `networks`, or the role of a service. */
  readonly part: string;
  readonly service?: string;
  readonly place?: SourcePlace;
  /** Which part, and what is wrong in it as far as reading and its log show. */
  readonly text: Text;
  /** What it costs; it is also one of the deductions. */
  readonly points: number;
  /** The end of the service's log, as handed in. */
  readonly said?: LogExcerpt;
}

/** Points that the rubric takes for a remark. */
export interface Deduction {
  readonly remark: Remark;
  readonly points: number;
  /** The goal that loses the points; left out: the total. */
  readonly goal?: string;
  /** Points that it does not cost, because its goal has none left. */
  readonly capped?: number;
}

/** A part of what the rubric grades. Its checks and deductions cost at most its points. */
export interface GradedGoal {
  readonly id: string;
  readonly title: Text;
  readonly points: number;
  readonly max: number;
}

/**
 * refused: the policy or the intake does not permit running it; the teacher decides. review: a failure of labwright or the
 * engine, more than once. missing: the student is in the roster, but no submission was found.
 */
export type Status = 'graded' | 'refused' | 'review' | 'missing';

/** The grade of one submission. */
export interface Grade {
  readonly status: Status;
  /** Null unless graded or settled by the teacher. */
  readonly points: number | null;
  readonly max: number;
  /** Left out if the rubric has no goals. */
  readonly goals?: readonly GradedGoal[];
  readonly checks: readonly GradedCheck[];
  readonly deductions: readonly Deduction[];
  /** What was ignored or replaced, and is relevant. */
  readonly notes: readonly Remark[];
  /** Checks that are not `repaired` were judged on the stack with this part replaced. */
  readonly cause?: Cause;
  /** Why it was refused; empty unless it was. */
  readonly refusals: readonly Remark[];
  /** Why it needs review. */
  readonly review?: Text;
  /** Why it was graded without any check: nothing was handed in. */
  readonly label?: Text;
  readonly durationMs: number;
}

/** The teacher's override of a grade: of one check, or of the total if `check` is left out. */
export interface Override {
  readonly student: string;
  readonly check?: string;
  readonly points: number;
  readonly reason: string;
}

/** Where the time of a submission is from. `commit`: the student's own claim. */
export interface SubmittedAt {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly source: 'times' | 'gradescope' | 'commit';
  /** What the teacher's file says about where it is from. */
  readonly from?: string;
}

/** A submission's time and what it costs. */
export interface Timeliness {
  /** The student's own, as ISO 8601, UTC, like all times here. */
  readonly due: string;
  /** In which times are shown: a name of the IANA database. */
  readonly timezone: string;
  /** Afterwards nothing counts. */
  readonly latest?: string;
  readonly extension?: { readonly due?: string; readonly graceDays?: number; readonly reason: string };
  /** Left out: not known, or there is no submission. */
  readonly submitted?: SubmittedAt;
  /** Canvas marked it as late, and no time is known. */
  readonly markedLate?: true;
  /** Milliseconds after `due`; 0 before. */
  readonly lateMs: number;
  /** Begun days after `due`; 0 within the grace of the rubric. */
  readonly lateDays: number;
  /** It is after `latest`. */
  readonly tooLate?: true;
  /** Grace days of the term: used here, used in all assignments so far, and left. Left out: there are none. */
  readonly graceDays?: { readonly used: number; readonly usedInAll: number; readonly left: number };
  /** Points that it cost; 0 without a score, and if the teacher decided the total. */
  readonly deduction: number;
}

/** One of several submissions of a student. */
export interface Attempt {
  /** As `source` of an entry. */
  readonly source: string;
  /** It is the one that the entry is about. */
  readonly counts: boolean;
  readonly submitted?: SubmittedAt;
  readonly lateDays: number;
  readonly status: Status;
  /** After what lateness costs, before the teacher's overrides. */
  readonly points: number | null;
}

/** A request by a student to grade again, and the teacher's answer. It never changes points: overrides and new submissions do. */
export interface RegradeRequest {
  /** Left out: about the total. */
  readonly check?: string;
  readonly reason: string;
  /** Left out: open. */
  readonly decision?: 'accepted' | 'rejected';
  readonly answer?: string;
  /** What the request is about: the content's hash and the points when it was first read. */
  readonly about: { readonly hash: string; readonly points: number | null };
}

/** A row of the gradebook. */
export interface Entry {
  readonly student: Student;
  /** The submission's path as the teacher named it, of an absolute one the last part; empty if there is none. */
  readonly source: string;
  /** SHA-256 of the normalised content, hexadecimal; empty if it could not be read. */
  readonly hash: string;
  /** The student whose submission has the same content, if both were graded once. */
  readonly sameAs?: string;
  readonly grade: Grade;
  /** The overrides that were applied to `grade`. */
  readonly overrides: readonly Override[];
  /** Left out if the rubric has no deadline. */
  readonly deadline?: Timeliness;
  /** Left out if there is only one. */
  readonly attempts?: readonly Attempt[];
  /** The keys in the journal: one, or one for each folder of an exam. Left out: nothing was read. */
  readonly keys?: readonly string[];
  /** What identifies the images that ran. */
  readonly images?: readonly string[];
  readonly requests?: readonly RegradeRequest[];
}

/** All grades of a class. */
export interface Gradebook {
  readonly tool: 'labwright';
  readonly version: string;
  readonly tutorial: string;
  readonly title: Text;
  readonly rubric: { readonly path: string; readonly hash: string; readonly max: number };
  /** `Docker 26.1.5 (private engine) · Compose 2.26.1`. */
  readonly engine: string;
  /** How the sandbox is weaker than possible; empty for the grading engine. */
  readonly weaker: readonly Text[];
  /** What builds could reach. */
  readonly builds?: string;
  /** The audits were skipped. */
  readonly trust?: boolean;
  /** Students have pseudonyms: identifies the key. */
  readonly pseudonyms?: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly entries: readonly Entry[];
  /** Entries among the submissions that are not submissions, each with its name and the reason. */
  readonly leftOut?: readonly Remark[];
}
