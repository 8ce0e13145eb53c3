import { z } from 'zod';
import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';
import type { Rubric } from './rubric/rubric.ts';
import { rounded, totalOf } from './scoring/points.ts';
import type { Grade } from './types.ts';

/** The first line of a journal: its format and version. */
export const header = { format: 'labwright-grades', version: 1 } as const;

/** The first line of a journal whose grades name students by pseudonyms only: `pseudonyms` identifies the key. */
export interface Header {
  readonly format: typeof header.format;
  readonly version: typeof header.version;
  readonly pseudonyms?: string;
}

/** A worker that graded, and how often the reference solution had passed there by then. */
export interface Grader {
  readonly worker: string;
  readonly round: number;
}

/**
 * A grade; a control that passed, which confirms grades above; or the keys of grades that no longer count. `by`: a worker; left out: the process that
 * writes the journal. A control of a worker confirms the worker's grades of earlier rounds.
 */
export type Line =
  | { readonly key: string; readonly grade: Grade; readonly by?: Grader }
  | { readonly control: true; readonly by?: Grader }
  | { readonly withdrawn: readonly string[] };

const points = z.number().nonnegative();

/** The parts that all output formats require; the rest is unchanged. */
const partsSchema = z.looseObject({
  status: z.enum(['graded', 'refused', 'review']),
  points: points.nullable(),
  max: points,
  goals: z.array(z.looseObject({ id: z.string(), points, max: points })).optional(),
  checks: z.array(z.looseObject({ id: z.string(), points, max: points })),
  deductions: z.array(z.looseObject({ points })),
  notes: z.array(z.looseObject({ code: z.string() })),
  refusals: z.array(z.looseObject({ code: z.string() })),
  durationMs: z.number(),
});
const grader = z.strictObject({ worker: z.string(), round: z.int().nonnegative() });
const gradeSchema = z.looseObject({
  key: z.string(),
  by: grader.optional(),
  grade: partsSchema.superRefine((parsed, { addIssue }) => {
    const { status, max, checks, deductions, points, goals, label } = parsed as unknown as Grade;
    for (const one of checks) if (one.points > one.max) addIssue(`${one.id}: ${one.points}/${one.max}`);
    if (new Set(checks.map(({ id }) => id)).size < checks.length) addIssue('the same check twice');
    if (status !== 'graded') return points === null ? undefined : addIssue(`${status}: ${points}`);
    if (label) return points === 0 ? undefined : addIssue(`${label.en}: ${points}`);
    const total = totalOf(checks, deductions, goals);
    if (points !== total) addIssue(`${points} ≠ ${total}`);
    for (const goal of goals ?? []) {
      const left = rounded(goal.max - lostIn(goal.id, checks, deductions));
      if (goal.points !== left) addIssue(`${goal.id}: ${goal.points} ≠ ${left}`);
    }
    const most = rounded((goals ?? checks).reduce((sum, one) => sum + one.max, 0));
    if (max !== most) addIssue(`max: ${max} ≠ ${most}`);
  }),
});

const lostIn = (goal: string, checks: Grade['checks'], deductions: Grade['deductions']): number =>
  checks.reduce((sum, one) => sum + (one.goal === goal ? one.max - one.points : 0), 0) +
  deductions.reduce((sum, one) => sum + (one.goal === goal ? one.points : 0), 0);

const lineSchema = z.union([
  gradeSchema,
  z.strictObject({ control: z.literal(true), by: grader.optional() }),
  z.strictObject({ withdrawn: z.array(z.string()) }),
]);

/** The parts of a rubric that grades in a journal must match. */
export type JournalRubric = Pick<Rubric, 'checks' | 'max' | 'goals'>;

/** A line and its number in the file, starting at 1. */
export interface Numbered {
  readonly line: Line;
  readonly at: number;
}

/** What a journal contains. */
export interface ReadJournal {
  readonly lines: readonly Numbered[];
  /** The number of its complete bytes. */
  readonly bytes: number;
  /** Undefined: there is no complete first line. */
  readonly header?: Header;
}

/**
 * Returns what a journal contains, without a last line that a crash truncated. `path` is for
 * messages. Throws LabError E_STATE for a file that is not a journal, has another version, or is damaged before its last line.
 */
