import type { Lang } from '../../lab/text.ts';
import { renderChangesCsv } from '../changes/changes-csv.ts';
import { renderChangesPage } from '../changes/changes-page.ts';
import type { ClassChanges } from '../changes/compare.ts';
import type { Entry, Gradebook } from '../types.ts';
import { renderCanvas } from './canvas.ts';
import { renderCsv, renderGraceDays, renderOpen } from './csv.ts';
import { hasCanvasComments, renderCanvasComments } from './feedback/canvas-comments.ts';
import { type Classroom50Run, classroom50Path, renderClassroom50 } from './feedback/classroom50.ts';
import { feedbackOf, languageOf } from './feedback/content.ts';
import { type Mailbox, reachable, renderMail } from './feedback/mail.ts';
import { hasMoodleZip, moodleZipPath, renderMoodleZip } from './feedback/moodle-zip.ts';
import { feedbackMarkdown } from './feedback/render.ts';
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
  readonly parts: () => Iterable<string | Uint8Array>;
}

/** Files about changes: those between the last two gradings that differ. */
export const changeFiles: readonly string[] = [changesPage, changesTable];

/** What the teacher asked for besides the files that are always written. */
export interface Delivery {
  /** The sender of mails to students; left out: no mails. */
  readonly mailFrom?: Mailbox;
  /** The run of Classroom 50 that this grading is part of; it grades one submission. */
  readonly classroom50?: Classroom50Run;
}

/** What changed since the grading before, and which pages are beside that of the class. */
interface WithChanges {
  readonly changes?: ClassChanges;
  /** Files about earlier changes are in the folder and stay. */
  readonly keepsChanges?: boolean;
  /** There is a page of similar submissions. */
  readonly hasSimilar?: boolean;
}

/**
 * All files of a gradebook, one student after another, so that only one student's contents are in memory. Those for a student are in the student's language.
 * Files for the import into an LMS need real IDs: a gradebook with pseudonyms has none.
 */
export function filesOf(
  book: Gradebook,
  lang: Lang,
  { mailFrom, classroom50, changes, keepsChanges = false, hasSimilar = false }: Delivery & WithChanges = {},
): OutFile[] {
  const nameOf = fileNames(book.entries.map(({ student }) => student.id));
  const [only] = book.entries;
  return [
    ...book.entries.flatMap((entry) => studentFiles(book, entry, nameOf(entry.student.id), languageOf(entry, lang))),
    ...(mailFrom === undefined ? [] : mails(book, mailFrom, nameOf, lang)),
    file(classPage, () => renderClassPage(book, lang, { hasChanges: changes !== undefined || keepsChanges, hasSimilar })),
    ...(book.pseudonyms === undefined ? lmsFiles(book, lang) : []),
    ...(only && classroom50
      ? [file(classroom50Path, () => renderClassroom50(book, only, classroom50, languageOf(only, lang)))]
      : []),
    { path: 'grades.json', parts: () => renderJson(book) },
    { path: 'junit.xml', parts: () => renderJunit(book, lang) },
    file('summary.md', () => renderClassSummary(book, lang)),
    file('grades.csv', () => renderCsv(book, lang)),
    ...(book.entries.some(({ deadline }) => deadline?.graceDays) ? [file('grace-days.csv', () => renderGraceDays(book))] : []),
    ...(book.entries.some(isOpen) ? [file(openFile, () => renderOpen(book, lang))] : []),
    ...(changes
      ? [file(changesPage, () => renderChangesPage(changes, lang)), file(changesTable, () => renderChangesCsv(changes, lang))]
      : []),
  ];
}

const file = (path: string, render: () => string): OutFile => ({ path, parts: () => [render()] });

function studentFiles(book: Gradebook, entry: Entry, name: string, lang: Lang): OutFile[] {
  return [
    file(studentPage(name), () => renderStudentPage(book, entry, lang)),
    // Gradescope reads one file for each submission
    ...(entry.grade.status === 'missing' ? [] : [file(`gradescope/${name}/results.json`, () => renderGradescope(entry, lang))]),
    file(`summary/${name}.md`, () => renderStudentSummary(book, entry, lang)),
    file(`comments/${name}.md`, () => feedbackMarkdown(feedbackOf(book, entry, lang))),
  ];
}

const mails = (book: Gradebook, from: Mailbox, nameOf: (id: string) => string, otherwise: Lang): OutFile[] =>
  reachable(book).map(({ to, of }) =>
    file(`mail/${nameOf(of.student.id)}.eml`, () => renderMail(book, of, { from, to, lang: languageOf(of, otherwise) })),
  );

/** The files that an LMS imports. */
export const lmsFiles = (book: Gradebook, lang: Lang): OutFile[] => [
  file('canvas.csv', () => renderCanvas(book, lang)),
  ...(hasCanvasComments(book) ? [file('canvas-comments.json', () => renderCanvasComments(book, lang))] : []),
  file('moodle.csv', () => renderMoodle(book, lang)),
  ...(hasMoodleZip(book) ? [{ path: moodleZipPath, parts: () => renderMoodleZip(book, lang) }] : []),
];
