import type { CheckResult } from '../../lab/event.ts';
import type { Verdict } from '../../lab/verdict.ts';
import { wordsOf } from '../messages.ts';
import { widthOf } from './layout.ts';
import { renderSpread } from './spread.ts';
import { colour, edge, labelled, mark, marked, type Page, paragraph } from './text-blocks.ts';

/** Where a step's commands and checks stand, and where what belongs to a check stands. */
export const body = 4;
const detail = body + 2;

/** Below this, how long a check was waited for is no news. */
const shownFromMs = 1000;

/** A judged check: its claim, what was seen, and all that helps when it does not hold. */
export function renderCheck(page: Page, result: CheckResult): string[] {
  const { outcome, verdict } = result;
  const right = result.looks > 1 && result.durationMs >= shownFromMs ? wordsOf(page.lang).time(result.durationMs) : '';
  const claim = result.claim[page.lang];
  const sign = mark(page, outcome);
  const style = outcome === 'failed' || outcome === 'errored' ? page.paint.bold : (text: string) => text;
  const [beside, below] = found(page, verdict);
  const room = edge(page) - detail - (right === '' ? 0 : widthOf(right) + 2);
  const gap = room - widthOf(claim + beside);
  if (gap < 0) {
    const lines = marked(page, sign, claim, { indent: body, style, right });
    return [...lines, ...(below === '' ? [] : paragraph(page, below, detail, page.paint.dim)), ...under(page, verdict)];
  }
  const line = `${' '.repeat(body)}${sign} ${style(claim)}${page.paint.dim(beside)}`;
  return [right === '' ? line : `${line}${' '.repeat(gap + 2)}${page.paint.dim(right)}`, ...under(page, verdict)];
}

/** What was seen, as it stands beside the claim, and as it stands below it where there is no room. */
function found(page: Page, verdict: Verdict): readonly [beside: string, below: string] {
  const words = wordsOf(page.lang);
  if (verdict.outcome === 'passed') return [words.between + verdict.actual[page.lang], verdict.actual[page.lang]];
  if (verdict.outcome === 'skipped') {
    const why = verdict.because[page.lang];
    return [words.skipped('', why), words.because(why)];
  }
  return ['', ''];
}

function under(page: Page, verdict: Verdict): string[] {
  const { lang } = page;
  const words = wordsOf(lang);
  switch (verdict.outcome) {
    case 'passed':
      return [
        ...(verdict.spread ? renderSpread(page, verdict.spread, detail) : []),
        ...(verdict.note ? labelled(page, [[words.note, verdict.note[lang]]], detail) : []),
      ];
    case 'failed':
      return [
        ...labelled(
          page,
          [
            [words.expected, verdict.expected[lang]],
            [words.saw, verdict.actual[lang]],
            ...(verdict.said ? [[words.log, verdict.said.lines.join('\n'), page.paint.dim] as const] : []),
            [words.tryNext, verdict.help[lang]],
          ],
          detail,
        ),
        ...(verdict.spread ? renderSpread(page, verdict.spread, detail) : []),
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
