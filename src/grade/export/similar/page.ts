import { capped, oneLine, singleLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import type { SharedPart } from '../../similarity/match-documents.ts';
import type { Entry, Gradebook } from '../../types.ts';
import { type Html, html } from '../html/html.ts';
import { renderPage } from '../html/html-document.ts';
import { studentLinks } from '../html/pages.ts';
import { type LinkTo, namedLink } from '../html/student-table.ts';
import { similarWordsOf } from './messages.ts';
import type { SimilarClass } from './similar-class.ts';

/** Bounds for the page, whatever was handed in. */
const most = { lines: 200, allLines: 8000, width: 160, around: 2, students: 8 };

const percent = (share: number): number => Math.round(share * 100);

/** The page for the teacher about similar submissions, in both languages, `first` shown first. It needs no script. */
export function renderSimilarPage(book: Gradebook, similar: SimilarClass, first: Lang): string {
  const linkTo = studentLinks(book);
  const sides = sidesOf(similar);
  const title = `${similarWordsOf(first).heading} · ${book.title[first]}`;
  return renderPage({ title, first, body: (lang) => similarIn(book, similar, sides, linkTo, lang), more: style });
}

function similarIn(book: Gradebook, similar: SimilarClass, sides: Sides, linkTo: LinkTo, lang: Lang): Html {
  const words = similarWordsOf(lang);
  const { pairs, compared, more, unread } = similar;
  const people = pairs.map(({ submissions }) => submissions.map((at) => namesOf(compared[at]?.entries ?? [], linkTo, lang)));
  const counts = [words.compared(compared.length), ...(unread > 0 ? [words.unread(unread)] : [])].join(' ');
  return html`<header><p class="quiet">${book.title[lang]}</p><h1>${words.heading}</h1></header>
<section class="card open"><p class="mark">! ${words.notVerdict}</p><p>${words.innocent}</p><ul>${words.reasons.map((one) => html`<li>${one}</li>`)}</ul><p>${words.talk}</p></section>
<section class="card"><p>${counts}${pairs.length === 0 && ` ${words.none}`}</p><p class="quiet small">${words.how}</p></section>
${
  pairs.length > 0 &&
  html`<section class="card long"><table><caption>${words.caption}${more > 0 && ` ${words.more(more)}`}</caption><thead><tr><th scope="col">${words.pair}</th><th scope="col" class="who">${words.students}</th><th scope="col">${words.shared}</th></tr></thead><tbody>${pairs.map(
    ({ parts }, at) =>
      html`<tr><th scope="row"><a href="#pair-${at + 1}-${lang}">${at + 1}</a></th><td>${together(people[at] ?? [], lang)}</td><td>${parts.map((part) => html`<p>${inShort(part, lang)}</p>`)}</td></tr>\n`,
  )}</tbody></table></section>`
}
${pairs.map(
  ({ parts }, at) =>
    html`<section id="pair-${at + 1}-${lang}"><h2>${at + 1}. ${together(people[at] ?? [], lang)}</h2>${parts.map((part, index) => partCard(part, sides.get(`${at}/${index}`), people[at] ?? [], lang))}</section>\n`,
)}`;
}

const together = ([one, other]: readonly Html[], lang: Lang): Html => html`${one}${similarWordsOf(lang).and}${other}`;

/** Those who handed in the same content. */
const namesOf = (entries: readonly Entry[], linkTo: LinkTo, lang: Lang): Html =>
  html`${entries.slice(0, most.students).map((entry, at) => html`${at > 0 && ' = '}${namedLink(entry, linkTo, lang)}`)}${entries.length > most.students && ' = …'}`;

function inShort({ kind, files, shares }: SharedPart, lang: Lang): Html {
  const [one, other] = files.map((path, side) => html`<code>${oneLine(path, 80)}</code> ${percent(shares[side] ?? 0)}%`);
  const words = similarWordsOf(lang);
  return html`${words.kinds[kind]}${words.colon}${one} ↔ ${other}`;
}

function partCard(part: SharedPart, sides: readonly Side[] | undefined, people: readonly Html[], lang: Lang): Html {
  const words = similarWordsOf(lang);
  const columns = sides?.map(
    (side, at) =>
      html`<div><p class="small"><strong>${people[at]}</strong><br /><code>${oneLine(part.files[at] ?? '', 120)}</code>${words.colon}${words.share(percent(part.shares[at] ?? 0))}</p><pre>${side.map(lineOf)}</pre></div>`,
  );
  const shown = columns
    ? html`<details><summary>${words.sideBySide}</summary><p class="quiet small">${words.marks}</p><div class="sides">${columns}</div></details>`
    : html`<p class="quiet">${words.notShown}</p>`;
  return html`<section class="card long"><h3>${inShort(part, lang)}</h3><p class="quiet small">${words.tokens(part.tokens)}</p>${shown}</section>`;
}

function lineOf(line: Line): Html {
  if (line === 'gap') return html`<span class="no">⋯</span>\n`;
  const { number, region, text } = line;
  const written = text.trimStart();
  const shown = region === undefined || written === '' ? written : html`<mark>${written}</mark>`;
  return html`<span class="no">${number}</span><span class="no">${region !== undefined && `[${region}]`}</span>${text.slice(0, text.length - written.length)}${shown}\n`;
}

/** A line of a file, with the number of the part that is in both; or lines that are left out. */
type Line = { readonly number: number; readonly region?: number; readonly text: string } | 'gap';
type Side = readonly Line[];
/** Both sides of a part, by the position of its pair and its own. */
type Sides = ReadonlyMap<string, readonly Side[]>;

function sidesOf({ pairs, compared }: SimilarClass): Sides {
  const sides = new Map<string, readonly Side[]>();
  let left = most.allLines;
  for (const [at, { submissions, parts }] of pairs.entries()) {
    for (const [index, part] of parts.entries()) {
      const both = ([0, 1] as const).map((side) => {
        const files = compared[submissions[side]]?.sources.files ?? [];
        const text = files.find(({ path, kind }) => path === part.files[side] && kind === part.kind)?.text ?? '';
        return excerpt(text, regionsOf(part, side));
      });
      left -= both.reduce((sum, { length }) => sum + length, 0);
      if (left < 0) return sides;
      sides.set(`${at}/${index}`, both);
    }
  }
  return sides;
}

/** Line → number of the first part that is in it. */
function regionsOf({ regions }: SharedPart, side: 0 | 1): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const [at, region] of regions.entries()) for (const line of region[side]) if (!found.has(line)) found.set(line, at + 1);
  return found;
}

