import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import { topDeductions } from '../../scoring/top-deductions.ts';
import type { Entry, Gradebook } from '../../types.ts';
import { wordsOf } from '../messages.ts';
import { printed, round } from '../points.ts';
import { type Html, html, isolated } from './html.ts';
import { pageWordsOf } from './messages.ts';

/** A student's name, linked to the student's page in that language. */
export type LinkTo = (entry: Entry, lang: Lang) => Html;

const tones = { graded: 'passed', refused: 'failed', review: 'errored', missing: 'skipped' } as const;
const marks = { graded: '✓', refused: '✗', review: '!', missing: '–' } as const;

/** All students, in the book's order. */
export function studentTable(book: Gradebook, linkTo: LinkTo, lang: Lang): Html | undefined {
  const words = pageWordsOf(lang);
  if (book.entries.length === 0) return undefined;
  return html`<section><h2>${words.students}</h2><div class="card long"><table><caption>${words.studentsCaption}</caption><thead><tr><th scope="col" class="who">${words.student}</th><th scope="col">${wordsOf(lang).columns.status}</th><th scope="col" class="aside">${words.costMost}</th><th scope="col" class="number">${wordsOf(lang).columns.points}</th></tr></thead><tbody>
${book.entries.map((entry) => row(entry, linkTo, lang))}</tbody></table></div></section>`;
}

function row(entry: Entry, linkTo: LinkTo, lang: Lang): Html {
  const { grade, student } = entry;
  const words = pageWordsOf(lang);
  const more = [
    ...(entry.overrides.length > 0 ? [words.overridden] : []),
    ...(entry.sameAs === undefined ? [] : [words.sameAs(oneLine(entry.sameAs, 60))]),
  ];
  const points = grade.points === null ? '–' : printed(grade.points);
  return html`<tr class="${tones[grade.status]}"><th scope="row">${linkTo(entry, lang)}${
    student.name !== undefined && html`<br /><span class="quiet small">${isolated(oneLine(student.id, 60))}</span>`
  }</th><td><span class="mark">${marks[grade.status]} ${wordsOf(lang).status[grade.status]}</span>${more.map(
    (one) => html`<br /><span class="quiet small">${isolated(one)}</span>`,
  )}</td><td class="aside small">${costs(entry, lang)}</td><td class="number">${points}</td></tr>\n`;
}

/** The most expensive failure, and how many more there are. */
function costs({ grade }: Entry, lang: Lang): Html | undefined {
  const chart = grade.points === null ? undefined : topDeductions(grade);
  if (!chart) return undefined;
  const words = pageWordsOf(lang);
  const cost = chart.cost === undefined ? '' : `${words.lost(printed(round(chart.cost)))} `;
  return html`${cost}${isolated(oneLine(chart.text[lang], 200))}${chart.others > 0 && html`<br /><span class="quiet">${words.andMore(chart.others)}</span>`}`;
}
