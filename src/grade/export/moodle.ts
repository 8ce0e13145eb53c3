import { capped } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import { lostBy } from '../scoring/causes.ts';
import type { Entry, Gradebook, GradedCheck } from '../types.ts';
import { linesOf, reasonsOf } from './check-text.ts';
import { cell, csv } from './csv.ts';
import { languageOf } from './feedback/content.ts';
import { wordsOf } from './messages.ts';
import { printed, reasonsBesideChecks } from './points.ts';
import { attemptLines, deadlineFacts } from './term/deadline-text.ts';

/** The columns of Moodle's own worksheet, in English; it reads the first one, the grade, its time and the feedback. */
const header = [
  'Identifier',
  'Full name',
  'Email address',
  'Status',
  'Grade',
  'Maximum Grade',
  'Grade can be changed',
  'Last modified (submission)',
  'Last modified (grade)',
  'Feedback comments',
];

/**
 * The offline grading worksheet of a Moodle assignment. Moodle ignores a blank grade, but imports the feedback. A student without
 * a submission has neither, so that an import changes nothing and sends no notification; the reason is in Status, in Moodle's own
 * wording.
 */
export const renderMoodle = (book: Gradebook, lang: Lang): string =>
  csv([header, ...book.entries.map((entry) => rowOf(entry, lang))]);

function rowOf(entry: Entry, lang: Lang): string[] {
  const { student, grade } = entry;
  const { columns = {} } = student;
  return [
    plain(columns['Identifier']),
    plain(columns['Full name'] ?? student.name ?? student.id),
    plain(columns['Email address'] ?? student.email),
    plain(grade.status === 'missing' ? (columns['Status'] ?? 'No submission') : columns['Status']),
    printed(grade.points),
    printed(grade.max),
    plain(columns['Grade can be changed'] ?? 'Yes'),
    plain(columns['Last modified (submission)'] ?? '-'),
    // Moodle detects by this value that the grade has not changed meanwhile
    plain(columns['Last modified (grade)'] ?? '-'),
    commentsOf(entry, languageOf(entry, lang)),
  ];
}

/** PHP's reader interprets `\"` differently from other readers. */
const plain = (value: string | undefined): string => cell(value).replaceAll('\\', '/');

/** Moodle shows it as HTML. It is for the student, so teacher-only content is left out. */
function commentsOf(entry: Entry, lang: Lang): string {
  const { grade } = entry;
  if (grade.status === 'missing') return '';
  const words = wordsOf(lang);
  const deducted = grade.checks
    .filter(({ visible, points, max }) => visible && points < max && grade.points !== null)
    .map((check) => [`${check.claim[lang]} (${pointsOf(check)})`, ...linesOf(check, lang, 500)]);
  const beside = reasonsBesideChecks(entry).map(({ what, points }) => [`${what[lang]} (${printed(points)})`]);
  const reasons = reasonsOf(entry, lang);
  const why = grade.status === 'graded' ? (grade.label ? [reasons] : []) : [[words.ungraded[grade.status], ...reasons]];
  const goals = grade.points === null ? [] : (grade.goals ?? []);
  const ofGoals = goals.map(({ title, points, max }) => `${title[lang]}: ${printed(points)}/${printed(max)}`);
  const times = deadlineFacts(entry, lang).map(({ name, value }) => `${name}: ${value}`);
  const onTime = [times, attemptLines(entry, lang)].filter((lines) => lines.length > 0);
  return [...why, ...(ofGoals.length > 0 ? [ofGoals] : []), ...deducted, ...beside, ...onTime]
    .map((lines) => `<p>${lines.map(inHtml).join('<br>')}</p>`)
    .join('');
}

/** `0/3`; of a goal, only what it cost. */
const pointsOf = (check: GradedCheck): string =>
  check.goal === undefined ? `${printed(check.points)}/${printed(check.max)}` : `−${printed(lostBy(check))}`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\\': '&#92;',
};
const inHtml = (line: string): string =>
  capped(line, 1000)
    .replaceAll(/[&<>"'\\]/g, (one) => entities[one] ?? one)
    .replaceAll('\n', '<br>');
