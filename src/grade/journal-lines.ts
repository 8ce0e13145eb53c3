import { z } from 'zod';
import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';
import type { Grade } from './grade.ts';

/** The first line of a journal: what it is, and how its lines are to be read. */
export const header = { format: 'labwright-grades', version: 1 } as const;

/** A grade; that a control passed, which confirms what stands above; or keys whose grades count no more. */
export type Line =
  | { readonly key: string; readonly grade: Grade }
  | { readonly control: true }
  | { readonly withdrawn: readonly string[] };

/** What all forms of it rest on; the rest is as it was written. */
const gradeSchema = z.looseObject({
  key: z.string(),
  grade: z.looseObject({
    status: z.enum(['graded', 'refused', 'review']),
    points: z.number().nullable(),
    max: z.number(),
    checks: z.array(z.looseObject({ id: z.string(), points: z.number(), max: z.number() })),
    deductions: z.array(z.looseObject({ points: z.number() })),
    notes: z.array(z.looseObject({ code: z.string() })),
    refusals: z.array(z.looseObject({ code: z.string() })),
    durationMs: z.number(),
  }),
});
const lineSchema = z.union([
  gradeSchema,
  z.strictObject({ control: z.literal(true) }),
  z.strictObject({ withdrawn: z.array(z.string()) }),
]);

/**
 * The lines of a journal, and how many bytes of it are whole: a last line that a crash cut short is not among them. `path` is for people.
 * Throws LabError E_STATE for what is no journal, of another version, or damaged before its last line.
 */
export function readLines(written: Buffer, path: string): { readonly lines: readonly Line[]; readonly bytes: number } {
  const lines: Line[] = [];
  let bytes = 0;
  for (let at = 1; ; at++) {
    const end = written.indexOf('\n', bytes);
    if (end < 0) break;
    const parsed = parseJson(written.subarray(bytes, end));
    // After a power cut the last line may be as long as it should be, and empty.
    if (parsed === undefined && at > 1 && end === written.length - 1) break;
    if (at === 1) assertHeader(parsed, path);
    else lines.push(lineOf(parsed, path, at));
    bytes = end + 1;
  }
  if (bytes === 0 && !JSON.stringify(header).startsWith(written.toString())) throw noJournal(path);
  return { lines, bytes };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(line: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(line));
  } catch {
    return undefined; // which no schema takes
  }
}

function assertHeader(parsed: unknown, path: string): void {
  const first = z.looseObject({ format: z.literal(header.format), version: z.number() }).safeParse(parsed).data;
  if (!first) throw noJournal(path);
  if (first.version !== header.version)
    throw damaged(
      text(
        `${path} is of version ${first.version}; this labwright reads version ${header.version}`,
        `${path} 的版本是 ${first.version}；這個 labwright 讀的是版本 ${header.version}`,
      ),
    );
}

function lineOf(parsed: unknown, path: string, at: number): Line {
  const { success, data, error } = lineSchema.safeParse(parsed);
  if (success) return data as unknown as Line;
  throw damaged(text(`${path}:${at}: no grade stands there`, `${path}:${at}：這一行不是成績`), error);
}

const noJournal = (path: string): LabError =>
  damaged(text(`${path} is not a journal of lab grade`, `${path} 不是 lab grade 的紀錄檔`));

const damaged = (message: Text, cause?: unknown): LabError =>
  new LabError(
    'E_STATE',
    message,
    text(
      'grade into another folder with --out, or put this file away: then all is graded anew',
      '用 --out 指定另一個資料夾，或先移開這個檔案，就會全部重新評分',
    ),
    { cause },
  );
