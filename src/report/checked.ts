import type { CheckResult } from '../lab/event.ts';
import type { Spread, Verdict } from '../lab/verdict.ts';
import { bar, duration, pad, padStart, truncate, widthOf } from './layout.ts';
import { colour, edge, labelled, mark, marked, type Page, paragraph } from './page.ts';
import { wordsOf } from './words.ts';

/** Where a step's commands and checks stand, and where what belongs to a check stands. */
export const body = 4;
const detail = body + 2;

/** Below this, how long a check took is no news. */
const worthTellingMs = 1000;

/** A judged check: its claim, what was seen, and all that helps when it does not hold. */
export function renderCheck(page: Page, result: CheckResult): string[] {
  const right = result.durationMs >= worthTellingMs ? duration(result.durationMs) : '';
  const claim = result.claim[page.lang];
  const sign = mark(page, result.outcome);
  const found = inline(page, result.verdict);
  const room = edge(page) - detail - (right === '' ? 0 : widthOf(right) + 2);
  const joined = found === '' ? claim : `${claim}${wordsOf(page.lang).between}${found}`;
  if (widthOf(joined) <= room) {
    const styled = claim + page.paint.dim(joined.slice(claim.length));
    const gap = right === '' ? '' : ' '.repeat(room - widthOf(joined) + 2) + page.paint.dim(right);
    return [`${' '.repeat(body)}${sign} ${styled}${gap}`, ...under(page, result.verdict)];
  }
  return [
    ...marked(page, sign, claim, { indent: body, right }),
    ...(found === '' ? [] : paragraph(page, found, detail, page.paint.dim)),
    ...under(page, result.verdict),
  ];
}

/** What stands behind the claim itself. */
function inline(page: Page, verdict: Verdict): string {
  if (verdict.outcome === 'passed') return verdict.actual[page.lang];
  if (verdict.outcome === 'skipped') return wordsOf(page.lang).because(verdict.because[page.lang]);
  return '';
}

function under(page: Page, verdict: Verdict): string[] {
  const { lang } = page;
  const words = wordsOf(lang);
  switch (verdict.outcome) {
    case 'passed':
      return [
        ...(verdict.spread ? renderSpread(page, verdict.spread) : []),
        ...(verdict.note ? labelled(page, [[words.note, verdict.note[lang]]], detail) : []),
      ];
    case 'failed':
    case 'waiting':
      return [
        ...labelled(
          page,
          [
            [words.expected, verdict.expected[lang]],
            [words.saw, verdict.actual[lang]],
            [words.tryNext, verdict.help[lang]],
          ],
          detail,
        ),
        ...(verdict.spread ? renderSpread(page, verdict.spread) : []),
      ];
    case 'errored':
      return [
        ...paragraph(page, words.notYourFault, detail, colour(page, 'errored')),
        ...labelled(
          page,
          [
            [words.error, `${verdict.reason.code}: ${verdict.reason.text[lang]}`],
            [words.hint, verdict.reason.hint[lang]],
          ],
          detail,
        ),
      ];
    case 'skipped':
      return [];
  }
}

const longestBar = 30;

/** A bar a line, longest for who was met most; then how unlikely it is that a fair balancer did this. */
export function renderSpread(page: Page, spread: Spread): string[] {
  const { paint } = page;
  const most = Math.max(...spread.bars.map(({ count }) => count), 0);
  const counts = String(most).length;
  const labels = Math.min(Math.max(...spread.bars.map(({ label }) => widthOf(label)), 0), 30);
  const room = Math.max(4, Math.min(longestBar, edge(page) - detail - labels - counts - 4));
  return [
    ...spread.bars.map(({ label, count }) => {
      const row = `${pad(truncate(label, labels), labels)}  ${paint.cyan(bar(count, most, room))}`;
      return `${' '.repeat(detail)}${row}${count > 0 ? ' ' : ''}${padStart(String(count), count > 0 ? 0 : counts)}`;
    }),
    ...(spread.fairness === undefined ? [] : paragraph(page, wordsOf(page.lang).fairness(spread.fairness), detail, paint.dim)),
  ];
}
