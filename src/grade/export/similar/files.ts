import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import type { Gradebook } from '../../types.ts';
import { cell, csv } from '../csv.ts';
import { fileNames, similarPage } from '../file-names.ts';
import type { OutFile } from '../formats.ts';
import { similarWordsOf } from './messages.ts';
import { filesForPrograms } from './other-programs.ts';
import { renderSimilarPage } from './page.ts';
import type { SimilarClass } from './similar-class.ts';

/** The files about similar submissions, beside those of the gradebook that the class is from. */
export function similarFiles(book: Gradebook, similar: SimilarClass, lang: Lang): OutFile[] {
  return [
    { path: similarPage, parts: () => [renderSimilarPage(book, similar, lang)] },
    { path: 'similar.csv', parts: () => [renderSimilarCsv(similar, lang)] },
    ...filesForPrograms(similar, fileNames(book.entries.map(({ student }) => student.id))),
  ];
}

/** A row for each pair of files. */
function renderSimilarCsv({ pairs, compared }: SimilarClass, lang: Lang): string {
  const words = similarWordsOf(lang);
  const percent = (share: number) => String(Math.round(share * 100));
  const rows = pairs.flatMap(({ submissions, parts }) => {
    const students = submissions.map((at) =>
      cell((compared[at]?.entries ?? []).map(({ student }) => oneLine(student.id, 60)).join(' = ')),
    );
    return parts.map(({ kind, files, tokens, shares }) => [
      ...students,
      words.kinds[kind],
      ...files.map(cell),
      String(tokens),
      ...shares.map(percent),
    ]);
  });
  return csv([words.columns, ...rows], { bom: true });
}
