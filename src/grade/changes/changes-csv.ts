import type { Lang } from '../../lab/text.ts';
import { cell, csv } from '../export/csv.ts';
import type { ClassChanges, StudentChange } from './compare.ts';
import { changeWordsOf, pointsOf, totalsOf } from './words.ts';

/** `changes.csv`: a row for each changed check, deduction and total, with the causes. */
export function renderChangesCsv({ students }: ClassChanges, lang: Lang): string {
  const words = changeWordsOf(lang);
  const header = [words.student, words.name, words.item, words.before, words.after, words.was, words.is, words.why];
  return csv([header, ...students.flatMap((one) => rowsOf(one, lang))], { bom: true });
}

function rowsOf(change: StudentChange, lang: Lang): string[][] {
  const words = changeWordsOf(lang);
  const { student, kind, parts, causes, before, after } = change;
  const why = cell(causes.map(({ text }) => text[lang]).join('; '));
  const head = [cell(student.id), cell(student.name)];
  const state = (one: string | undefined) => (one === undefined ? '' : (words.state[one] ?? one));
  if (kind === 'changed')
    return parts.map((part) => [
      ...head,
      cell(part.of === 'total' ? words.total : part.id),
      ...[pointsOf(part.before), pointsOf(part.after), state(part.before?.state), state(part.after?.state)],
      why,
    ]);
  const said = cell([words[kind], ...causes.map(({ text }) => text[lang])].join('; '));
  return [[...head, words.total, ...totalsOf(change), state(before?.grade.status), state(after?.grade.status), said]];
}
