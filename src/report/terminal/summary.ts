import type { CheckResult } from '../../lab/event.ts';
import type { Text } from '../../lab/text.ts';
import { type Outcome, outcomes } from '../../lab/verdict.ts';
import { wordsOf } from '../messages.ts';
import { pad, padStart, truncate, widthOf, wrap } from './layout.ts';
import { colour, edge, mark, marked, type Page, paragraph } from './text-blocks.ts';

/** A lab's line in the summary. */
export interface LabTally {
  readonly title: Text;
  readonly plannedSteps: number;
  outcome?: Outcome;
  durationMs: number;
  passedSteps: number;
  readonly checks: CheckResult[];
  /** Failed or errored checks, and failed or errored steps without checks. */
  readonly news: { readonly text: Text; readonly outcome: Outcome }[];
}

export interface RunTally {
  readonly labs: readonly LabTally[];
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** False: the run was stopped before all labs were done. */
  readonly complete: boolean;
  /** Absent: nothing was torn down (`--keep`). */
  readonly teardown?: { readonly removed: number; readonly durationMs: number };
}

/** The summary fits on one screen. */
const screenful = 24;
/** Blank lines, heading, and the lines below the failures, if they wrap. */
const otherLines = 8;

/** A line for each lab (in brief, unless all passed), what did not pass, what was left behind, and the verdict as the last line. */
export function renderSummary(page: Page, run: RunTally): string[] {
  const words = wordsOf(page.lang);
  const news = run.labs.flatMap((lab) => badNews(page, lab));
  const mostNews = Math.max(3, screenful - otherLines - run.labs.length);
  const shown = news.length > mostNews ? mostNews - 1 : news.length;
  const { teardown } = run;
  const left = teardown ? words.nothingLeft(0, '') + words.afterSentence : '';
  const overview = [
    '',
    ...(page.brief ? [] : [page.paint.bold(words.summary)]),
    ...table(page, run.labs),
    ...(news.length === 0 ? [] : ['']),
    ...news.slice(0, shown),
    ...(shown < news.length ? paragraph(page, words.more(news.length - shown), 2, page.paint.dim) : []),
  ];
  return [
    // where everything passed, each step has shown it
    ...(page.brief && run.complete && run.outcome === 'passed' ? [] : overview),
    '',
    ...(page.brief ? paragraph(page, left + words.allWith('--verbose'), 0, page.paint.dim) : []),
    ...(teardown && !page.brief
      ? paragraph(page, words.nothingLeft(teardown.removed, words.time(teardown.durationMs)), 0, page.paint.dim)
      : []),
    ...renderVerdict(page, run),
  ];
}

/** The verdict, as the last line. If nothing was performed (`lab verify`), skipped checks could not be observed. */
export function renderVerdict(page: Page, run: RunTally, performed = true): string[] {
  const words = wordsOf(page.lang);
  const checks = run.labs.flatMap((lab) => lab.checks);
  const count = (outcome: Outcome) => checks.filter((check) => check.outcome === outcome).length;
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, count(outcome)])) as Record<Outcome, number>;
  const tally = { labs: run.labs.length, checks: counts, time: words.time(run.durationMs) };
  const unseen = !performed && run.outcome === 'passed' && tally.checks.skipped > 0;
  const decided = unseen ? words.asFarAsSeen : words.verdict[run.outcome];
  const verdict = run.complete ? decided(tally) : words.stopped;
  return paragraph(page, verdict, 0, (line) => page.paint.bold(colour(page, run.outcome)(line)));
}

/** A narrower title is useless. */
const narrowestTitle = 8;

/** A row for each lab: title, outcome, steps, checks, time; on a narrow screen without the steps, then without the checks. */
function table(page: Page, labs: readonly LabTally[]): string[] {
  const words = wordsOf(page.lang);
  const rows = labs.map((lab) => {
    const passed = lab.checks.filter((check) => check.outcome === 'passed').length;
    const outcome = lab.outcome ?? 'skipped';
    return {
      outcome,
      title: lab.title[page.lang],
      cells: [
        lab.outcome === undefined ? words.unfinished : outcome === 'passed' ? '' : words.outcome[outcome],
        `${words.steps} ${lab.passedSteps}/${lab.plannedSteps}`,
        lab.checks.length === 0 ? '' : `${words.checks} ${passed}/${lab.checks.length}`,
        outcome === 'skipped' ? '' : words.time(lab.durationMs),
      ],
    };
  });
  const widths = [0, 1, 2, 3].map((cell) => Math.max(0, ...rows.map(({ cells }) => widthOf(cells[cell] ?? ''))));
  const needed = () => 2 + widths.reduce((sum, width) => sum + (width > 0 ? width + 2 : 0), 0);
  for (const cell of [1, 2, 0, 3]) if (needed() + narrowestTitle > edge(page)) widths[cell] = 0;

  const title = Math.min(Math.max(0, ...rows.map((row) => widthOf(row.title))), Math.max(1, edge(page) - needed()));
  const set = (text: string, cell: number, last: number, outcome: Outcome): string => {
    const width = widths[cell] ?? 0;
    if (width === 0) return '';
    const style = cell === 0 ? colour(page, outcome) : page.paint.dim;
    return `  ${style(cell === 3 ? padStart(text, width) : cell === last ? text : pad(text, width))}`;
  };
  return rows.map(({ outcome, title: name, cells }) => {
    const last = cells.findLastIndex((text, cell) => text !== '' && widths[cell] !== 0);
    const kept = cells.slice(0, last + 1).map((text, cell) => set(text, cell, last, outcome));
    const shown = widthOf(name) > title && page.brief ? `${wrap(name, title - 1)[0]}…` : truncate(name, title);
    return `${mark(page, outcome)} ${pad(shown, title)}${kept.join('')}`;
  });
}

/** A line for each failure or error; what is skipped follows from them. */
function badNews(page: Page, lab: LabTally): string[] {
  const title = lab.title[page.lang] + wordsOf(page.lang).between;
  return lab.news.flatMap(({ text, outcome }) => {
    const line = title + text[page.lang];
    if (page.brief) return marked(page, mark(page, outcome), line, { indent: 0 });
    return [`${mark(page, outcome)} ${truncate(line, edge(page) - 2)}`];
  });
}
