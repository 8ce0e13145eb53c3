import type { CheckResult } from '../../lab/event.ts';
import { didNotPass } from '../../lab/verdict.ts';
import { wordsOf } from '../messages.ts';
import { body, renderCheck } from './check-lines.ts';
import { atRight, widthOf } from './layout.ts';
import { renderSpread } from './spread.ts';
import { edge, mark, marked, type Page, paragraph } from './text-blocks.ts';

/** What stands before and beside the checks of a step. */
interface Beside {
  /** How long the step took. */
  readonly time?: string | undefined;
  /** The last line of the output above them: the number of checks that passed is put at its end if it is all there is to show, and fits. */
  readonly output?: string | undefined;
}

/**
 * The checks of a step in few lines: what failed, the cause of most other results first; what could not be judged; evidence that is worth seeing; and the
 * number of the others, which passed.
 */
export function renderStepChecks(page: Page, results: readonly CheckResult[], { time = '', output }: Beside = {}): string[] {
  const dependants = dependantsOf(results);
  const isBad = ({ outcome }: CheckResult) => outcome === 'failed' || outcome === 'errored';
  const count = (result: CheckResult) => dependants.get(result)?.length ?? 0;
  const bad = results.filter(isBad).sort((a, b) => count(b) - count(a));
  const folded = new Set([...dependants.values()].flat());
  const passed = results.filter(({ outcome }) => outcome === 'passed');
  const shown = passed.filter(isWorthSeeing);
  const others = passed.filter((result) => !shown.includes(result));
  if (others.length === results.length && results.length > 1 && output !== undefined) {
    const count = `${mark(page, 'passed')} ${wordsOf(page.lang).checksPassed(others.length, false)}  ${page.paint.dim(time)}`;
    const both = atRight(output, count, edge(page));
    if (both !== output) return [both];
  }
  return [
    ...(output === undefined ? [] : [output]),
    ...bad.flatMap((result) => [...renderCheck(page, result), ...renderDependants(page, count(result))]),
    ...results.filter((result) => result.outcome === 'skipped' && !folded.has(result)).flatMap((one) => renderCheck(page, one)),
    ...renderPassed(page, shown, others, results.length, time),
  ];
}

/**
 * Checks that passed: the evidence of those that are worth seeing, and the number of the others with the step's time beside the last of them, or on a line of
 * its own if there is no space.
 */
function renderPassed(
  page: Page,
  shown: readonly CheckResult[],
  others: readonly CheckResult[],
  all: number,
  time: string,
): string[] {
  const count = others.length === 0 ? '' : `${wordsOf(page.lang).andOthers(others.length)}  `;
  const right = count + time;
  const fits = (result: CheckResult) => widthOf(result.claim[page.lang]) + widthOf(right) + 2 <= edge(page) - body - 2;
  const last = all > 1 ? shown.findLast(fits) : undefined;
  return [
    ...shown.flatMap((result) => renderEvidence(page, result, result === last ? right : '')),
    ...(last ? [] : renderOthers(page, others, all, time)),
  ];
}

/** A claim that is true, and what shows it: its bars, its remark, or what was seen; the last beside the claim if it fits. */
function renderEvidence(page: Page, { claim, verdict }: CheckResult, right: string): string[] {
  if (verdict.outcome !== 'passed') return [];
  const words = wordsOf(page.lang);
  const { spread, note } = verdict;
  const seen = verdict.actual[page.lang];
  const head = (text: string) =>
    marked(page, mark(page, 'passed'), text, right === '' ? { indent: body } : { indent: body, right });
  const both = head(claim[page.lang] + words.between + seen);
  const isBeside = both.length === 1;
  return [
    ...(isBeside ? both : head(claim[page.lang])),
    ...(isBeside || spread || note ? [] : paragraph(page, seen, body + 2, page.paint.dim)),
    ...(spread ? renderSpread(page, spread, body + 2) : []),
    ...(note ? paragraph(page, note[page.lang], body + 2, page.paint.dim) : []),
  ];
}

/** The skipped checks that name each failed one as their reason. */
function dependantsOf(results: readonly CheckResult[]): ReadonlyMap<CheckResult, readonly CheckResult[]> {
  const skippedFor = (claim: string) =>
    results.filter(({ verdict }) => verdict.outcome === 'skipped' && verdict.because.en === claim);
  return new Map(
    results
      .filter(({ outcome }) => outcome === 'failed' || outcome === 'errored')
      .map((result) => [result, skippedFor(didNotPass(result.claim).en)]),
  );
}

const isWorthSeeing = ({ verdict }: CheckResult): boolean =>
  verdict.outcome === 'passed' && (verdict.shown ?? (verdict.spread !== undefined || verdict.note !== undefined));

const renderDependants = (page: Page, count: number): string[] =>
  count === 0 ? [] : paragraph(page, wordsOf(page.lang).depend(count), body + 2, page.paint.dim);

/** One line for checks that passed: the claim of a step's only one, or their number. */
function renderOthers(page: Page, others: readonly CheckResult[], all: number, right: string): string[] {
  const [first] = others;
  if (!first) return [];
  const words = wordsOf(page.lang);
  const sign = mark(page, 'passed');
  if (all > 1 || first.verdict.outcome !== 'passed')
    return marked(page, sign, words.checksPassed(others.length, others.length < all), { indent: body, right });
  const claim = first.claim[page.lang];
  const seen = first.verdict.actual[page.lang];
  const both = marked(page, sign, claim + words.between + seen, { indent: body, right });
  if (both.length === 1) return both;
  return [...marked(page, sign, claim, { indent: body, right }), ...paragraph(page, seen, body + 2, page.paint.dim)];
}
