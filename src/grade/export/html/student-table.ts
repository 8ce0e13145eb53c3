import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import { type TopDeductions, topDeductions } from '../../scoring/top-deductions.ts';
import type { Entry, Gradebook, GradedGoal } from '../../types.ts';
import { reasonsOf } from '../check-text.ts';
import { goalsIn } from '../goal-groups.ts';
import { wordsOf } from '../messages.ts';
import { isOpen } from '../open-groups.ts';
import { printed, round } from '../points.ts';
import { isUntimed } from '../term/deadline-text.ts';
import { termWordsOf } from '../term/messages.ts';
import { type Html, html, isolated } from './html.ts';
import { pageWordsOf } from './messages.ts';

/** A student's name, linked to the student's page in that language. */
export type LinkTo = (entry: Entry, lang: Lang) => Html;

const tones = { graded: 'passed', refused: 'failed', review: 'errored', missing: 'skipped' } as const;
const marks = { graded: '✓', refused: '✗', review: '!', missing: '–' } as const;

/** All students, in the book's order. A script (`table-script.ts`) adds sorting by `data-key` and a filter. */
export function studentTable(book: Gradebook, linkTo: LinkTo, lang: Lang): Html | undefined {
  const words = pageWordsOf(lang);
  if (book.entries.length === 0) return undefined;
  const { columns } = wordsOf(lang);
  const goals = goalsIn(book);
  return html`<section><h2>${words.students}</h2><div class="card long"><table data-filter="${words.filter}" data-shown="${words.shown}"><caption>${words.studentsCaption}</caption><thead><tr><th scope="col" class="who">${words.student}</th><th scope="col">${columns.status}</th><th scope="col" class="aside">${columns.reason}</th>${goals.map(({ title }) => html`<th scope="col" class="number goal">${title[lang]}</th>`)}<th scope="col" class="number">${columns.points}</th></tr></thead><tbody>
${book.entries.map((entry) => row(entry, goals, linkTo, lang))}</tbody></table></div></section>`;
}

/** Those that wait for the teacher first. */
const ranks = { review: 0, refused: 1, missing: 2, graded: 3 } as const;

/** A link to a student's page, with the ID beside the name. */
export const namedLink = (entry: Entry, linkTo: LinkTo, lang: Lang): Html =>
  html`${linkTo(entry, lang)}${entry.student.name !== undefined && html` <span class="quiet small">${isolated(oneLine(entry.student.id, 60))}</span>`}`;

/** The points of a goal; none without a score. */
function goalCell({ grade }: Entry, id: string): Html {
  const points = grade.points === null ? undefined : grade.goals?.find((one) => one.id === id)?.points;
  return html`<td class="number goal" data-key="${points === undefined ? -1 : printed(points)}">${points === undefined ? '–' : printed(points)}</td>`;
}

function row(entry: Entry, goals: readonly GradedGoal[], linkTo: LinkTo, lang: Lang): Html {
  const { grade, student } = entry;
  const words = pageWordsOf(lang);
  const more = [
    ...(entry.overrides.length > 0 ? [words.overridden] : []),
    ...lateness(entry, lang),
    ...(entry.sameAs === undefined ? [] : [words.sameAs(oneLine(entry.sameAs, 60))]),
  ];
  const points = grade.points === null ? '–' : printed(grade.points);
  const top = grade.points === null ? undefined : topDeductions(grade);
  const open = isOpen(entry) ? reasonsOf(entry, lang)[0] : undefined;
  return html`<tr class="${tones[grade.status]}"><th scope="row" data-key="${oneLine(student.id, 60)}">${namedLink(entry, linkTo, lang)}</th><td data-key="${ranks[grade.status]}"><span class="mark">${marks[grade.status]} ${wordsOf(lang).status[grade.status]}</span>${more.map(
    (one) => html`<br /><span class="quiet small">${isolated(one)}</span>`,
  )}</td><td class="aside small" data-key="${top?.cost ?? -1}">${top ? costs(top, lang) : open !== undefined && isolated(oneLine(open, 200))}</td>${goals.map(({ id }) => goalCell(entry, id))}<td class="number" data-key="${grade.points === null ? -1 : printed(grade.points)}">${points}</td></tr>\n`;
}

/** How many days it is late, and what that cost; that the time is not known. */
function lateness(entry: Entry, lang: Lang): string[] {
  const words = termWordsOf(lang);
  if (isUntimed(entry)) return [words.noTime];
  const { lateDays, deduction } = entry.deadline ?? { lateDays: 0, deduction: 0 };
  if (lateDays === 0) return [];
  return [`${words.lateDays(lateDays)}${deduction > 0 ? ` (−${printed(deduction)})` : ''}`];
}

/** The most expensive failure, and how many more there are. */
function costs({ cost, text, others }: TopDeductions, lang: Lang): Html {
  const words = pageWordsOf(lang);
  return html`${cost !== undefined && `${words.lost(printed(round(cost)))} `}${isolated(oneLine(text[lang], 200))}${others > 0 && html`<br /><span class="quiet">${words.andMore(others)}</span>`}`;
}
