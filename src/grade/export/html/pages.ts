import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import type { Entry, Gradebook } from '../../types.ts';
import { inOrder } from '../class-stats.ts';
import { fileNames, studentPage } from '../file-names.ts';
import { classIn, type PagesBeside } from './class-page.ts';
import { html, isolated } from './html.ts';
import { renderPage } from './html-document.ts';
import { pageWordsOf } from './messages.ts';
import { studentIn } from './student-page.ts';
import type { LinkTo } from './student-table.ts';
import { tableScript } from './table-script.ts';

/** Longer names are cut, so that a table row stays short. */
const longestName = 60;
const nameOf = ({ student }: Entry, most = longestName): string => oneLine(student.name ?? '', most) || oneLine(student.id, most);

/**
 * The page for one student: a self-contained HTML file in both languages, `first` shown first. It contains nothing about the
 * class (time, engine, other students).
 */
export const renderStudentPage = (book: Gradebook, entry: Entry, first: Lang = 'en'): string =>
  renderPage({
    title: `${nameOf(entry)} · ${book.title[first]}`,
    first,
    body: (lang) => studentIn(book, entry, lang),
  });

/** Links from a page at the top to the students' pages, in the language being read. */
export function studentLinks({ entries }: Gradebook): LinkTo {
  const fileOf = fileNames(entries.map(({ student }) => student.id));
  return (entry, lang) => {
    const path = studentPage(fileOf(entry.student.id)).split('/').map(encodeURIComponent).join('/');
    return html`<a href="${path}#${lang}">${isolated(nameOf(entry))}</a>`;
  };
}

/** The page for the teacher. Its links lead to the students' pages in the language being read. */
export function renderClassPage(book: Gradebook, first: Lang = 'en', beside: PagesBeside = {}): string {
  const ordered = inOrder(book);
  const linkTo = studentLinks(book);
  return renderPage({
    title: `${pageWordsOf(first).className} · ${book.title[first]}`,
    first,
    body: (lang) => classIn(ordered, linkTo, lang, beside),
    ...(book.entries.length > 0 ? { script: tableScript } : {}),
  });
}
