import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import type { Entry, Gradebook } from '../../types.ts';
import { identical, topChecks } from '../class-stats.ts';
import { changesPage, similarPage } from '../file-names.ts';
import { wordsOf } from '../messages.ts';
import { type OpenGroup, openGroups } from '../open-groups.ts';
import { printed, round } from '../points.ts';
import { remarkLine } from '../remark-line.ts';
import { binned, distributionChart } from './charts.ts';
import { untimed } from './deadline-section.ts';
import { type Html, html, isolated } from './html.ts';
import { pageWordsOf } from './messages.ts';
import { requestsIn } from './request-list.ts';
import { type LinkTo, namedLink, studentTable } from './student-table.ts';

/** Pages for the teacher beside that of the class, to which it links. */
export interface PagesBeside {
  readonly hasChanges?: boolean;
  readonly hasSimilar?: boolean;
}

/** The page of the class in one language, for the teacher. */
export const classIn = (book: Gradebook, linkTo: LinkTo, lang: Lang, { hasChanges, hasSimilar }: PagesBeside): Html =>
  html`<header><p class="quiet">${book.title[lang]}</p><h1>${heading(lang)}</h1></header>
${summary(book, lang)}
${hasChanges && html`<p><a href="${changesPage}#${lang}">${pageWordsOf(lang).changes}</a></p>`}${
  hasSimilar && html`<p><a href="${similarPage}#${lang}">${pageWordsOf(lang).similar}</a></p>`
}
${waiting(book, linkTo, lang)}
${untimed(book, linkTo, lang)}
${requestsIn(book, linkTo, lang)}
${distribution(book, lang)}
${costly(book, lang)}
${same(book, linkTo, lang)}
${studentTable(book, linkTo, lang)}
${leftOut(book, lang)}`;

const heading = (lang: Lang): string => pageWordsOf(lang).className;
const scoresOf = ({ entries }: Gradebook): number[] =>
  entries.flatMap(({ grade }) => (grade.points === null ? [] : [grade.points])).sort((one, other) => one - other);

function summary(book: Gradebook, lang: Lang): Html {
  const [words, common] = [pageWordsOf(lang), wordsOf(lang)];
  const many = (status: Entry['grade']['status']) => book.entries.filter(({ grade }) => grade.status === status).length;
  const [refused, review] = [many('refused'), many('review')];
  const counts = [
    common.graded(many('graded'), book.entries.length - many('missing')),
    ...(refused > 0 ? [common.refused(refused)] : []),
    ...(review > 0 ? [common.review(review)] : []),
    ...(many('missing') > 0 ? [common.missing(many('missing'))] : []),
  ];
  const scores = scoresOf(book);
  const tenth = (value: number) => String(Math.round(value * 10) / 10);
  const mean = scores.reduce((sum, points) => sum + points, 0) / scores.length;
  const [low = 0, high = 0] = [scores[(scores.length - 1) >> 1], scores[scores.length >> 1]];
  const average =
    scores.length === 0 ? words.noScores : words.average(tenth(mean), tenth((low + high) / 2), printed(book.rubric.max));
  const weaker =
    book.weaker.length > 0 &&
    html`<section class="card open"><p class="mark">! ${common.weaker}</p><ul>${book.weaker.map((one) => html`<li>${one[lang]}</li>`)}</ul></section>`;
  const when = book.startedAt.replace('T', ' ').replace(/:\d\d(\.\d+)?Z$/, ' UTC');
  return html`<section class="card"><p>${book.entries.length === 0 ? words.noSubmissions : counts.join(' · ')}</p>${
    book.entries.length > 0 && html`<p>${average}</p>`
  }<dl class="small"><dt>${words.engine}</dt><dd>${isolated(book.engine)}</dd><dt>${words.gradedAt}</dt><dd><time datetime="${book.startedAt}">${when}</time>, ${words.took(book.durationMs)}</dd></dl>
<p class="quiet small">${[words.gradedWith(book.version, book.tutorial), book.rubric.path, words.rubric(book.rubric.hash.slice(0, 12))].join(' · ')}</p></section>${weaker}`;
}

/** The submission's own page shows further reasons. */
const mostReasons = 5;

