import { mapTexts, multiLine } from '../../formats/untrusted-text.ts';
import type { CheckResult, RunEvent } from '../../lab/event.ts';
import type { Text } from '../../lab/text.ts';
import { wordsOf } from '../messages.ts';
import { body, renderCheck } from './check-lines.ts';
import { abridge, widthOf, wrap } from './layout.ts';
import { createSkips } from './skip-summary.ts';
import { renderEnding } from './step-failure.ts';
import { renderSummary, renderVerdict } from './summary.ts';
import { fitTable } from './table-rows.ts';
import { createTallies } from './tally.ts';
import { colour, edge, marked, type Page, paragraph } from './text-blocks.ts';

/** What is running, for a live region: at most one command, or the checks not reported yet. */
export interface UnderWay {
  command?: { readonly line: string; readonly output: string[]; readonly lines: string[]; hidden: number };
  /** In order of reporting; a judged check waits for those before it. */
  checks: { readonly id: string; readonly claim: Text; result?: CheckResult }[];
  /** The heading of a step that may still be skipped. */
  header: readonly string[];
  cleaning: boolean;
}

/** The permanent lines of a run: the same on a terminal and in a file. */
export interface Script {
  /** The lines that an event adds. */
  render(event: RunEvent): string[];
  /** The lines for a run that ends here, whatever was running. */
  close(): string[];
  readonly underWay: UnderWay;
}

type EventOf<K extends RunEvent['kind']> = Extract<RunEvent, { kind: K }>;
/** Number of lines shown from the end of a failed command's output. */
const tail = 8;
/** Number of lines shown from the start of a command's output. */
const head = 6;
/** BuildKit's plain progress goes to stdout: `#7 [2/4] RUN …`. */
const buildProgress = /^#\d+ /;

/** Facts are for programs: they are not shown, and can have any size and shape. */
const withoutEvidence = (event: RunEvent): RunEvent =>
  event.kind === 'check-finished' ? { ...event, result: { ...event.result, evidence: null } } : event;

/** A command's output: a line that is slightly too long is wrapped, a row of a wide table is abridged in the middle. */
function renderOutput(page: Page, { lines, hidden }: { lines: readonly string[]; hidden: number }): string[] {
  const available = edge(page) - body - 2;
  const fit = (line: string) => (widthOf(line) > available * 1.5 ? [abridge(line, available)] : wrap(line, available));
  const more = hidden > 0 ? [wordsOf(page.lang).moreLines(hidden)] : [];
  return [...(fitTable(lines, available) ?? lines.flatMap(fit)), ...more].map(
    (line) => `${' '.repeat(body + 2)}${page.paint.dim(line)}`,
  );
}

