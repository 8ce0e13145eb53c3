import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Spread } from '../../../lab/verdict.ts';
import { type Html, html } from './html.ts';

/** Text alternative of a chart. `id` is unique in the page. */
interface ChartText {
  readonly id: string;
  readonly title: string;
  readonly desc: string;
}

const chartText = ({ id, title, desc }: ChartText): Html =>
  html`<title id="${id}-title">${title}</title><desc id="${id}-desc">${desc}</desc>`;
const at = (value: number): string => String(Math.round(value * 10) / 10);
const count = (value: number): number => (Number.isFinite(value) && value > 0 ? value : 0);

/** Maximum number of replicas in a chart. */
const mostBars = 40;
const row = 22;
const bars = { from: 112, to: 284, width: 360 };

/** A bar for each replica: number and share of its responses. */
export function spreadChart({ bars: all }: Spread, words: ChartText): Html {
  const shown = all.slice(0, mostBars);
  const most = Math.max(1, ...shown.map((bar) => count(bar.count)));
  const sum = Math.max(
    1,
    all.reduce((total, bar) => total + count(bar.count), 0),
  );
  const height = shown.length * row + 4;
  return html`<svg class="spread" viewBox="0 0 ${bars.width} ${height}" role="img" aria-labelledby="${words.id}-title ${words.id}-desc">
${chartText(words)}${shown.map((bar, place) => {
  const [y, many] = [place * row + 2, count(bar.count)];
  const end = bars.from + (many / most) * (bars.to - bars.from);
  return html`<svg x="0" y="${y}" width="${bars.from - 8}" height="${row}"><text class="mono" x="0" y="14">${oneLine(bar.label, 16)}</text></svg>
<rect class="bar" x="${bars.from}" y="${y + 2}" width="${at(end - bars.from)}" height="${row - 6}" rx="2" />
<line class="axis" x1="${bars.from}" x2="${bars.from}" y1="${y - 1}" y2="${y + row - 3}" />
<text x="${at(end + 6)}" y="${y + 14}">${at(many)}<tspan class="tick"> · ${Math.round((many / sum) * 100)}%</tspan></text>`;
})}</svg>${all.length > shown.length && html`<p class="quiet small">+ ${all.length - shown.length}</p>`}`;
}

/** Label and count of each bar, for a description, in the chart's order. */
export const barsOf = ({ bars: all }: Spread): readonly (readonly [string, number])[] =>
  all.slice(0, mostBars).map((bar) => [oneLine(bar.label, 40), count(bar.count)]);

const bins = 10;

/** The number of scores in each tenth of the maximum; full points are in the last. */
export function binned(scores: readonly number[], max: number): number[] {
  const many = Array<number>(bins).fill(0);
  for (const score of scores) {
    // tolerance for floating-point noise below an edge
    const bin = Math.floor((score / max) * bins + 1e-9);
    const into = Math.min(bins - 1, Math.max(0, bin));
    many[into] = (many[into] ?? 0) + 1;
  }
  return many;
}

const plot = { left: 12, right: 386, top: 18, bottom: 138, width: 400, height: 160 };

/** A column for each tenth of the points, with its number of students. */
export function distributionChart(many: readonly number[], max: number, words: ChartText): Html {
  const most = Math.max(1, ...many);
  const wide = (plot.right - plot.left) / many.length;
  const edge = (place: number) => plot.left + place * wide;
  return html`<svg class="distribution" viewBox="0 0 ${plot.width} ${plot.height}" role="img" aria-labelledby="${words.id}-title ${words.id}-desc">
${chartText(words)}${many.map((students, place) => {
  const tall = (students / most) * (plot.bottom - plot.top);
  const top = plot.bottom - tall;
  return (
    students > 0 &&
    html`<rect class="bar" x="${at(edge(place) + 2)}" y="${at(top)}" width="${at(wide - 4)}" height="${at(tall)}" rx="2" />
<text x="${at(edge(place) + wide / 2)}" y="${at(top - 5)}" text-anchor="middle">${students}</text>`
  );
})}
<line class="axis" x1="${plot.left}" x2="${plot.right}" y1="${plot.bottom}" y2="${plot.bottom}" />
${[...many, 0].map(
  (_, place) =>
    html`<text class="tick" x="${at(edge(place))}" y="${plot.bottom + 16}" text-anchor="middle">${at((place / many.length) * max)}</text>`,
)}</svg>`;
}

/** The share of the maximum as a bar; a text beside it shows the numbers. */
export function share(points: number, max: number): Html {
  const part = max > 0 ? Math.min(1, Math.max(0, points / max)) : 0;
  return html`<svg class="share" viewBox="0 0 384 8" preserveAspectRatio="none" aria-hidden="true"><rect class="back" width="384" height="8" rx="4" /><rect class="bar" width="${at(part * 384)}" height="8" rx="4" /></svg>`;
}
