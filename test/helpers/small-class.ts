import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Gradebook } from '../../src/grade/types.ts';
import { assets } from '../../src/platform/package-root.ts';

/** Adds a submission to a class: the tutorial's stack, with one replacement in one file. */
export function addSubmission(dir: string, student: string, [file, from, to]: readonly [string, string, string]): void {
  cpSync(join(assets, 'compose-scale/nginx'), join(dir, student), { recursive: true });
  const path = join(dir, student, file);
  const before = readFileSync(path, 'utf8');
  if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(path, before.replace(from, to));
}

/** Adds a comment to the Compose file, which changes only the submission's hash. */
export const comment = (text: string): readonly [string, string, string] => ['compose.yaml', 'services:', `# ${text}\nservices:`];

const compose = 'compose.yaml';
/** nginx can reach Redis. */
export const redisReachable = [compose, 'networks: [frontend]', 'networks: [frontend, backend]'] as const;
export const privileged = [compose, 'build: ./flask', 'build: ./flask\n    privileged: true'] as const;

/**
 * Grades as a teacher sees them, one line for each item. Leaves out what may differ between two gradings of the same submission: times, messages, and the
 * outcomes of checks that lose no points.
 */
const linesOf = ({ entries }: Gradebook): string[] =>
  entries.flatMap(({ student: { id }, hash, sameAs, grade }) => {
    const { status, points, checks, deductions, notes, refusals } = grade;
    const remarks = [...notes, ...refusals].map(({ code, service }) => `${code} ${service}`);
    return [
      `${id} ${hash} ${sameAs} ${status} ${points}`,
      ...checks.map((one) => `${id} ${one.id} ${one.points}/${one.max} ${one.points < one.max ? one.outcome : ''}`),
      ...deductions.map((one) => `${id} ${one.remark.code} -${one.points}`),
      ...remarks.map((remark) => `${id} ${remark}`),
    ];
  });

export const loadGrades = (out: string): string[] => linesOf(JSON.parse(readFileSync(join(out, 'grades.json'), 'utf8')));

/** The differences between the grades of two classes; empty if there are none. */
export const gradeDifferences = (before: readonly string[], after: readonly string[]): string[] => [
  ...before.filter((line) => !after.includes(line)).map((line) => `before: ${line}`),
  ...after.filter((line) => !before.includes(line)).map((line) => `after: ${line}`),
];

/** The decisions in the journal so far: each with a key and a grade, including withdrawn ones. */
export function journalOf(out: string): { readonly key: string; readonly grade: { readonly status: string } }[] {
  const path = join(out, 'journal.ndjson');
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines
    .slice(1)
    .map((line) => JSON.parse(line))
    .filter((line) => 'key' in line);
}