export function createScript(page: Page): Script {
  const { lang, paint } = page;
  const words = wordsOf(lang);
  const tallies = createTallies();
  const skips = createSkips(page);
  const underWay: UnderWay = { checks: [], header: [], cleaning: false };
  let plan: EventOf<'run-started'>['plan'] = [];
  let performed = true;
  let currentLab = '';
  let failedOutput: readonly string[] = [];
  let state: 'before' | 'running' | 'over' = 'before';

  function heading(lab: string): string[] {
    currentLab = lab;
    const at = plan.findIndex((planned) => planned.lab === lab);
    const title = plan[at]?.title[lang] ?? lab;
    const number = at < 0 ? '·' : `${at + 1}/${plan.length}`;
    return ['', ...marked(page, paint.dim(number), title, { indent: 0, style: paint.bold })];
  }

  /** The lines held back until it is known whether the step is skipped. */
  function released(): string[] {
    const lines = [...skips.flush(), ...underWay.header];
    underWay.header = [];
    return lines;
  }
  const mayBeSkipped = (event: RunEvent): boolean =>
    event.kind === 'step-started' ||
    (event.kind === 'check-finished' && event.result.outcome === 'skipped' && underWay.checks.length === 0) ||
    (event.kind === 'step-finished' && event.outcome === 'skipped');

  /** A command without further output, and the judged checks. */
  function dropped(): string[] {
    const { command } = underWay;
    if (command) failedOutput = command.output;
    delete underWay.command;
    return [
      ...(command ? marked(page, paint.dim('$'), command.line, { indent: body, right: words.unfinished }) : []),
      ...judged(true),
    ];
  }

  /** The judged checks at the head of the queue; with `all`, also those after an unjudged one. */
  function judged(all: boolean): string[] {
    const lines: string[] = [];
    while (underWay.checks[0] && (all || underWay.checks[0].result)) {
      const result = underWay.checks.shift()?.result;
      if (result) lines.push(...renderCheck(page, result));
    }
    return lines;
  }

  const formatters: { [K in RunEvent['kind']]: (event: EventOf<K>) => string[] } = {
    'run-started': (event) => {
      plan = event.plan;
      performed = event.mode !== 'verify';
      state = 'running';
      const { kind, version, compose } = event.engine;
      const engine = words.engine(version, kind === 'private', compose);
      return [
        ...paragraph(page, event.title[lang], 0, paint.bold),
        ...paragraph(page, engine, 0, paint.dim),
        ...(kind === 'private' && performed ? paragraph(page, words.privateEngine(event.engine.host), 0, paint.dim) : []),
      ];
    },
    note: (event) =>
      event.step === undefined
        ? ['', ...marked(page, paint.dim('·'), event.text[lang], { indent: 0 })]
        : marked(page, paint.dim('·'), event.text[lang], { indent: body + 2, style: paint.dim }),
    'lab-started': () => [],
    'step-started': (event) => {
      failedOutput = [];
      underWay.header = [
        '',
        ...paragraph(page, event.title[lang], 2, paint.bold),
        ...(performed ? paragraph(page, event.teach[lang], 2) : []),
      ];
      return [];
    },
    'command-started': ({ line }) => {
      underWay.command = { line, output: [], lines: [], hidden: 0 };
      return [];
    },
    'command-output': ({ line, stream }) => {
      const { command } = underWay;
      if (!command) return [];
      command.output.push(line);
      if (command.output.length > tail) command.output.shift();
      if (stream === 'stderr' || buildProgress.test(line)) return [];
      if (command.lines.length < head) command.lines.push(line);
      else command.hidden += 1;
      return [];
    },
    'command-finished': ({ line, exitCode, durationMs }) => {
      const { command } = underWay;
      delete underWay.command;
      if (exitCode !== 0) failedOutput = command?.output ?? [];
      const time = words.time(durationMs);
      const right = exitCode === 0 ? time : `${words.exit(exitCode)}  ${time}`;
      const lines = exitCode === 0 && command ? renderOutput(page, command) : [];
      return [...marked(page, exitCode === 0 ? paint.dim('$') : paint.red('$'), line, { indent: body, right }), ...lines];
    },
    'verify-started': ({ checks }) => {
      underWay.checks = checks.map(({ id, claim }) => ({ id, claim }));
      return [];
    },
    'check-finished': ({ result }) => {
      if (underWay.header.length > 0) return [];
      const queued = underWay.checks.find(({ id }) => id === result.id);
      if (!queued) return renderCheck(page, result);
      queued.result = result;
      return judged(false);
    },
    'step-finished': (event) => {
      const { outcome, reason } = event;
      if (outcome === 'passed') return judged(true);
      if (outcome !== 'skipped') return [...dropped(), ...renderEnding(page, event, failedOutput, performed)];
      underWay.header = [];
      return skips.add(tallies.step(event.lab, event.step)[lang], reason?.message[lang] ?? '');
    },
    'lab-finished': () => [],
    'teardown-started': () => {
      underWay.cleaning = true;
      return dropped();
    },
    'teardown-finished': () => {
      underWay.cleaning = false;
      return [];
    },
    'run-finished': (event) => {
      state = 'over';
      return performed ? renderSummary(page, tallies.total(event)) : ['', ...renderVerdict(page, tallies.total(event), false)];
    },
  };

  return {
    underWay,
    render(received) {
      // here and not in each renderer: lines are coloured below, and widths are measured
      const event = mapTexts(withoutEvidence(received), multiLine);
      tallies.count(event);
      const lines = mayBeSkipped(event) ? [] : released();
      if ('lab' in event && event.lab !== currentLab) lines.push(...released(), ...heading(event.lab));
      return [...lines, ...(formatters[event.kind] as (event: RunEvent) => string[])(event)];
    },
    close() {
      if (state !== 'running') return [];
      state = 'over';
      const stopped = paragraph(page, words.stopped, 0, (line) => paint.bold(colour(page, 'errored')(line)));
      return [...released(), ...dropped(), '', ...stopped];
    },
  };
}
