import { stringify } from 'csv-stringify/sync';
import { localTime } from '../../formats/moment.ts';
import { multiLine, oneLine } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import { lostBy } from '../scoring/causes.ts';
import type { Entry, Gradebook } from '../types.ts';
import { costsOf, overridesOf, reasonsOf } from './check-text.ts';
import { goalsIn } from './goal-groups.ts';
import { wordsOf } from './messages.ts';
import { isOpen } from './open-groups.ts';
import { percent, printed } from './points.ts';
import { termWordsOf } from './term/messages.ts';

const longest = 4000;
const number = /^(?:-|[-+]?\d+(?:\.\d+)?)$/;
/** A cell that a spreadsheet may run as a formula, after characters that it skips; full-width forms are folded first. */
const runs = /^[\s"'`]*[=+\-−@]/;

/**
 * A text as a cell: one line, with an apostrophe before it if a spreadsheet would run it. A number is unchanged, and so is a dash
 * for an absent value.
 */
export function cell(value: string | undefined): string {
  const shown = oneLine(value ?? '', longest);
  const folded = shown.slice(0, 100).normalize('NFKC');
  return !number.test(shown) && runs.test(folded) ? `'${shown}` : shown;
}

/** Rows of cells; `bom` is for Excel, which reads a file without it in the system's legacy encoding. */
export const csv = (rows: readonly (readonly string[])[], { bom = false } = {}): string =>
  stringify(
    rows.map((row) => row.map(multiLine)),
    { bom, record_delimiter: '\r\n' },
  );

/** The text that `cell` wrote, without the apostrophe that it put before it. */
export const textOfCell = (written: string): string =>
  written.startsWith("'") && cell(written.slice(1)) === written ? written.slice(1) : written;

/**
 * Every student, for the teacher, for spreadsheets. After the columns about the student, each check has one with its points, in the lab's order; it is
 * blank without a score. With goals, each goal has one with its points, and those of checks contain what the check cost, as a negative number or 0.
 */
export function renderCsv(book: Gradebook, lang: Lang): string {
  const words = wordsOf(lang);
  const checks = [...new Set(book.entries.flatMap(({ grade }) => grade.checks.map(({ id }) => id)))];
  const goals = goalsIn(book);
  const isTimed = book.entries.some(({ deadline }) => deadline);
  const rows = book.entries.map((entry) => [
    cell(entry.student.id),
    cell(entry.student.name),
    cell(entry.student.email),
    words.status[entry.grade.status],
    printed(entry.grade.points),
    printed(entry.grade.max),
    percent(entry.grade.points, entry.grade.max),
    cell([...reasonsOf(entry, lang), ...costsOf(entry, lang)].join('; ')),
    cell(overridesOf(entry, lang).join('; ')),
    cell(entry.sameAs),
    ...(isTimed ? timesOf(entry) : []),
    ...goals.map(({ id }) => goalPointsOf(entry, id)),
    ...checks.map((id) => pointsOf(entry, id)),
  ]);
  const ofGoals = goals.map(({ id }) => cell(`${words.goal}: ${id}`));
  const ofTime = isTimed ? Object.values(termWordsOf(lang).columns) : [];
  return csv([[...Object.values(words.columns), ...ofTime, ...ofGoals, ...checks.map(cell)], ...rows], { bom: true });
}

/** When it was submitted, how many days late that is, and what it cost; blank without a time. */
function timesOf({ deadline, grade }: Entry): string[] {
  if (!deadline?.submitted) return ['', '', ''];
  const { submitted, timezone, lateDays, deduction } = deadline;
  return [localTime(Date.parse(submitted.at), timezone), String(lateDays), grade.points === null ? '' : printed(-deduction)];
}

const goalPointsOf = ({ grade }: Entry, id: string): string =>
  grade.points === null ? '' : printed(grade.goals?.find((one) => one.id === id)?.points ?? null);

function pointsOf({ grade }: Entry, id: string): string {
  const check = grade.checks.find((one) => one.id === id);
  if (grade.points === null || !check) return '';
  return printed(grade.goals ? -lostBy(check) : check.points);
}

/** The grace days that each student has used in all assignments so far, to be named with `--grace-used` for the next one. */
export function renderGraceDays(book: Gradebook): string {
  const rows = book.entries.flatMap(({ student, deadline }) => {
    const days = deadline?.graceDays;
    return days ? [[cell(student.id), String(days.usedInAll), String(days.left)]] : [];
  });
  return csv([['student', 'used', 'left'], ...rows], { bom: true });
}

/** The file with a row for each student whose grade is open, without points: the teacher fills them in and saves it as overrides.csv. */
export function renderOpen(book: Gradebook, lang: Lang): string {
  const open = book.entries.filter(isOpen);
  const rows = open.map((entry) => [cell(entry.student.id), '', '', cell(reasonsOf(entry, lang).join('; '))]);
  return csv([['student', 'check', 'points', 'reason'], ...rows], { bom: true });
}
