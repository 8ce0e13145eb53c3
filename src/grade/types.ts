import type { Text } from '../lab/text.ts';
import type { LogExcerpt, Outcome, Spread } from '../lab/verdict.ts';

/** Words of grading: plain data, kept in the journal as JSON and written out in many forms. */

/** Where something stands in a submission's own files. `line` and `column` count from 1. */
export interface SourcePlace {
  /** Below the submission's folder, with `/`. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Something to tell about a submission's files: why it is refused, or what was set aside. */
export interface Remark {
  /** A stable word: `privileged`, `ports`, `path-leaves-folder`. Rubrics and tests use it. */
  readonly code: string;
  /** The service that it is about, where it is about one. */
  readonly service?: string;
  readonly place?: SourcePlace;
  readonly text: Text;
}

/** Who handed in, as far as is known: the folder's name, or a line of the roster. */
export interface Student {
  /** What grades are found by: unique in a class. */
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  /** Columns of the roster that a format wants back as they came: Canvas's `SIS User ID`, Moodle's `Identifier`. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** One check of one step, with its points. */
export interface GradedCheck {
  /** `step/check`: `up/web-has-1-replica`. What rubrics, overrides and tests call it. */
  readonly id: string;
  readonly claim: Text;
  readonly outcome: Outcome;
  readonly max: number;
  readonly points: number;
  /** False: for the teacher only. */
  readonly visible: boolean;
  /** Of a failed one. */
  readonly expected?: Text;
  /** What was seen. */
  readonly actual?: Text;
  /** What to try next. */
  readonly help?: Text;
  /** Why it was skipped or could not be told. */
  readonly because?: Text;
  readonly said?: LogExcerpt;
  readonly spread?: Spread;
  /** The check whose failure it follows from: it costs nothing again. */
  readonly excusedBy?: string;
}

/** Points that the rubric takes for something set aside. */
export interface Deduction {
  readonly remark: Remark;
  readonly points: number;
}

/**
 * refused: the policy or the intake would not run it; the teacher decides. review: ours or the engine's fault, more than once. missing: the student is in the
 * roster, and no submission was found.
 */
export type Status = 'graded' | 'refused' | 'review' | 'missing';

/** What became of one submission. */
export interface Grade {
  readonly status: Status;
  /** Null unless graded, or settled by the teacher. */
  readonly points: number | null;
  readonly max: number;
  readonly checks: readonly GradedCheck[];
  readonly deductions: readonly Deduction[];
  /** What was set aside or replaced, and is worth telling. */
  readonly notes: readonly Remark[];
  /** Why it was refused; empty unless it was. */
  readonly refusals: readonly Remark[];
  /** Why a person has to look. */
  readonly review?: Text;
  readonly durationMs: number;
}

/** The teacher's word on a grade: on one check, or on the total where `check` is left out. */
export interface Override {
  readonly student: string;
  readonly check?: string;
  readonly points: number;
  readonly reason: string;
}

/** A line of the gradebook. */
export interface Entry {
  readonly student: Student;
  /** What was handed in, as the teacher named it: a path; empty where nothing was. */
  readonly source: string;
  /** SHA-256 of the normalised content, hexadecimal; empty where it could not be read. */
  readonly hash: string;
  /** The student whose submission has the same content, where it was graded once for both. */
  readonly sameAs?: string;
  readonly grade: Grade;
  /** As they were applied to `grade`. */
  readonly overrides: readonly Override[];
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
  /** In what the sandbox is weaker than it could be; empty for the grading engine. */
  readonly weaker: readonly Text[];
  readonly startedAt: string;
  readonly durationMs: number;
  readonly entries: readonly Entry[];
  /** What lay among the submissions and is none, each with its name and the reason. */
  readonly leftOut?: readonly Remark[];
}
