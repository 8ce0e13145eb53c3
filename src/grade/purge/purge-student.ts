import { join } from 'node:path';
import { jsonText } from '../../formats/untrusted-text.ts';
import { LabError } from '../../lab/error.ts';
import { type Lang, text } from '../../lab/text.ts';
import { replaceFile } from '../../platform/atomic-file.ts';
import { loadPlain } from '../../platform/plain-file.ts';
import { about, lookAt } from '../export/atomic-write.ts';
import { loadGradebook } from '../export/load.ts';
import { loadManifest, writeGradebook } from '../export/write.ts';
import { journalFile, mostBytes } from '../journal.ts';
import { header, type Line, readLines } from '../journal-lines.ts';
import { redactor } from '../privacy/redact.ts';
import type { Entry, Gradebook } from '../types.ts';
import { teachersFiles } from './purge-folder.ts';

/** Throws LabError E_USAGE if the folder has no grades, or none of this student. */
export async function gradesWith(dir: string, student: string): Promise<Gradebook> {
  const book = await loadGradebook(dir);
  if (book?.entries.some((entry) => entry.student.id === student)) return book;
  throw new LabError(
    'E_USAGE',
    text(`no student ${student} is in ${join(dir, 'grades.json')}`, `${join(dir, 'grades.json')} 裡沒有學生 ${student}`),
    text(
      'write the ID as in grades.csv; without --student, everything is removed',
      '請照 grades.csv 的寫法寫學號；不加 --student 會移除全部',
    ),
  );
}

/** The gradebook without a student. Others with the same content keep each other as such. */
export function withoutStudent(book: Gradebook, student: string): Gradebook {
  const twins = book.entries.filter(({ sameAs }) => sameAs === student).map((entry) => entry.student.id);
  const [first] = twins;
  const entries = book.entries
    .filter((entry) => entry.student.id !== student)
    .map((entry): Entry => {
      if (entry.sameAs !== student) return entry;
      const { sameAs: _, ...alone } = entry;
      return entry.student.id === first || first === undefined ? alone : { ...alone, sameAs: first };
    });
  const change = redactor([{ pseudonym: '', words: [student] }]);
  const leftOut = book.leftOut?.filter(({ place }) => place === undefined || change(place.file) === place.file);
  return { ...book, entries, ...(leftOut ? { leftOut } : {}) };
}

/** The lines of a journal that the entries still need. Without keys (of an earlier version) it is not known which these are: none. */
export function journalFor(lines: readonly Line[], entries: readonly Entry[]): readonly Line[] {
  const read = entries.filter(({ hash }) => hash !== '');
  if (read.some(({ keys }) => keys === undefined)) return [];
  const keys = new Set(read.flatMap((entry) => entry.keys ?? []));
  return lines.flatMap((line): Line[] => {
    if ('control' in line) return [line];
    if ('withdrawn' in line) return [{ withdrawn: line.withdrawn.filter((key) => keys.has(key)) }];
    return keys.has(line.key) ? [line] : [];
  });
}

/** What is left of a student. */
export interface LeftOfStudent {
  /** Files about the student that were changed since labwright wrote them. */
  readonly changed: readonly string[];
  /** `overrides.csv:3`: lines of the teacher that name the student. */
  readonly lines: readonly string[];
}

/**
 * Removes a student's data from the journal and from all files of an output folder, which is locked. The journal keeps only what the other students' grades
 * need: earlier gradings in it name no student. Returns what is left. Throws LabError E_STATE.
 */
export async function purgeStudent(dir: string, book: Gradebook, student: string, lang: Lang): Promise<LeftOfStudent> {
  const rest = withoutStudent(book, student);
  // first: grades.json still has what a purge that was killed needs
  await rewriteJournal(join(dir, journalFile), rest.entries);
  const before = [...(await loadManifest(dir)).keys()];
  await writeGradebook(dir, rest, lang);
  const after = await loadManifest(dir);
  const changed: string[] = [];
  for (const path of before) if (!after.has(path) && (await lookAt(dir, path)).kind !== 'none') changed.push(path);
  return { changed, lines: await linesAbout(dir, student) };
}

async function rewriteJournal(path: string, entries: readonly Entry[]): Promise<void> {
  const hint = text('move it away; then everything is graded again', '請移走它，就會全部重新評分');
  const written = await loadPlain(path, { code: 'E_STATE', hint, maxBytes: mostBytes, follow: false });
  if (written === undefined) return;
  const { lines, header: first = header } = readLines(written, path);
  const kept = journalFor(
    lines.map(({ line }) => line),
    entries,
  );
  await about(path, () =>
    replaceFile(
      path,
      [first, ...kept].map((line) => `${jsonText(line)}\n`),
    ),
  );
}

async function linesAbout(dir: string, student: string): Promise<string[]> {
  const change = redactor([{ pseudonym: '', words: [student] }]);
  const found: string[] = [];
  for (const name of teachersFiles) {
    const hint = text('make it readable, or remove it', '請讓它可以讀取，或移除它');
    const written = await loadPlain(join(dir, name), { code: 'E_STATE', hint, maxBytes: 64_000_000 });
    const lines = written?.toString().split('\n') ?? [];
    lines.forEach((line, at) => {
      if (change(line) !== line) found.push(`${name}:${at + 1}`);
    });
  }
  return found;
}
