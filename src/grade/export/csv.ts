import { stringify } from 'csv-stringify/sync';
import { multiLine, oneLine } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import type { Gradebook } from '../types.ts';
import { overridesOf, reasonsOf } from './check-text.ts';
import { wordsOf } from './messages.ts';
import { percent, printed } from './points.ts';

const longest = 4000;
const number = /^(?:-|[-+]?\d+(?:\.\d+)?)$/;
/** What a spreadsheet may run, behind what it skips; full-width forms are folded first. */
const runs = /^[\s"'`]*[=+\-−@]/;

/** A text as a cell: one line, and with an apostrophe before it where a spreadsheet would run it. A number stays one, and a dash for none. */
export function cell(value: string | undefined): string {
  const shown = oneLine(value ?? '', longest);
  const folded = shown.slice(0, 100).normalize('NFKC');
  return !number.test(shown) && runs.test(folded) ? `'${shown}` : shown;
}

/** Rows of cells; `bom` is for Excel, which takes a file without it for one in the system's old encoding. */
export const csv = (rows: readonly (readonly string[])[], { bom = false } = {}): string =>
  stringify(
    rows.map((row) => row.map(multiLine)),
    { bom, record_delimiter: '\r\n' },
  );

/** Every student, for the teacher, as spreadsheets open it. */
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
