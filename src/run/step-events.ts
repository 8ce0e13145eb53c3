import type { LabError } from '../lab/error.ts';
import type { Listener, RunEvent } from '../lab/event.ts';
import { type Text, verbatim } from '../lab/text.ts';
import type { Lab, Step } from '../lab/tutorial.ts';
import { type Outcome, skipped } from '../lab/verdict.ts';
import type { Clock } from './clock.ts';

type WithoutTime<E> = E extends unknown ? Omit<E, 'atMs'> : never;
export type Emit = (event: WithoutTime<RunEvent>) => void;

/** Adds the time since this call to events. */
export function emitter(listen: Listener, clock: Clock): Emit {
  const startedMs = clock.now();
  return (event) => listen({ ...event, atMs: Math.round(clock.now() - startedMs) } as RunEvent);
}

/** Why a step has no result, and what to do. */
export interface Reason {
  readonly message: Text;
  readonly hint: Text;
}

export const errorReason = (error: LabError): Reason => ({
  message: { en: `${error.code}: ${error.text.en}`, 'zh-TW': `${error.code}：${error.text['zh-TW']}` },
  hint: error.hint ?? verbatim(''),
});

/** The events of one step. */
export interface StepEvents {
  readonly at: { readonly lab: string; readonly step: string };
  started(): void;
  verifying(): void;
  readonly checked: (result: Extract<RunEvent, { kind: 'check-finished' }>['result']) => void;
  /** Returns the outcome. `durationMs`: omitted, the time since `started`. */
  finished(outcome: Outcome, more?: { durationMs?: number; reason?: Reason; hints?: readonly Text[] }): Outcome;
}

export function stepEvents(lab: Lab, step: Step, emit: Emit, clock: Pick<Clock, 'now'>): StepEvents {
  const at = { lab: lab.id, step: step.id };
  const createdMs = clock.now();
  return {
    at,
    started: () => emit({ kind: 'step-started', ...at, title: step.title, teach: step.teach }),
    verifying: () => emit({ kind: 'verify-started', ...at, checks: step.verify.map(({ id, claim }) => ({ id, claim })) }),
    checked: (result) => emit({ kind: 'check-finished', ...at, result }),
    finished: (outcome, { durationMs = Math.round(clock.now() - createdMs), reason, hints = [] } = {}) => {
      emit({ kind: 'step-finished', ...at, outcome, durationMs, ...(reason ? { reason } : {}), hints });
      return outcome;
    },
  };
}

/** A step that is not performed: each of its checks is skipped for the same reason. */
export function skipStep(lab: Lab, step: Step, reason: Reason, emit: Emit, clock: Pick<Clock, 'now'>): Outcome {
  const events = stepEvents(lab, step, emit, clock);
  const result = { outcome: 'skipped', verdict: skipped(reason.message), evidence: null, looks: 0, durationMs: 0 } as const;
  events.started();
  for (const { id, claim } of step.verify) events.checked({ id, claim, ...result });
  return events.finished('skipped', { durationMs: 0, reason });
}
