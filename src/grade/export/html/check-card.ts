import { capped, oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import type { LogExcerpt, Outcome, Spread } from '../../../lab/verdict.ts';
import { faultOf, lostBy } from '../../scoring/causes.ts';
import type { Grade, GradedCheck, SourcePlace } from '../../types.ts';
import { placed } from '../check-text.ts';
import { wordsOf } from '../messages.ts';
import { printed } from '../points.ts';
import { barsOf, spreadChart } from './charts.ts';
import { Html, html, isolated } from './html.ts';
import { pageWordsOf } from './messages.ts';

const marks = { passed: '✓', failed: '✗', skipped: '–', errored: '!' } satisfies Record<Outcome, string>;
/** Limits for the shown part of a log. */
const most = { lines: 40, ofLine: 400 };

/**
 * A check for the student: outcome, claim, points; then the reasons. Of a goal: the fault in place of the claim, and what it cost. `isDependent`: it is
 * shown with what it depends on, so that is not repeated.
 */
export function checkCard(check: GradedCheck, grade: Grade, lang: Lang, { isDependent = false } = {}): Html {
  const words = wordsOf(lang);
  const { outcome } = check;
  // what depends on another check needs no hint of its own; without goals, its points are those of a check that passed
  const isExplained = !isDependent || check.goal === undefined;
  const title = check.goal === undefined || outcome !== 'failed' ? check.claim[lang] : faultOf(check)[lang];
  const fact = (name: string, value: string | Html | undefined) =>
    value !== undefined && html`<dt>${name}</dt><dd class="prose">${value instanceof Html ? value : isolated(value)}</dd>`;
  const facts = [
    fact(words.check, unlessIn(title, check.claim[lang])),
    fact(words.expected, unlessIn(title, check.expected?.[lang])),
    fact(words.saw, unlessIn(title, check.actual?.[lang])),
    isExplained && fact(words.lookIn, check.places && files(check.places)),
    isExplained && fact(words.tryNext, check.help?.[lang]),
    isExplained &&
      fact(words.because, check.excusedBy === undefined ? check.because?.[lang] : excuse(check.excusedBy, grade, lang)),
    fact(words.claimed, check.claimed?.[lang]),
    fact(words.because, check.capped === undefined ? undefined : words.capped(printed(check.capped))),
    isExplained && fact(words.because, check.repaired && words.repaired),
  ].filter((one) => one !== false);
  return html`<section class="${outcome}"><div class="head"><span class="mark">${marks[outcome]} ${words.outcome[outcome]}</span><h3>${title}</h3>${grade.points !== null && html`<span class="number">${pointsOf(check, lang)}</span>`}</div>${facts.length > 0 && html`<dl>${facts}</dl>`}${isExplained && check.said && log(check.said, lang)}${check.spread && spread(grade.checks.indexOf(check), check.spread, lang)}</section>`;
}

const files = (places: readonly SourcePlace[]): Html =>
  html`${places.map((place, at) => html`${at > 0 && ', '}<code>${isolated(placed(place))}</code>`)}`;

/** Of a goal only what the check cost: the points of its checks do not add up to those of the goal. */
function pointsOf(check: GradedCheck, lang: Lang): string {
  const words = pageWordsOf(lang);
  if (check.goal === undefined) return words.points(printed(check.points), printed(check.max));
  return lostBy(check) > 0 ? words.lost(printed(lostBy(check))) : '';
}

/** A text that the title does not show already. */
const unlessIn = (title: string, value: string | undefined): string | undefined =>
  value === undefined || title.includes(value) ? undefined : value;

/** The reason for an excused check names its base, which may be visible to the teacher only, or a deduction. */
function excuse(by: string, grade: Grade, lang: Lang): Html {
  const base = grade.checks.find(({ id }) => id === by);
  const words = pageWordsOf(lang);
  const taken = grade.deductions.find(({ remark }) => !base && remark.code === by.split('/')[0]);
  if (taken) return html`${words.follows(taken.remark.text[lang])}`;
  return html`${base?.visible ? words.follows(base.claim[lang]) : words.followsUnseen}`;
}

export function log({ service, lines }: LogExcerpt, lang: Lang): Html {
  const shown = lines.slice(-most.lines).map((line) => html`${capped(line, most.ofLine)}\n`);
  return html`<p class="label">${isolated(pageWordsOf(lang).log(oneLine(service, 100)))}</p><pre dir="ltr">${shown}</pre>`;
}

function spread(place: number, shown: Spread, lang: Lang): Html {
  const words = pageWordsOf(lang);
  const chart = { id: `spread-${place}-${lang}`, title: words.spread, desc: words.spreadDesc(barsOf(shown)) };
  return html`<p class="label">${words.spread}</p>${spreadChart(shown, chart)}${
    shown.fairness !== undefined && html`<p class="quiet small">${words.fairness(shown.fairness)}</p>`
  }`;
}
