import { mapTexts, multiLine } from '../../formats/untrusted-text.ts';
import type { CheckResult, RunEvent } from '../../lab/event.ts';
import type { Text } from '../../lab/text.ts';
import { wordsOf } from '../messages.ts';
import { body, renderCheck } from './check-lines.ts';
import { keepOutput, type RunningCommand, renderFinished, renderUnfinished, startedCommand } from './command-lines.ts';
import { widthOf } from './layout.ts';
import { createSkips } from './skip-summary.ts';
import { renderStepChecks } from './step-checks.ts';
import { renderEnding } from './step-failure.ts';
import { renderSummary, renderVerdict } from './summary.ts';
import { createTallies } from './tally.ts';
import { colour, edge, marked, type Page, paragraph } from './text-blocks.ts';

/** What is running, for a live region: at most one command, or the checks not reported yet. */
export interface UnderWay {
  command?: RunningCommand;
  /** In order of reporting; a judged check waits for those before it. */
  checks: { readonly id: string; readonly claim: Text; result?: CheckResult }[];
  /** The heading of a step that may still be skipped. */
  header: readonly string[];
  /** The last line of a command's output, beside which the number of passed checks may be put. */
  output?: string;
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
/** Facts are for programs: they are not shown, and can have any size and shape. */
const withoutEvidence = (event: RunEvent): RunEvent =>
  event.kind === 'check-finished' ? { ...event, result: { ...event.result, evidence: null } } : event;

/** The events between the end of a step's last command and the results of its checks. */
const isOfChecks = ({ kind }: RunEvent): boolean =>
  kind === 'verify-started' || kind === 'check-finished' || kind === 'step-finished';

/** A step's title; in brief, also what `lab run` calls it. */
function renderTitle(page: Page, { lab, step, title }: EventOf<'step-started'>): string[] {
  const [first = '', ...further] = paragraph(page, title[page.lang], 2, page.paint.bold);
  if (!page.brief) return [first, ...further];
  // the line of dashes separates the steps
  const name = `${lab}/${step}`;
  const dashes = edge(page) - widthOf(first) - widthOf(name) - 2;
  return [dashes < 1 ? first : `${first} ${page.paint.dim(`${'-'.repeat(dashes)} ${name}`)}`, ...further];
}

export function createScript(page: Page): Script {
  const { lang, paint, brief = false } = page;
  const words = wordsOf(lang);
  const tallies = createTallies();
  const skips = createSkips(page);
  const underWay: UnderWay = { checks: [], header: [], cleaning: false };
  let plan: EventOf<'run-started'>['plan'] = [];
  let performed = true;
  let currentLab = '';
  let failedOutput: readonly string[] = [];
  let state: 'before' | 'running' | 'over' = 'before';

  /** The first paragraph of an explanation is enough to follow; the others are details. */
  const explanation = (teach: string): string => (brief ? (teach.split('\n')[0] ?? '') : teach);

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
    return [...(command ? renderUnfinished(page, command.line) : []), ...judged()];
  }

  /** The line of output that was held back, which is taken. */
  function heldOutput(): string[] {
    const { output } = underWay;
    delete underWay.output;
    return output === undefined ? [] : [output];
  }

  /** The line of output before them, and the judged checks, also those after an unjudged one. `time`: how long the step took. */
  function judged(time?: string): string[] {
    const results = underWay.checks.splice(0).flatMap(({ result }) => result ?? []);
    const [output] = heldOutput();
    return brief ? renderStepChecks(page, results, { time, output }) : results.flatMap((result) => renderCheck(page, result));
  }
  /** The judged checks at the head of the queue. */
  function judgedInOrder(): string[] {
    const lines: string[] = [];
    while (underWay.checks[0]?.result) lines.push(...renderCheck(page, underWay.checks.shift()?.result as CheckResult));
    return lines;
  }

  const formatters: { [K in RunEvent['kind']]: (event: EventOf<K>) => string[] } = {
    'run-started': (event) => {
      plan = event.plan;
      performed = event.mode !== 'verify';
      state = 'running';
      const { kind, version, compose } = event.engine;
      const isPrivate = kind === 'private';
      const engine = (brief ? words.engineBrief : words.engine)(version, isPrivate, compose);
      return [
        ...paragraph(page, event.title[lang], 0, paint.bold),
        ...paragraph(page, engine, 0, paint.dim),
        ...(isPrivate && performed && !brief ? paragraph(page, words.privateEngine(event.engine.host), 0, paint.dim) : []),
        ...(brief ? paragraph(page, words.ownRequests, 0, paint.dim) : []),
      ];
    },
    note: (event) =>
      event.step === undefined
        ? [...(brief && currentLab === '' ? [] : ['']), ...marked(page, paint.dim('·'), event.text[lang], { indent: 0 })]
        : marked(page, paint.dim('·'), event.text[lang], { indent: body + 2, style: paint.dim }),
    'lab-started': () => [],
    'step-started': (event) => {
      failedOutput = [];
      underWay.header = [
        ...(brief ? [] : ['']),
        ...renderTitle(page, event),
        ...(performed ? paragraph(page, explanation(event.teach[lang]), 2) : []),
      ];
      return [];
    },
    'command-started': ({ line }) => {
      underWay.command = startedCommand(line);
      return [];
    },
    'command-output': ({ line, stream }) => {
      if (underWay.command) keepOutput(underWay.command, line, stream, brief);
      return [];
    },
    'command-finished': (event) => {
      const { command } = underWay;
      delete underWay.command;
      if (event.exitCode !== 0) failedOutput = command?.output ?? [];
      const { lines, last } = renderFinished(page, event, command);
      if (last !== undefined) underWay.output = last;
      return [...lines];
    },
    'verify-started': ({ checks }) => {
      underWay.checks = checks.map(({ id, claim }) => ({ id, claim }));
      return [];
    },
    'check-finished': ({ result }) => {
      if (underWay.header.length > 0) return [];
      const queued = underWay.checks.find(({ id }) => id === result.id);
      if (!queued) return [...heldOutput(), ...renderCheck(page, result)];
      queued.result = result;
      return brief ? [] : judgedInOrder();
    },
    'step-finished': (event) => {
      const { outcome, reason } = event;
      if (outcome === 'passed') return judged(words.time(event.durationMs));
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
      const lines = isOfChecks(event) ? [] : heldOutput();
      if (!mayBeSkipped(event)) lines.push(...released());
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
