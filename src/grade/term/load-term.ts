import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { FoundSubmission } from '../submissions/find-submissions.ts';
import type { Roster } from '../submissions/roster.ts';
import type { SubmittedAt } from '../types.ts';
import { commitTimeOf } from './commit-time.ts';
import type { TermRules } from './deadline.ts';
import { loadExtensions } from './extensions-file.ts';
import type { Term } from './final-entries.ts';
import { loadGraceUsed } from './grace-file.ts';
import { loadGradescope } from './gradescope-export.ts';
import { isMarkedLate, listedTime } from './submitted.ts';
import { type ListedTime, loadTimes } from './times-file.ts';

/** The teacher's files about time, as named by the user. */
export interface TermFiles {
  readonly times?: string;
  readonly graceUsed?: string;
}

/** Submissions and times that files list. */
export interface Listed {
  /** Of `--times`. */
  readonly times: readonly ListedTime[];
  /** Of exports of Gradescope. */
  readonly exported: readonly ListedTime[];
}

/**
 * Reads the file of `--times`, and what exports of an LMS say about their submissions. `paths`: those of the submissions. Throws LabError E_USAGE if the
 * rubric has no use for the teacher's files, and what `loadTimes` throws.
 */
export async function loadListed(
  { deadline, counting }: TermRules,
  { times, graceUsed }: TermFiles,
  {
    paths,
    roster,
    signal,
  }: { readonly paths: readonly string[]; readonly roster?: Roster | undefined; readonly signal: AbortSignal },
): Promise<Listed> {
  if (times !== undefined && !deadline && !counting) throw useless('--times');
  if (graceUsed !== undefined && !deadline) throw useless('--grace-used');
  const own = times === undefined ? [] : await loadTimes(times, deadline?.timezone);
  const exported: ListedTime[] = [];
  for (const path of paths) exported.push(...(await loadGradescope(path, roster, signal)));
  return { times: own, exported };
}

/** Reads the other files about time of a class. `found`: all submissions. Throws LabError E_SUBMISSION for a mistake in one of them. */
export async function loadTerm(
  rules: TermRules,
  { graceUsed }: TermFiles,
  { times, exported }: Listed,
  found: readonly FoundSubmission[],
  { out, signal }: { readonly out: string; readonly signal: AbortSignal },
): Promise<Term> {
  const many = new Map<string, number>();
  for (const { student } of found) many.set(student.id, (many.get(student.id) ?? 0) + 1);
  const known = new Map<string, SubmittedAt>();
  for (const one of found) {
    const isAlone = many.get(one.student.id) === 1;
    const time = listedTime(one, times, isAlone) ?? listedTime(one, exported, isAlone) ?? (await committed(one, rules, signal));
    if (time) known.set(one.source, time);
  }
  return {
    ...rules,
    extensions: rules.deadline ? await loadExtensions(join(out, 'extensions.csv'), rules.deadline.timezone) : new Map(),
    graceUsed: graceUsed === undefined ? new Map() : await loadGraceUsed(graceUsed),
    listed: times,
    timeOf: ({ source }) => known.get(source),
    isMarkedLate: ({ source }) => isMarkedLate(source),
  };
}

async function committed(
  { path }: FoundSubmission,
  { deadline, counting }: TermRules,
  signal: AbortSignal,
): Promise<SubmittedAt | undefined> {
  if (!deadline && !counting) return undefined;
  const ms = await commitTimeOf(path, signal);
  return ms === undefined ? undefined : { at: new Date(ms).toISOString(), source: 'commit' };
}

const useless = (option: string): LabError =>
  new LabError(
    'E_USAGE',
    text(`${option} has no effect: the rubric has no \`deadline\``, `${option} 沒有作用：評分標準沒有 \`deadline\``),
    text(
      'add `deadline: { due: 2026-12-01 23:59, timezone: Asia/Taipei }` to the rubric',
      '請在評分標準加上 `deadline: { due: 2026-12-01 23:59, timezone: Asia/Taipei }`',
    ),
  );

/** Students in the files about time who are not in the class, by file. */
export function unknownInTerm(
  { extensions, listed }: Pick<Term, 'extensions' | 'listed'>,
  ids: ReadonlySet<string>,
): { readonly extensions: readonly string[]; readonly times: readonly string[] } {
  const unknown = (all: Iterable<string>) => [...new Set(all)].filter((id) => !ids.has(id));
  return { extensions: unknown(extensions.keys()), times: unknown(listed.map(({ student }) => student)) };
}
