import type { Lang } from '../../lab/text.ts';
import { renderChangesCsv } from '../changes/changes-csv.ts';
import { renderChangesPage } from '../changes/changes-page.ts';
import type { ClassChanges } from '../changes/compare.ts';
import type { Gradebook } from '../types.ts';
import { renderCanvas } from './canvas.ts';
import { renderClassroom } from './classroom.ts';
import { renderCsv, renderOpen } from './csv.ts';
import { changesPage, changesTable, classPage, fileNames, openFile, studentPage } from './file-names.ts';
import { renderGradescope } from './gradescope.ts';
import { renderClassPage, renderStudentPage } from './html/pages.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderMoodle } from './moodle.ts';
import { isOpen } from './open-groups.ts';
import { renderClassSummary, renderStudentSummary } from './summary.ts';

/** A file of the output folder: its path below it, with `/`, and its contents, generated on each request. */
export interface OutFile {
  readonly path: string;
  readonly parts: () => Iterable<string>;
}

/** Files about changes: those between the last two gradings that differ. */
export const changeFiles: readonly string[] = [changesPage, changesTable];

interface WithChanges {
  readonly changes?: ClassChanges;
  /** Files about earlier changes are in the folder and stay. */
  readonly keepsChanges?: boolean;
}

/**
 * All files of a gradebook, one student after another, so that only one student's contents are in memory. Files for the import into an LMS need real IDs: a
 * gradebook with pseudonyms has none.
 */
export function filesOf(book: Gradebook, lang: Lang, { changes, keepsChanges = false }: WithChanges = {}): OutFile[] {
  const nameOf = fileNames(book.entries.map(({ student }) => student.id));
  const file = (path: string, render: () => string): OutFile => ({ path, parts: () => [render()] });
  const students = book.entries.flatMap((entry) => {
    const name = nameOf(entry.student.id);
    // Gradescope and Classroom read one file for each submission
    const ofSubmission = [
      file(`gradescope/${name}/results.json`, () => renderGradescope(entry, lang)),
      file(`classroom/${name}.txt`, () => renderClassroom(entry, lang)),
    ];
    return [
      file(studentPage(name), () => renderStudentPage(book, entry, lang)),
      ...(entry.grade.status === 'missing' ? [] : ofSubmission),
      file(`summary/${name}.md`, () => renderStudentSummary(book, entry, lang)),
    ];
  });
  return [
    ...students,
    file(classPage, () => renderClassPage(book, lang, { hasChanges: changes !== undefined || keepsChanges })),
    ...(book.pseudonyms === undefined ? lmsFiles(book, lang) : []),
    { path: 'grades.json', parts: () => renderJson(book) },
    { path: 'junit.xml', parts: () => renderJunit(book, lang) },
    file('summary.md', () => renderClassSummary(book, lang)),
    file('grades.csv', () => renderCsv(book, lang)),
    ...(book.entries.some(isOpen) ? [file(openFile, () => renderOpen(book, lang))] : []),
    ...(changes
      ? [file(changesPage, () => renderChangesPage(changes, lang)), file(changesTable, () => renderChangesCsv(changes, lang))]
      : []),
  ];
}

/** The files that an LMS imports. */
export const lmsFiles = (book: Gradebook, lang: Lang): OutFile[] => [
  { path: 'canvas.csv', parts: () => [renderCanvas(book, lang)] },
  { path: 'moodle.csv', parts: () => [renderMoodle(book, lang)] },
];
