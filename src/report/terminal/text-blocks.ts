import type { Lang } from '../../lab/text.ts';
import type { Outcome } from '../../lab/verdict.ts';
import { atRight, pad, widthOf, wrap } from './layout.ts';
import type { Screen } from './screen.ts';

/** Settings for the layout of lines. */
export interface Page {
  readonly columns: number;
  readonly paint: Screen['paint'];
  readonly lang: Lang;
  /** Only what a learner needs: output is digested, and checks that passed are counted. Omitted: everything. */
  readonly brief?: boolean;
}
type Style = (text: string) => string;
const plain: Style = (text) => text;

/** A wider text is hard to read; times are aligned to this column on a wider terminal. */
const widest = 100;
export const edge = (page: Page): number => Math.min(page.columns, widest);

/** A text on its own lines, indented by `indent`, each line coloured separately. */
export function paragraph(page: Page, text: string, indent: number, style: Style = plain): string[] {
  return wrap(text, edge(page) - indent).map((line) => ' '.repeat(indent) + style(line));
}

/** Space reserved for a time, so that lines do not wrap differently as it grows. */
const timeColumns = 8;

/** A text after a mark, its further lines aligned with the first; `right`, a time, is at the edge of the first line. */
export function marked(
  page: Page,
  mark: string,
  text: string,
  more: { indent: number; style?: Style; right?: string },
): string[] {
  const { indent, style = plain, right } = more;
  const hang = indent + widthOf(mark) + 1;
  const available = edge(page) - hang - (right === undefined ? 0 : Math.max(timeColumns, widthOf(right)) + 2);
  return wrap(text, available).map((line, at) => {
    const set = ' '.repeat(at === 0 ? indent : hang) + (at === 0 ? `${mark} ` : '') + style(line);
    return at === 0 && right ? atRight(set, page.paint.dim(right), edge(page)) : set;
  });
}

/** Rows of a dim label and a text, the texts aligned. */
export function labelled(
  page: Page,
  rows: readonly (readonly [label: string, text: string, style?: Style])[],
  indent: number,
): string[] {
  const column = Math.max(...rows.map(([label]) => widthOf(label)));
  return rows.flatMap(([label, text, style = plain]) =>
    marked(page, `${page.paint.dim(pad(label, column))} `, text, { indent, style }),
  );
}

const marks = { passed: '✓', failed: '✗', skipped: '–', errored: '!' } satisfies Record<Outcome, string>;
const styles = { passed: 'green', failed: 'red', skipped: 'dim', errored: 'magenta' } as const;

/** An outcome's colour, readable on dark and light backgrounds. */
export const colour = (page: Page, outcome: Outcome): Style => page.paint[styles[outcome]];
export const mark = (page: Page, outcome: Outcome): string => colour(page, outcome)(marks[outcome]);
