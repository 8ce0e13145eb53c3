import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Gradebook } from '../../src/grade/types.ts';
import { assets } from '../../src/platform/package-root.ts';

/** Puts a submission into a class: the tutorial's own stack, with one thing in one of its files replaced. */
export function handIn(dir: string, student: string, [file, from, to]: readonly [string, string, string]): void {
  cpSync(join(assets, 'compose-scale/nginx'), join(dir, student), { recursive: true });
  const path = join(dir, student, file);
  const before = readFileSync(path, 'utf8');
  if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(path, before.replace(from, to));
}

/** One line into the Compose file, which changes nothing but what it hashes to. */
export const said = (words: string): readonly [string, string, string] => ['compose.yaml', 'services:', `# ${words}\nservices:`];

const compose = 'compose.yaml';
/** Redis can be reached from nginx. */
export const drawnWrong = [compose, 'networks: [frontend]', 'networks: [frontend, backend]'] as const;
export const privileged = [compose, 'build: ./flask', 'build: ./flask\n    privileged: true'] as const;

/**
 * Grades as a teacher sees them, a line for each thing. What may differ between two gradings of the same is left out: times, words, and
 * whether something was looked at that costs nothing any more.
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

/** In what two classes' grades differ; empty: in nothing. */
export const unlike = (before: readonly string[], after: readonly string[]): string[] => [
  ...before.filter((line) => !after.includes(line)).map((line) => `before: ${line}`),
  ...after.filter((line) => !before.includes(line)).map((line) => `after: ${line}`),
];

/** What was decided so far, by the journal: each a key and its grade, withdrawn or not. */
export function journalOf(out: string): { readonly key: string; readonly grade: { readonly status: string } }[] {
  const path = join(out, 'journal.ndjson');
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines
    .slice(1)
    .map((line) => JSON.parse(line))
    .filter((line) => 'key' in line);
}
