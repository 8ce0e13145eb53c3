import type { CheckResult } from '../../lab/event.ts';
import type { Verdict } from '../../lab/verdict.ts';
import { wordsOf } from '../messages.ts';
import { widthOf } from './layout.ts';
import { renderSpread } from './spread.ts';
import { colour, edge, labelled, mark, marked, type Page, paragraph } from './text-blocks.ts';

/** Indentation of a step's commands and checks, and of the details of a check. */
export const body = 4;
const detail = body + 2;

/** A shorter duration of a check is not shown. */
const shownFromMs = 1000;

/** A judged check: its claim, what was seen, and what helps if it is false. */
export function renderCheck(page: Page, result: CheckResult): string[] {
  const { outcome, verdict } = result;
  const right = result.looks > 1 && result.durationMs >= shownFromMs ? wordsOf(page.lang).time(result.durationMs) : '';
  const claim = result.claim[page.lang];
  const sign = mark(page, outcome);
  const style = outcome === 'failed' || outcome === 'errored' ? page.paint.bold : (text: string) => text;
  const [beside, below] = found(page, verdict);
  const available = edge(page) - detail - (right === '' ? 0 : widthOf(right) + 2);
  const gap = available - widthOf(claim + beside);
  if (gap < 0) {
    // without a time, its space is free
    const time = page.brief && right === '' ? {} : { right };
    const lines = marked(page, sign, claim, { indent: body, style, ...time });
    return [...lines, ...(below === '' ? [] : paragraph(page, below, detail, page.paint.dim)), ...under(page, verdict)];
  }
  const line = `${' '.repeat(body)}${sign} ${style(claim)}${page.paint.dim(beside)}`;
  return [right === '' ? line : `${line}${' '.repeat(gap + 2)}${page.paint.dim(right)}`, ...under(page, verdict)];
}

/** What was seen: the text beside the claim, and the text below it if there is not enough space. */
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
