import type { Lang } from '../../../lab/text.ts';
import type { Entry, Gradebook } from '../../types.ts';
import { attemptLines, deadlineFacts, isUntimed } from '../term/deadline-text.ts';
import { termWordsOf } from '../term/messages.ts';
import { type Html, html, isolated } from './html.ts';
import { type LinkTo, namedLink } from './student-table.ts';

/** A student's deadline: when it was due and submitted, what that cost, and the submissions of a student who has several. */
export function deadlineSection(entry: Entry, lang: Lang): Html | undefined {
  const words = termWordsOf(lang);
  const [facts, attempts] = [deadlineFacts(entry, lang), attemptLines(entry, lang)];
  if (facts.length + attempts.length === 0) return undefined;
  return html`<section><h2>${facts.length > 0 ? words.deadline : words.attempts}</h2><div class="card">${
    facts.length > 0 &&
    html`<dl class="small">${facts.map(({ name, value }) => html`<dt>${name}</dt><dd>${isolated(value)}</dd>`)}</dl>`
  }${facts.length > 0 && attempts.length > 0 && html`<h3>${words.attempts}</h3>`}${
    attempts.length > 0 && html`<ul class="small">${attempts.map((line) => html`<li>${isolated(line)}</li>`)}</ul>`
  }</div></section>`;
}

/** The submissions whose time is not known, for the teacher. */
export function untimed({ entries }: Gradebook, linkTo: LinkTo, lang: Lang): Html | undefined {
  const words = termWordsOf(lang);
  const all = entries.filter(isUntimed);
  if (all.length === 0) return undefined;
  return html`<section><h2>${words.unknownTitle(all.length)}</h2><div class="card long open"><p class="quiet">${words.unknownHint}</p><ul>${all.map(
    (entry) => html`<li>${namedLink(entry, linkTo, lang)}${entry.deadline?.markedLate && html` — ${words.markedLate}`}</li>`,
  )}</ul></div></section>`;
}
