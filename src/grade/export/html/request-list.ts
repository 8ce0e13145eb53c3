import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import { openRequests, type StudentRequest, unmetRequests } from '../../requests/requests.ts';
import type { Entry, Gradebook, RegradeRequest } from '../../types.ts';
import { type Html, html, isolated } from './html.ts';
import { pageWordsOf } from './messages.ts';
import { type LinkTo, namedLink } from './student-table.ts';

/** A student's requests with the decision and the answer, for the student's page. */
export function requestsOf(entry: Entry, lang: Lang): Html | undefined {
  const { requests = [] } = entry;
  const words = pageWordsOf(lang);
  if (requests.length === 0) return undefined;
  return html`<section><h2>${words.requests}</h2>${requests.map((one) => card(entry, one, lang))}</section>`;
}

function card(entry: Entry, { check, reason, decision, answer }: RegradeRequest, lang: Lang): Html {
  const words = pageWordsOf(lang);
  const marks = { open: '!', accepted: '✓', rejected: '✗' };
  const state = decision ?? 'open';
  return html`<section class="card ${state === 'open' ? 'open' : ''}"><div class="head"><h3>${words.requestAbout(requestSubject(entry, check, lang))}</h3><span class="mark">${marks[state]} ${words.decision[state]}</span></div><p class="prose">${isolated(reason)}</p>${
    answer !== undefined && html`<p class="prose"><strong>${words.answer}:</strong> ${isolated(answer)}</p>`
  }</section>`;
}

/** The claim of a check that the student sees, else its ID. */
export function requestSubject({ grade }: Entry, id: string | undefined, lang: Lang): string {
  if (id === undefined) return pageWordsOf(lang).total;
  const check = grade.checks.find((one) => one.id === id && one.visible);
  return check?.claim[lang] ?? id;
}

/** The requests that wait for the teacher, for the class page. */
export function requestsIn(book: Gradebook, linkTo: LinkTo, lang: Lang): Html | undefined {
  const words = pageWordsOf(lang);
  const [open, unmet] = [openRequests(book), unmetRequests(book)];
  if (open.length === 0 && unmet.length === 0) return undefined;
  const list = (title: string, hint: string, all: readonly StudentRequest[]) =>
    all.length > 0 &&
    html`<section class="card long open"><h3>! ${title}</h3><p class="quiet small">${hint}</p><ul>${all.map(
      ({ entry, request }) =>
        html`<li>${namedLink(entry, linkTo, lang)} <code>${request.check ?? words.total}</code><br /><span class="quiet">${isolated(oneLine(request.reason, 300))}</span></li>`,
    )}</ul></section>`;
  return html`<section><h2>${words.requests}</h2>${list(words.openRequests(open.length), words.openRequestsHint, open)}${list(
    words.unmetRequests(unmet.length),
    words.unmetRequestsHint,
    unmet,
  )}</section>`;
}
