import type { CheckResult } from '../lab/event.ts';
import type { Text } from '../lab/text.ts';
import { type Outcome, outcomes } from '../lab/verdict.ts';
import { duration, pad, padStart, truncate, widthOf } from './layout.ts';
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
  /** Steps that came to nothing before any check of theirs. */
  readonly broken: { readonly step: Text; readonly outcome: Outcome }[];
}

export interface RunTally {
  readonly labs: readonly LabTally[];
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** Absent: nothing was torn down (`--keep`). */
  readonly teardown?: { readonly removed: number; readonly durationMs: number };
}

/** More lines of bad news than this are told above only: the summary is one screen of 24 lines. */
const mostNews = 8;

/** Each lab in a line, what did not pass, what was left behind, and as the last line the verdict. */
export function renderSummary(page: Page, run: RunTally): string[] {
  const words = wordsOf(page.lang);
  const checks = run.labs.flatMap((lab) => lab.checks);
  const count = (outcome: Outcome) => checks.filter((check) => check.outcome === outcome).length;
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, count(outcome)])) as Record<Outcome, number>;
  const verdict = words.verdict[run.outcome]({ labs: run.labs.length, checks: counts, time: duration(run.durationMs) });
  const news = run.labs.flatMap((lab) => badNews(page, lab));
  const shown = news.length > mostNews ? mostNews - 1 : news.length;
  const { teardown } = run;
  return [
    '',
    ...table(page, run.labs),
    ...(news.length === 0 ? [] : ['']),
    ...news.slice(0, shown),
    ...(shown < news.length ? paragraph(page, words.more(news.length - shown), 2, page.paint.dim) : []),
    '',
    ...(teardown ? paragraph(page, words.nothingLeft(teardown.removed, duration(teardown.durationMs)), 0, page.paint.dim) : []),
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
      outcome === 'skipped' ? '' : duration(lab.durationMs),
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

/** A line for everything that failed or errored; what is skipped follows from it. */
function badNews(page: Page, lab: LabTally): string[] {
  const line = (outcome: Outcome, text: string) =>
    `${mark(page, outcome)} ${truncate(`${lab.title[page.lang]}${wordsOf(page.lang).between}${text}`, edge(page) - 2)}`;
  const bad = (outcome: Outcome) => outcome === 'failed' || outcome === 'errored';
  return [
    ...lab.broken.filter(({ outcome }) => bad(outcome)).map(({ step, outcome }) => line(outcome, step[page.lang])),
    ...lab.checks.filter(({ outcome }) => bad(outcome)).map(({ claim, outcome }) => line(outcome, claim[page.lang])),
  ];
}
