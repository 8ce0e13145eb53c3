import { stringify } from 'csv-stringify/sync';
import { multiLine, oneLine } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import type { Gradebook } from '../types.ts';
import { overridesOf, reasonsOf } from './check-text.ts';
import { wordsOf } from './messages.ts';
import { percent, printed } from './points.ts';

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

/** Every student, for the teacher, for spreadsheets. */
export function renderCsv(book: Gradebook, lang: Lang): string {
  const words = wordsOf(lang);
  const rows = book.entries.map((entry) => [
    cell(entry.student.id),
    cell(entry.student.name),
    cell(entry.student.email),
    words.status[entry.grade.status],
    printed(entry.grade.points),
    printed(entry.grade.max),
    percent(entry.grade.points, entry.grade.max),
    cell(reasonsOf(entry, lang).join('; ')),
    cell(overridesOf(entry, lang).join('; ')),
    cell(entry.sameAs),
  ]);
  return csv([Object.values(words.columns), ...rows], { bom: true });
}