export function readLines(written: Buffer, path: string): ReadJournal {
  const lines: Numbered[] = [];
  let first: Header | undefined;
  let bytes = 0;
  for (let at = 1; ; at++) {
    const end = written.indexOf('\n', bytes);
    if (end < 0) break;
    const parsed = parseJson(written.subarray(bytes, end));
    // After a power cut the last line may have its full length, but be empty.
    if (parsed === undefined && at > 1 && end === written.length - 1) break;
    if (at === 1) first = headerOf(parsed, path);
    else lines.push({ line: lineOf(parsed, path, at), at });
    bytes = end + 1;
  }
  if (bytes === 0 && !isBegun(written.toString())) throw noJournal(path);
  return { lines, bytes, ...(first ? { header: first } : {}) };
}

/** Whether a text is a part of a first line. */
function isBegun(written: string): boolean {
  const start = JSON.stringify(header).slice(0, -1);
  return start.startsWith(written) || (written.startsWith(start) && /^(?:\}|,[":a-z0-9]*\}?)$/.test(written.slice(start.length)));
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(line: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(line));
  } catch {
    return undefined; // no schema accepts it
  }
}

const headerSchema = z.looseObject({
  format: z.literal(header.format),
  version: z.number(),
  pseudonyms: z.string().optional(),
});

function headerOf(parsed: unknown, path: string): Header {
  const first = headerSchema.safeParse(parsed).data;
  if (!first) throw noJournal(path);
  if (first.version !== header.version)
    throw damaged(
      text(
        `${path} is of version ${first.version}; this labwright reads version ${header.version}`,
        `${path} 的版本是 ${first.version}；這個 labwright 讀的是版本 ${header.version}`,
      ),
    );
  return { ...header, ...(first.pseudonyms === undefined ? {} : { pseudonyms: first.pseudonyms }) };
}

function lineOf(parsed: unknown, path: string, at: number): Line {
  const { success, data, error } = lineSchema.safeParse(parsed);
  if (success) return data as unknown as Line;
  const wrong = issuesOf(error.issues).find(({ code }) => code === 'custom' || code === 'too_small');
  if (wrong) throw impossible(path, at, wrong.code === 'custom' ? wrong.message : wrong.path.join('.'));
  throw damaged(text(`${path}:${at}: this line is not a grade`, `${path}:${at}：這一行不是成績`), error);
}

/** The issues of all forms that a line can have. */
const issuesOf = (issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] =>
  issues.flatMap((issue) => (issue.code === 'invalid_union' ? issue.errors.flatMap(issuesOf) : [issue]));

/** Throws LabError E_STATE if a grade's goals or checks, or their points, differ from the rubric's. */
export function assertOf({ checks, max, goals = {} }: JournalRubric, grade: Grade, path: string, at: number): void {
  if (grade.status !== 'graded') return;
  const other = Object.entries(goals).find(([id, { points }]) => grade.goals?.find((one) => one.id === id)?.max !== points);
  if (other) throw impossible(path, at, `${other[0]}: ${other[1].points}`);
  const known = new Map(Object.entries(checks).map(([id, rule]) => [id, rule.points]));
  const odd = grade.checks.find((one) => known.get(one.id) !== one.max);
  if (odd) throw impossible(path, at, `${odd.id}: ${odd.points}/${odd.max}`);
  const isWhole = grade.label !== undefined || grade.checks.length === known.size;
  if (grade.max !== max || !isWhole) throw impossible(path, at, `max: ${grade.max} ≠ ${max}`);
}

const impossible = (path: string, at: number, what: string): LabError =>
  damaged(text(`${path}:${at}: a grade cannot have these points (${what})`, `${path}:${at}：成績不可能有這樣的分數（${what}）`));

const noJournal = (path: string): LabError =>
  damaged(text(`${path} is not a journal of lab grade`, `${path} 不是 lab grade 的紀錄檔`));

const damaged = (message: Text, cause?: unknown): LabError =>
  new LabError(
    'E_STATE',
    message,
    text(
      'grade into another folder with --out, or move this file away: then everything is graded again',
      '用 --out 指定另一個資料夾，或先移開這個檔案，就會全部重新評分',
    ),
    { cause },
  );
