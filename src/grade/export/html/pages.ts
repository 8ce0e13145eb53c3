import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import type { Entry, Gradebook } from '../../types.ts';
import { inOrder } from '../class-stats.ts';
import { fileNames, studentPage } from '../file-names.ts';
import { classIn } from './class-page.ts';
import { html, isolated } from './html.ts';
import { renderPage } from './html-document.ts';
import { pageWordsOf } from './messages.ts';
import { studentIn } from './student-page.ts';
import type { LinkTo } from './student-table.ts';

/** Names are cut here, so that no row of a table fills a page. */
const longestName = 60;
const nameOf = ({ student }: Entry, most = longestName): string => oneLine(student.name ?? '', most) || oneLine(student.id, most);

/**
 * The page for one student: one HTML file that needs no other, in both languages, `first` shown first. What the whole class is
 * about (when, on which engine, who else) is not in it.
 */
export const renderStudentPage = (book: Gradebook, entry: Entry, first: Lang = 'en'): string =>
  renderPage({
    title: `${nameOf(entry)} · ${book.title[first]}`,
    first,
    body: (lang) => studentIn(book, entry, lang),
  });

/** The page for the teacher. Its links lead to the students' pages beside it, in the language that it is read in. */
export function renderClassPage(book: Gradebook, first: Lang = 'en'): string {
  const fileOf = fileNames(book.entries.map(({ student }) => student.id));
  const ordered = inOrder(book);
  const linkTo: LinkTo = (entry, lang) => {
    const path = studentPage(fileOf(entry.student.id)).split('/').map(encodeURIComponent).join('/');
    return html`<a href="${path}#${lang}">${isolated(nameOf(entry))}</a>`;
  };
  return renderPage({
    title: `${pageWordsOf(first).className} · ${book.title[first]}`,
    first,
    body: (lang) => classIn(ordered, linkTo, lang),
  });
}
