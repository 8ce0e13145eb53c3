import type { RunEvent } from '../../lab/event.ts';
import { joinTexts, type Text, text, verbatim } from '../../lab/text.ts';
import type { Outcome } from '../../lab/verdict.ts';
import type { LabTally, RunTally } from './summary.ts';

type Finished = Extract<RunEvent, { kind: 'run-finished' }>;

/** Counts a run's events for its summary. */
export interface Tallies {
  count(event: RunEvent): void;
  total(event: Finished): RunTally;
  /** A step's title, by the IDs of lab and step; the ID of a step that never started. */
  step(lab: string, step: string): Text;
}

const isBad = (outcome: Outcome) => outcome === 'failed' || outcome === 'errored';

export function createTallies(): Tallies {
  const labs = new Map<string, LabTally>();
  const steps = new Map<string, Text>();
  let teardown: RunTally['teardown'];
  const step = (lab: string, id: string): Text => steps.get(`${lab}/${id}`) ?? verbatim(id);
  /** Steps whose failure is reported by a check. */
  const reported = new Set<string>();

  function count(event: RunEvent): void {
    if (event.kind === 'run-started') {
      for (const { lab, title, steps: plannedSteps } of event.plan)
        labs.set(lab, { title, plannedSteps, durationMs: 0, passedSteps: 0, checks: [], news: [] });
    }
    if (event.kind === 'teardown-finished') {
      const before = teardown ?? { removed: 0, durationMs: 0 };
      teardown = { removed: before.removed + event.removed, durationMs: before.durationMs + event.durationMs };
    }
    const lab = 'lab' in event ? labs.get(event.lab) : undefined;
    if (!lab) return;
    if (event.kind === 'step-started') steps.set(`${event.lab}/${event.step}`, event.title);
    if (event.kind === 'check-finished') {
      const { claim, outcome } = event.result;
      lab.checks.push(event.result);
      if (isBad(outcome)) {
        lab.news.push({ text: joinTexts([step(event.lab, event.step), claim], text(' — ', ' — ')), outcome });
        reported.add(`${event.lab}/${event.step}`);
      }
    }
    if (event.kind === 'step-finished') {
      const { outcome } = event;
      if (outcome === 'passed') lab.passedSteps += 1;
      if (isBad(outcome) && !reported.has(`${event.lab}/${event.step}`))
        lab.news.push({ text: step(event.lab, event.step), outcome });
    }
    if (event.kind === 'lab-finished') Object.assign(lab, { outcome: event.outcome, durationMs: event.durationMs });
  }

  const total = ({ outcome, durationMs }: Finished): RunTally => ({
    labs: [...labs.values()],
    outcome,
    durationMs,
    complete: [...labs.values()].every((lab) => lab.outcome !== undefined),
    ...(teardown ? { teardown } : {}),
  });
  return { count, total, step };
}
