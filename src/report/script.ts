import type { CheckResult, RunEvent } from '../lab/event.ts';
import type { Text } from '../lab/text.ts';
import { body, renderCheck } from './checked.ts';
import { duration } from './layout.ts';
import { colour, labelled, mark, marked, type Page, paragraph } from './page.ts';
import { renderSummary } from './summary.ts';
import { createTallies } from './tally.ts';
import { wordsOf } from './words.ts';

/** What is under way, for a live region to show: at most one command, or the checks not yet told. */
export interface UnderWay {
  command?: { readonly line: string; readonly output: string[] };
  /** In the order they are told in; one that is judged waits for those before it. */
  checks: { readonly id: string; readonly claim: Text; result?: CheckResult }[];
  cleaning: boolean;
}

/** The lines of a run that stay: the same on a terminal and in a file. */
export interface Script {
  /** The lines that an event adds. */
  tell(event: RunEvent): string[];
  /** The lines for a run that ends here, whatever was under way. */
  close(): string[];
  readonly underWay: UnderWay;
}

type Told<K extends RunEvent['kind']> = Extract<RunEvent, { kind: K }>;
/** Of a command that failed, this many of its last lines are told. */
const tail = 8;

export function createScript(page: Page): Script {
  const { lang, paint } = page;
  const words = wordsOf(lang);
  const tallies = createTallies();
  const underWay: UnderWay = { checks: [], cleaning: false };
  let plan: Told<'run-started'>['plan'] = [];
  let currentLab = '';
  let failedOutput: string[] = [];
  let state: 'before' | 'running' | 'over' = 'before';

  /** The lab's heading, unless it stands there already. */
  function heading(lab: string): string[] {
    if (lab === currentLab) return [];
    currentLab = lab;
    const at = plan.findIndex((planned) => planned.lab === lab);
    const title = plan[at]?.title[lang] ?? lab;
    return ['', paint.bold(`${paint.dim(`${at + 1}/${plan.length}`)} ${title}`)];
  }

  /** The checks at the head of the queue that are judged; with `all`, also those behind one that is not. */
  function settled(all: boolean): string[] {
    const lines: string[] = [];
    while (underWay.checks[0] && (all || underWay.checks[0].result)) {
      const result = underWay.checks.shift()?.result;
      if (result) lines.push(...renderCheck(page, result));
    }
    return lines;
  }

  const tellers: { [K in RunEvent['kind']]: (event: Told<K>) => string[] } = {
    'run-started': (event) => {
      plan = event.plan;
      state = 'running';
      const { kind, version, compose } = event.engine;
      const engine = `${words.engine} ${version}${kind === 'private' ? ` (${words.privateEngine})` : ''} · Compose ${compose}`;
      return [...paragraph(page, event.title[lang], 0, paint.bold), ...paragraph(page, engine, 0, paint.dim)];
    },
    note: (event) => marked(page, paint.dim('·'), event.text[lang], { indent: 0 }),
    'lab-started': (event) => heading(event.lab),
    'step-started': (event) => [
      ...heading(event.lab),
      '',
      ...paragraph(page, event.title[lang], 2, paint.bold),
      ...paragraph(page, event.teach[lang], 2, paint.dim),
    ],
    'command-started': ({ line }) => {
      underWay.command = { line, output: [] };
      return [];
    },
    'command-output': ({ line }) => {
      const output = underWay.command?.output;
      output?.push(line);
      if (output && output.length > tail) output.shift();
      return [];
    },
    'command-finished': ({ line, exitCode, durationMs }) => {
      failedOutput = exitCode === 0 ? [] : (underWay.command?.output ?? []);
      delete underWay.command;
      const right = [...(exitCode === 0 ? [] : [words.exit(exitCode)]), duration(durationMs)].join('  ');
      const sign = exitCode === 0 ? paint.dim('$') : paint.red('$');
      return marked(page, sign, line, { indent: body, right });
    },
    'verify-started': ({ checks }) => {
      underWay.checks = [...checks];
      return [];
    },
    'check-finished': ({ result }) => {
      const waiting = underWay.checks.find(({ id }) => id === result.id);
      if (!waiting) return renderCheck(page, result);
      waiting.result = result;
      return settled(false);
    },
    'step-finished': (event) => [...settled(true), ...closing(event)],
    'lab-finished': () => [],
    'teardown-started': () => {
      underWay.cleaning = true;
      return [];
    },
    'teardown-finished': () => {
      underWay.cleaning = false;
      return [];
    },
    'run-finished': (event) => {
      state = 'over';
      return renderSummary(page, tallies.total(event));
    },
  };

  /** What is left to say of a step: why no check was made, and how to look further. */
  function closing(event: Told<'step-finished'>): string[] {
    const { outcome, reason } = event;
    if (outcome === 'passed') return [];
    const sign = mark(page, outcome);
    if (outcome === 'skipped') {
      const title = tallies.step(event.lab, event.step)[lang];
      const why = reason ? `${title}${words.between}${words.because(reason.message[lang])}` : title;
      return [...heading(event.lab), ...marked(page, sign, why, { indent: 2, style: paint.dim })];
    }
    const lines: string[] = [];
    if (reason) {
      const told = failedOutput.filter((line) => line.trim() !== '' && !reason.message[lang].includes(line.trim()));
      lines.push(...told.flatMap((line) => paragraph(page, line, body + 2, paint.dim)));
      lines.push(...marked(page, sign, reason.message[lang], { indent: body, style: colour(page, outcome) }));
      if (outcome === 'errored') lines.push(...paragraph(page, words.notYourFault, body + 2, colour(page, outcome)));
      lines.push(...labelled(page, [[words.hint, reason.hint[lang]]], body + 2));
    }
    const further = event.hints.map((hint, at) => [at === 0 ? words.hints : '', `${at + 1}. ${hint[lang]}`] as const);
    const look = [words.lookFurther, words.keepStack(`lab run ${event.lab} --keep`)] as const;
    return [...lines, ...labelled(page, [...(outcome === 'failed' ? further : []), look], body + 2)];
  }

  return {
    underWay,
    tell(event) {
      tallies.count(event);
      return (tellers[event.kind] as (event: RunEvent) => string[])(event);
    },
    close() {
      if (state !== 'running') return [];
      state = 'over';
      const { command } = underWay;
      delete underWay.command;
      return [
        ...(command ? marked(page, paint.dim('$'), command.line, { indent: body, right: words.unfinished }) : []),
        ...settled(true),
        '',
        ...paragraph(page, words.stopped, 0, (line) => paint.bold(colour(page, 'errored')(line))),
      ];
    },
  };
}