/** The marked lines of a text, with some around. */
function excerpt(text: string, regions: ReadonlyMap<number, number>): Line[] {
  const lines = text.split('\n');
  const near = new Set<number>();
  for (const line of regions.keys()) for (let at = line - most.around; at <= line + most.around; at += 1) near.add(at);
  const shown: Line[] = [];
  let before = 0;
  for (const [at, line] of lines.entries()) {
    const number = at + 1;
    if (!near.has(number)) continue;
    if (before !== at) shown.push('gap');
    before = number;
    if (shown.length >= most.lines) return [...shown, 'gap'];
    const region = regions.get(number);
    shown.push({
      number,
      ...(region === undefined ? {} : { region }),
      text: capped(singleLine(line.slice(0, 2 * most.width)), most.width),
    });
  }
  return shown;
}

/** A link to a pair leads into a language's half, which it must keep visible. */
const style = `
main { max-width: 76rem; }
.other:has(:target) { display: block; }
.other:has(:target) ~ .first { display: none; }
td p { margin: 0 0 .25rem; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
.sides > div { min-width: 0; }
.no { display: inline-block; min-width: 2.25em; padding-right: .5em; text-align: right; color: var(--quiet); }
mark { background: none; color: inherit; font-weight: 600; text-decoration: underline; text-decoration-color: var(--bar); text-underline-offset: .2em; }
@media (max-width: 48rem) { .sides { grid-template-columns: 1fr; } }
`;
