import type { CheckResult } from '../lab/event.ts';
import type { Text } from '../lab/text.ts';
import { type Outcome, outcomes } from '../lab/verdict.ts';
import { pad, padStart, truncate, widthOf } from './layout.ts';
import { colour, edge, mark, type Page, paragraph } from './page.ts';
import { wordsOf } from './words.ts';

/** One lab as the summary tells it. */
export interface LabTally {
  readonly title: Text;
  readonly plannedSteps: number;
  outcome?: Outcome;
  durationMs: number;
  passedSteps: number;
  readonly checks: CheckResult[];
  /** Checks, and steps that came to nothing before any check of theirs, that failed or errored. */
  readonly news: { readonly text: Text; readonly outcome: Outcome }[];
}

export interface RunTally {
  readonly labs: readonly LabTally[];
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** Absent: nothing was torn down (`--keep`). */
  readonly teardown?: { readonly removed: number; readonly durationMs: number };
}

/** The summary is one screen. */
const screenful = 24;
/** Blank lines, heading, and what stands below the news, should it wrap. */
const otherLines = 8;

/** Each lab in a line, what did not pass, what was left behind, and as the last line the verdict. */
export function renderSummary(page: Page, run: RunTally): string[] {
  const words = wordsOf(page.lang);
  const checks = run.labs.flatMap((lab) => lab.checks);
  const count = (outcome: Outcome) => checks.filter((check) => check.outcome === outcome).length;
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, count(outcome)])) as Record<Outcome, number>;
  const verdict = words.verdict[run.outcome]({ labs: run.labs.length, checks: counts, time: words.time(run.durationMs) });
  const news = run.labs.flatMap((lab) => badNews(page, lab));
  const mostNews = Math.max(3, screenful - otherLines - run.labs.length);
  const shown = news.length > mostNews ? mostNews - 1 : news.length;
  const { teardown } = run;
  return [
    '',
    page.paint.bold(words.summary),
    ...table(page, run.labs),
    ...(news.length === 0 ? [] : ['']),
    ...news.slice(0, shown),
    ...(shown < news.length ? paragraph(page, words.more(news.length - shown), 2, page.paint.dim) : []),
    '',
    ...(teardown ? paragraph(page, words.nothingLeft(teardown.removed, words.time(teardown.durationMs)), 0, page.paint.dim) : []),
    ...paragraph(page, verdict, 0, (line) => page.paint.bold(colour(page, run.outcome)(line))),
  ];
}

function table(page: Page, labs: readonly LabTally[]): string[] {
  const words = wordsOf(page.lang);
  const rows = labs.map((lab) => {
    const passed = lab.checks.filter((check) => check.outcome === 'passed').length;
    const outcome = lab.outcome ?? 'skipped';
    return [
      lab.title[page.lang],
      outcome === 'passed' ? '' : words.outcome[outcome],
      `${words.steps} ${lab.passedSteps}/${lab.plannedSteps}`,
      lab.checks.length === 0 ? '' : `${words.checks} ${passed}/${lab.checks.length}`,
      outcome === 'skipped' ? '' : words.time(lab.durationMs),
    ] as const;
  });
  const width = (column: number) => Math.max(0, ...rows.map((row) => widthOf(row[column] ?? '')));
  const others = [1, 2, 3, 4].reduce((sum, column) => sum + (width(column) > 0 ? width(column) + 2 : 0), 2);
  const title = Math.max(8, Math.min(width(0), edge(page) - others));
  return rows.map(([name, told, steps, checks, time], at) => {
    const outcome = labs[at]?.outcome ?? 'skipped';
    const columns = [
      pad(truncate(name, title), title),
      ...(width(1) > 0 ? [colour(page, outcome)(pad(told, width(1)))] : []),
      page.paint.dim(pad(steps, width(2))),
      page.paint.dim(pad(checks, width(3))),
      page.paint.dim(padStart(time, width(4))),
    ];
    return `${mark(page, outcome)} ${columns.join('  ')}`.trimEnd();
  });
}

function badNews(page: Page, lab: LabTally): string[] {
  const title = lab.title[page.lang] + wordsOf(page.lang).between;
  return lab.news.map(({ text, outcome }) => `${mark(page, outcome)} ${truncate(title + text[page.lang], edge(page) - 2)}`);
}
