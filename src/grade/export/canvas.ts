import type { Lang } from '../../lab/text.ts';
import type { Entry, Gradebook } from '../types.ts';
import { cell, csv } from './csv.ts';
import { printed } from './points.ts';

/** Columns that Canvas writes only for institutions that use them, in this order before `Section`. */
const optional = ['Integration ID', 'Root Account'] as const;

/** Canvas identifies a row by this text in its first cell, in any position. */
const possible = 'Points Possible';

/**
 * The file that the gradebook of Canvas imports. A student without a score has no row: for a blank cell Canvas would offer to
 * clear a score that the teacher entered there.
 */
export function renderCanvas(book: Gradebook, lang: Lang): string {
  const graded = book.entries.filter(({ grade }) => grade.points !== null);
  const more = optional.filter((name) => book.entries.some(({ student }) => student.columns?.[name] !== undefined));
  const header = ['Student', 'ID', 'SIS User ID', 'SIS Login ID', ...more, 'Section', cell(book.title[lang])];
  const points = [`    ${possible}`, ...Array<string>(header.length - 2).fill(''), printed(book.rubric.max)];
  return csv([header, points, ...graded.map((entry) => rowOf(entry, more))]);
}

function rowOf({ student, grade }: Entry, more: readonly string[]): string[] {
  const { id, name, columns = {} } = student;
  const shown = cell(columns['Student'] ?? name ?? id).replaceAll(new RegExp(possible, 'gi'), 'Points-Possible');
  return [
    shown,
    cell(columns['ID']),
    cell(columns['SIS User ID']),
    cell(columns['SIS Login ID'] ?? id),
    ...more.map((column) => cell(columns[column])),
    cell(columns['Section']),
    printed(grade.points),
  ];
}
