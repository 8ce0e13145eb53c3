import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { ClassEntry } from '../grade-class.ts';
import type { TermRules } from './deadline.ts';
import { loadExtensions } from './extensions-file.ts';
import type { Term } from './final-entries.ts';
import { loadGraceUsed } from './grace-file.ts';
import { listedTime } from './submitted.ts';
import { type ListedTime, loadTimes } from './times-file.ts';

/** The teacher's files about time, as named by the user. */
export interface TermFiles {
  readonly times?: string;
  readonly graceUsed?: string;
}

/** Reads the file of `--times`. Throws LabError E_USAGE if the rubric has no use for it, and what `loadTimes` throws. */
export async function loadListed(
  { deadline, counting }: TermRules,
  { times, graceUsed }: TermFiles,
): Promise<readonly ListedTime[]> {
  if (times !== undefined && !deadline && !counting) throw useless('--times');
  if (graceUsed !== undefined && !deadline) throw useless('--grace-used');
  return times === undefined ? [] : await loadTimes(times, deadline?.timezone);
}

/** Reads the other files about time of a class. `found`: all submissions. Throws LabError E_SUBMISSION for a mistake in one of them. */
export async function loadTerm(
  rules: TermRules,
  { graceUsed }: TermFiles,
  listed: readonly ListedTime[],
  found: readonly Pick<ClassEntry, 'student' | 'source'>[],
  out: string,
): Promise<Term> {
  const many = new Map<string, number>();
  for (const { student } of found) many.set(student.id, (many.get(student.id) ?? 0) + 1);
  return {
    ...rules,
    extensions: rules.deadline ? await loadExtensions(join(out, 'extensions.csv'), rules.deadline.timezone) : new Map(),
    graceUsed: graceUsed === undefined ? new Map() : await loadGraceUsed(graceUsed),
    listed,
    timeOf: (entry) => listedTime(entry, listed, many.get(entry.student.id) === 1),
  };
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
