import { oneLine } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import { type Html, html, isolated } from '../export/html/html.ts';
import { renderPage } from '../export/html/html-document.ts';
import { printed } from '../export/points.ts';
import type { Change } from '../scoring/diff-grades.ts';
import { lateCode } from '../term/final-entries.ts';
import type { CauseCode } from './causes.ts';
import type { ClassChanges, StudentChange } from './compare.ts';
import { changeWordsOf, pointsOf, totalsOf } from './words.ts';

/** `changes.html`: what changed since the grading before, and why, for the teacher. */
export const renderChangesPage = (changes: ClassChanges, first: Lang): string =>
  renderPage({
    title: `${changeWordsOf(first).title} · ${changes.after.title[first]}`,
    first,
    body: (lang) => pageIn(changes, lang),
  });

const pageIn = (changes: ClassChanges, lang: Lang): Html => {
  const words = changeWordsOf(lang);
  const { before, after, students, graded } = changes;
  return html`<header><p class="quiet">${after.title[lang]}</p><h1>${words.title}</h1></header>
<section class="card"><p>${words.changed(students.length, graded)}</p><p class="quiet small">${words.compared(when(before.startedAt), when(after.startedAt))}</p></section>
${causes(students, lang)}
${rubric(changes, lang)}
${students.map((one) => student(one, lang))}`;
};

const when = (time: string): string => time.replace('T', ' ').replace(/:\d\d(\.\d+)?Z$/, ' UTC');

/** How many students each cause concerns, the most frequent first. */
function causes(students: readonly StudentChange[], lang: Lang): Html | undefined {
  const words = changeWordsOf(lang);
  const many = new Map<CauseCode, number>();
  for (const { causes: own } of students)
    for (const code of new Set(own.map((one) => one.code))) many.set(code, (many.get(code) ?? 0) + 1);
  if (many.size === 0) return undefined;
  const rows = [...many].sort(([, one], [, other]) => other - one);
  return html`<section><h2>${words.causes}</h2><div class="card"><table><tbody>${rows.map(
    ([code, count]) => html`<tr><th scope="row">${words.code[code]}</th><td class="number">${count}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function rubric({ rubric: changed }: ClassChanges, lang: Lang): Html | undefined {
  const words = changeWordsOf(lang);
  if (changed.length === 0) return undefined;
  const points = (value: number | undefined) =>
    html`<td class="number">${value === undefined ? words.none : printed(value)}</td>`;
  return html`<section><h2>${words.rubric}</h2><div class="card long"><table>${head(lang)}<tbody>${changed.map(
    ({ of, id, before, after }) =>
      html`<tr><th scope="row"><code>${of === 'maximum' ? words.total : id}</code></th>${points(before)}${points(after)}</tr>`,
  )}</tbody></table></div></section>`;
}

const head = (lang: Lang): Html => {
  const words = changeWordsOf(lang);
  return html`<thead><tr><th scope="col">${words.item}</th><th scope="col" class="number">${words.before}</th><th scope="col" class="number">${words.after}</th></tr></thead>`;
};

function student(change: StudentChange, lang: Lang): Html {
  const words = changeWordsOf(lang);
  const { student: who, kind, parts, causes: own } = change;
  const [was, is] = totalsOf(change);
  const name = who.name === undefined ? undefined : oneLine(who.name, 60);
  return html`<section class="card"><div class="head"><h3>${isolated(oneLine(who.id, 60))}${name !== undefined && html` <span class="quiet">${isolated(name)}</span>`}</h3><span class="number">${was} → ${is}</span></div>
${kind !== 'changed' && html`<p class="quiet">${words[kind]}</p>`}<ul>${own.map(({ text }) => html`<li class="prose">${isolated(text[lang])}</li>`)}</ul>${
    parts.length > 0 && html`<table class="small">${head(lang)}<tbody>${parts.map((one) => part(one, lang))}</tbody></table>`
  }</section>`;
}

function part({ of, id, before, after }: Change, lang: Lang): Html {
  const words = changeWordsOf(lang);
  const cell = (one: Change['before']) =>
    html`<td class="number">${pointsOf(one)}${one && html` <span class="quiet">${words.state[one.state] ?? one.state}</span>`}</td>`;
  const named = of === 'total' ? words.total : of === 'deduction' && id === lateCode ? words.late : undefined;
  return html`<tr><th scope="row">${named ?? html`<code>${oneLine(id, 100)}</code>`}</th>${cell(before)}${cell(after)}</tr>`;
}
