import type { CheckResult } from '../../lab/event.ts';
import { didNotPass } from '../../lab/verdict.ts';
import { wordsOf } from '../messages.ts';
import { body, renderCheck } from './check-lines.ts';
import { mark, marked, type Page, paragraph } from './text-blocks.ts';

/**
 * The checks of a step in few lines: what failed, the cause of most other results first; what could not be judged; evidence that is worth seeing; and the
 * number of the others, which passed. `time`: how long the step took.
 */
export function renderStepChecks(page: Page, results: readonly CheckResult[], time = ''): string[] {
  const dependants = dependantsOf(results);
  const isBad = ({ outcome }: CheckResult) => outcome === 'failed' || outcome === 'errored';
  const count = (result: CheckResult) => dependants.get(result)?.length ?? 0;
  const bad = results.filter(isBad).sort((a, b) => count(b) - count(a));
  const folded = new Set([...dependants.values()].flat());
  const passed = results.filter(({ outcome }) => outcome === 'passed');
  const shown = passed.filter(isWorthSeeing);
  return [
    ...bad.flatMap((result) => [...renderCheck(page, result), ...renderDependants(page, count(result))]),
    ...results.filter((result) => result.outcome === 'skipped' && !folded.has(result)).flatMap((one) => renderCheck(page, one)),
    ...shown.flatMap((result) => renderCheck(page, result)),
    ...renderOthers(
      page,
      passed.filter((result) => !shown.includes(result)),
      results.length,
      time,
    ),
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
  verdict.outcome === 'passed' && (verdict.shown === true || verdict.spread !== undefined || verdict.note !== undefined);

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
