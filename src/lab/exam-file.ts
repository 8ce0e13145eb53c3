import { z } from 'zod';
import { type Exam, type ExamFault, fingerprintOf, mostSeed } from './exam.ts';

/** The result file, at the top of an exam's folder: what was given, and what the learner's own labwright recorded. It names no fault. */

export const examFileName = 'exam.json';

/** What the learner's own labwright recorded about one fault. For a grade it is a claim, not evidence. */
const claim = z.object({
  folder: z.string().regex(/^fault-\d{1,3}$/),
  /** How many hints were shown. */
  hints: z.int().min(0).max(3),
  /** How often the repair was checked. */
  checks: z.int().min(0).max(1_000_000),
  /** ISO 8601; left out: no check has passed. */
  repairedAt: z.iso.datetime().optional(),
});

const examFile = z.object({
  format: z.literal('labwright-exam'),
  tutorial: z.string().max(200),
  /** The version of labwright that created it. */
  version: z.string().max(100),
  seed: z.int().min(0).max(mostSeed),
  count: z.int().min(1).max(999),
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
  /** ISO 8601. */
  startedAt: z.iso.datetime(),
  faults: z.array(claim).max(999),
});

export type ExamFile = z.infer<typeof examFile>;
export type ExamClaim = z.infer<typeof claim>;

/** Parses a result file. Throws ZodError or SyntaxError if it is not valid. */
export const parseExamFile = (source: string): ExamFile => examFile.parse(JSON.parse(source));

/** The result file of a new exam. */
export const newExamFile = (
  about: Pick<ExamFile, 'tutorial' | 'version' | 'startedAt'>,
  { count, seed }: Exam,
  faults: readonly ExamFault[],
): ExamFile => ({
  format: 'labwright-exam',
  ...about,
  seed,
  count,
  fingerprint: fingerprintOf(faults),
  faults: faults.map(({ folder }) => ({ folder, hints: 0, checks: 0 })),
});

/** The same file with what one fault's claim became. */
export const withClaim = (file: ExamFile, changed: ExamClaim): ExamFile => ({
  ...file,
  faults: file.faults.map((one) => (one.folder === changed.folder ? changed : one)),
});