/** One item for each decision: the submissions that are open for the same reasons. */
function waiting(book: Gradebook, linkTo: LinkTo, lang: Lang): Html | undefined {
  const words = pageWordsOf(lang);
  const groups = openGroups(book, lang);
  const list = (status: OpenGroup['status']) => {
    const own = groups.filter((group) => group.status === status);
    const many = own.reduce((sum, { entries }) => sum + entries.length, 0);
    const title = status === 'refused' ? words.refusedTitle : words.reviewTitle;
    return (
      many > 0 &&
      html`<section class="card long ${status === 'refused' ? 'bad' : 'open'}"><h3>${status === 'refused' ? '✗' : '!'} ${title(many)}</h3><ul>${own.map(
        (group) => html`<li>${decision(group, linkTo, lang)}</li>`,
      )}</ul></section>`
    );
  };
  const [review, refused] = [list('review'), list('refused')];
  if (!review && !refused) return undefined;
  return html`<section><h2>${wordsOf(lang).waiting}</h2><p class="quiet">${words.settle}</p>${review}${refused}</section>`;
}

function decision({ reasons, entries }: OpenGroup, linkTo: LinkTo, lang: Lang): Html {
  const words = pageWordsOf(lang);
  const more = reasons.length - mostReasons;
  const students = entries.map((entry, at) => html`${at > 0 && words.between}${namedLink(entry, linkTo, lang)}`);
  return html`${entries.length > 1 && html`<strong>${words.submissions(entries.length)}</strong><br />`}${reasons
    .slice(0, mostReasons)
    .map((one) => html`<span class="quiet">${isolated(oneLine(one, 300))}</span><br />`)}${
    more > 0 && html`<span class="quiet">${words.andMore(more)}</span><br />`
  }${students}`;
}

function distribution(book: Gradebook, lang: Lang): Html | undefined {
  const words = pageWordsOf(lang);
  const scores = scoresOf(book);
  const { max } = book.rubric;
  if (scores.length === 0 || max <= 0) return undefined;
  const many = binned(scores, max);
  const chart = { id: `distribution-${lang}`, title: words.distribution, desc: words.distributionDesc(many, max) };
  return html`<section><h2>${words.distribution}</h2><div class="card"><p class="quiet small">${words.distributionCaption(scores.length, book.entries.length - scores.length)}</p>${distributionChart(many, max, chart)}</div></section>`;
}

function costly(book: Gradebook, lang: Lang): Html | undefined {
  const words = pageWordsOf(lang);
  const rows = topChecks(book).slice(0, 10);
  if (rows.length === 0) return undefined;
  return html`<section><h2>${words.costly}</h2><div class="card long"><table><caption>${words.costlyCaption}</caption><thead><tr><th scope="col">${words.check}</th><th scope="col" class="number">${words.lostBy}</th><th scope="col" class="number">${words.lostInAll}</th></tr></thead><tbody>${rows.map(
    ({ check, students, lost }) =>
      html`<tr><th scope="row">${check.claim[lang]}<br /><code class="quiet">${check.id}</code>${!check.visible && html` <span class="quiet small">(${words.teacherOnly})</span>`}</th><td class="number">${students}</td><td class="number">${printed(round(lost))}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** grades.json lists further entries. */
const mostLeftOut = 200;

function leftOut({ leftOut: all = [] }: Gradebook, lang: Lang): Html | undefined {
  const words = pageWordsOf(lang);
  if (all.length === 0) return undefined;
  const more = all.length - mostLeftOut;
  return html`<section><h2>${words.leftOut}</h2><div class="card long"><p class="quiet">${words.leftOutHint}</p><ul>${all.slice(0, mostLeftOut).map((one) => html`<li>${remarkLine(one, lang)}</li>`)}</ul>${
    more > 0 && html`<p class="quiet">${words.andMore(more)}</p>`
  }</div></section>`;
}

function same(book: Gradebook, linkTo: LinkTo, lang: Lang): Html | undefined {
  const words = pageWordsOf(lang);
  const groups = identical(book);
  if (groups.length === 0) return undefined;
  return html`<section><h2>${words.identical}</h2><div class="card long"><p class="quiet">${words.identicalHint}</p><ul>${groups.map(
    (entries) => html`<li>${entries.map((entry, at) => html`${at > 0 && ' = '}${namedLink(entry, linkTo, lang)}`)}</li>`,
  )}</ul></div></section>`;
}
