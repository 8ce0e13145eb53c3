import type { Listener, RunEvent } from '../lab/event.ts';
import type { Lang } from '../lab/text.ts';
import { version } from '../platform/package-root.ts';
// Only types: zod is not loaded by a run.
import type { RunReport } from './schema.ts';
import { checkOf, engineOf } from './serialize.ts';

type Lab = RunReport['labs'][number];
type Step = Lab['steps'][number];
type EventOf<K extends RunEvent['kind']> = Extract<RunEvent, { kind: K }>;

/** Collects a run's events into one document. `document()` is undefined until a run has started. */
export function createJsonReporter(lang: Lang): { listen: Listener; document(): RunReport | undefined } {
  let report: RunReport | undefined;
  let plan: EventOf<'run-started'>['plan'] = [];
  const begunAt = new Map<object, number>();
  const ended = new Set<string>();
  let nowMs = 0;

  const begin = <T extends object>(list: T[], made: T): T => {
    list.push(made);
    begunAt.set(made, nowMs);
    return made;
  };
  /** A lab without a result yet counts as errored. */
  const lab = (id: string): Lab => {
    const labs = report?.labs ?? [];
    const title = plan.find((planned) => planned.lab === id)?.title[lang] ?? id;
    return labs.find((known) => known.id === id) ?? begin(labs, { id, title, outcome: 'errored', durationMs: 0, steps: [] });
  };
  const step = (at: { lab: string; step: string }): Step => {
    const { steps } = lab(at.lab);
    const made = { id: at.step, title: at.step, outcome: 'errored' as const, durationMs: 0, commands: [], checks: [] };
    return steps.find((known) => known.id === at.step) ?? begin(steps, made);
  };

  const takers: { [K in RunEvent['kind']]: (event: EventOf<K>) => void } = {
    'run-started': (event) => {
      plan = event.plan;
      report = {
        tool: 'labwright',
        version,
        lang,
        runId: event.runId,
        ...(event.mode ? { mode: event.mode } : {}),
        tutorial: { id: event.tutorial, title: event.title[lang] },
        engine: engineOf(event.engine),
        startedAt: event.startedAt,
        durationMs: 0,
        complete: false,
        outcome: 'errored',
        totals: { passed: 0, failed: 0, skipped: 0, errored: 0 },
        notes: [],
        teardown: null,
        labs: [],
      };
    },
    note: (event) => void report?.notes.push(event.text[lang]),
    'lab-started': (event) => {
      lab(event.lab).title = event.title[lang];
    },
    'step-started': (event) => {
      step(event).title = event.title[lang];
    },
    'command-started': (event) => {
      begin(step(event).commands, { line: event.line, exitCode: null, durationMs: 0 });
    },
    'command-output': () => {},
    'command-finished': ({ exitCode, durationMs, ...event }) => {
      const command = step(event).commands.at(-1);
      if (command) Object.assign(command, { exitCode, durationMs });
    },
    'verify-started': () => {},
    'check-finished': (event) => {
      step(event).checks.push(checkOf(event.result, lang));
      if (report) report.totals[event.result.outcome] += 1;
    },
    'step-finished': ({ outcome, durationMs, reason, ...event }) => {
      const reasonFields = reason ? { reason: { message: reason.message[lang], hint: reason.hint[lang] } } : {};
      Object.assign(step(event), { outcome, durationMs, ...reasonFields });
    },
    'lab-finished': ({ outcome, durationMs, ...event }) => {
      ended.add(event.lab);
      Object.assign(lab(event.lab), { outcome, durationMs });
    },
    'teardown-started': () => {},
    'teardown-finished': ({ removed, durationMs }) => {
      if (report)
        report.teardown = {
          removed: (report.teardown?.removed ?? 0) + removed,
          durationMs: (report.teardown?.durationMs ?? 0) + durationMs,
        };
    },
    'run-finished': ({ outcome, durationMs }) => {
      if (report) Object.assign(report, { outcome, durationMs, complete: plan.every(({ lab: id }) => ended.has(id)) });
    },
  };

  return {
    listen(event) {
      nowMs = event.atMs;
      (takers[event.kind] as (event: RunEvent) => void)(event);
    },
    document() {
      if (!report || report.complete) return report;
      // the run was stopped: open items lasted until the last event
      const open = [...report.labs, ...report.labs.flatMap(({ steps }) => steps.flatMap((one) => [one, ...one.commands]))];
      for (const part of open) if (part.durationMs === 0) part.durationMs = nowMs - (begunAt.get(part) ?? nowMs);
      report.durationMs = nowMs;
      return report;
    },
  };
}
