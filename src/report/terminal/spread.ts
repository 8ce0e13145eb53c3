import type { Spread } from '../../lab/verdict.ts';
import { wordsOf } from '../messages.ts';
import { bar, pad, truncate, widthOf } from './layout.ts';
import { edge, type Page, paragraph } from './text-blocks.ts';

const longestBar = 30;
const longestLabel = 30;
/** In brief, how likely a spread is with a fair balancer is only shown below this. */
const unusual = 0.2;

/** One bar per line, longest for the most frequent replica; then how likely this is with a fair balancer. */
export function renderSpread(page: Page, { bars, fairness }: Spread, indent: number): string[] {
  const most = Math.max(0, ...bars.map(({ count }) => count));
  const label = Math.min(longestLabel, Math.max(0, ...bars.map((one) => widthOf(one.label))));
  const columns = Math.max(4, Math.min(longestBar, edge(page) - indent - label - 2 - 1 - String(most).length));
  const rows = bars.map((one) => {
    const drawn = one.count > 0 ? `${page.paint.cyan(bar(one.count, most, columns))} ` : '';
    return `${' '.repeat(indent)}${pad(truncate(one.label, label), label)}  ${drawn}${one.count}`;
  });
  if (fairness === undefined || (page.brief && fairness >= unusual)) return rows;
  return [...rows, ...paragraph(page, wordsOf(page.lang).fairness(fairness), indent, page.paint.dim)];
}
