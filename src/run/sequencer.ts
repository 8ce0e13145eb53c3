import { asLabError } from '../docker/api/api-error.ts';
import type { AnyCheck } from '../lab/check.ts';
import type { Listener, RunEvent } from '../lab/event.ts';
import type { Stack } from '../lab/stack.ts';
import { type Text, text } from '../lab/text.ts';
import type { Lab, Step } from '../lab/tutorial.ts';
import { didNotPass, type Outcome, overall } from '../lab/verdict.ts';
import { anySignal } from '../platform/any-signal.ts';
import type { Clock } from './clock.ts';
import { gatherBaseline, pollChecks, reasonOf, type View } from './poll-checks.ts';

/** What a command of a step tells on its way. */
export interface CommandWatch {
  started(line: string): void;
  output(line: string, stream: 'stdout' | 'stderr'): void;
  finished(line: string, exitCode: number, durationMs: number): void;
  note(text: Text): void;
}

/** One stack of the tutorial, ready to be worked on. */
interface Site extends View {
  /** `signal` ends a command that is under way. */
  stack(watch: CommandWatch, signal: AbortSignal): Stack;
}

export interface Sequence {
  readonly labs: readonly Lab[];
  /** The site of a stack; made when the first lab asks for it. */
  site(stack: string): Promise<Site>;
  /** Hears of each stack that no lab to come asks for. */
  retire?(stack: string): void;
  readonly listen: (event: WithoutTime<RunEvent>) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long a step may take. */
  readonly timeoutMs: number;
}

/** How long claims may take to come true after the step's commands have ended. */
const settleMs = 30_000;

type WithoutTime<E> = E extends unknown ? Omit<E, 'atMs'> : never;
export type Emit = (event: WithoutTime<RunEvent>) => void;

/** Stamps events with the time since now. */
export function emitter(listen: Listener, clock: Clock): Emit {
  const startedMs = clock.now();
  return (event) => listen({ ...event, atMs: Math.round(clock.now() - startedMs) } as RunEvent);
}

/** Performs labs step by step: run, then verify. Rejects when the signal is aborted, and for a bug; never for a wrong state. */
export async function perform(sequence: Sequence): Promise<Outcome> {
  const done = new Map<string, Done>();
  for (const [at, lab] of sequence.labs.entries()) {
    const unmet = (lab.needs ?? []).map((need) => done.get(need)).find((need) => need && need.outcome !== 'passed');
    const outcome = await performLab(lab, unmet?.root, sequence);
    done.set(lab.id, { outcome, root: unmet?.root ?? lab.title });
    const later = sequence.labs.slice(at + 1);
    if (later.length > 0 && later.every(({ stack }) => stack !== lab.stack)) sequence.retire?.(lab.stack);
  }
  return overall([...done.values()].map((lab) => lab.outcome));
}

/** How a lab or step ended; `root` is the title of what did not pass first, where it was skipped for that. */
interface Done {
  readonly outcome: Outcome;
  readonly root: Text;
}

async function performLab(lab: Lab, missing: Text | undefined, sequence: Sequence): Promise<Outcome> {
  const { listen, clock } = sequence;
  const startedMs = clock.now();
  // What the site has to say comes before the lab's first line; what it throws is told by the step that needs it.
  if (missing === undefined) await sequence.site(lab.stack).catch(() => undefined);
  listen({ kind: 'lab-started', lab: lab.id, title: lab.title });
  const done = new Map<string, Done>();
  for (const [at, step] of lab.steps.entries()) {
    const needs = step.needs ?? lab.steps.slice(Math.max(0, at - 1), at).map((before) => before.id);
    const unmet = missing ?? needs.map((need) => done.get(need)).find((need) => need && need.outcome !== 'passed')?.root;
    const outcome = unmet === undefined ? await performStep(lab, step, sequence) : skip(lab, step, unmet, listen);
    done.set(step.id, { outcome, root: unmet ?? step.title });
  }
  const outcome = overall([...done.values()].map((step) => step.outcome));
  listen({ kind: 'lab-finished', lab: lab.id, outcome, durationMs: Math.round(clock.now() - startedMs) });
  return outcome;
}

function skip(lab: Lab, step: Step, root: Text, listen: Sequence['listen']): Outcome {
  const message = didNotPass(root);
  const hint = text('fix what did not pass first', '請先解決沒有通過的部分');
  const at = { lab: lab.id, step: step.id };
  listen({ kind: 'step-started', ...at, title: step.title, teach: step.teach });
  for (const check of step.verify) listen({ kind: 'check-finished', ...at, result: skippedResult(check, message) });
  listen({ kind: 'step-finished', ...at, outcome: 'skipped', durationMs: 0, reason: { message, hint }, hints: [] });
  return 'skipped';
}

const skippedResult = (check: AnyCheck, because: Text) => ({
  id: check.id,
  claim: check.claim,
  outcome: 'skipped' as const,
  verdict: { outcome: 'skipped' as const, because },
  evidence: null,
  looks: 0,
  durationMs: 0,
});

async function performStep(lab: Lab, step: Step, sequence: Sequence): Promise<Outcome> {
  const { listen, clock, signal, timeoutMs } = sequence;
  const at = { lab: lab.id, step: step.id };
  const startedMs = clock.now();
  const tooLate = clock.after(timeoutMs);
  // The last look comes at the deadline, and tells what is wrong; one that hangs is ended.
  const muchTooLate = clock.after(timeoutMs + settleMs);
  const end = (outcome: Outcome, reason?: { message: Text; hint: Text }): Outcome => {
    const durationMs = Math.round(clock.now() - startedMs);
    listen({ kind: 'step-finished', ...at, outcome, durationMs, ...(reason ? { reason } : {}), hints: [] });
    return outcome;
  };
  listen({ kind: 'step-started', ...at, title: step.title, teach: step.teach });
  try {
    const site = await sequence.site(lab.stack);
    const before = await gatherBaseline(step.verify, site);
    await step.run(site.stack(watchOf(at, listen), anySignal(signal, tooLate)));
    listen({ kind: 'verify-started', ...at, checks: step.verify.map(({ id, claim }) => ({ id, claim })) });
    const results = await pollChecks(step.verify, {
      view: site,
      clock,
      signal: anySignal(signal, muchTooLate),
      deadlineMs: Math.min(settleMs, Math.max(0, timeoutMs - (clock.now() - startedMs))),
      before,
      expected: true,
      onResult: (result) => listen({ kind: 'check-finished', ...at, result }),
    });
    return end(overall(results.map((result) => result.outcome)));
  } catch (error) {
    signal.throwIfAborted();
    if ([tooLate, muchTooLate].some((late) => late.aborted && error === late.reason)) return end('errored', timedOut(timeoutMs));
    return end('errored', reasonOf(asLabError(error)));
  }
}

const timedOut = (ms: number) => ({
  message: text(`E_TIMEOUT: the step took longer than ${ms / 1000} s`, `E_TIMEOUT：這一步超過了 ${ms / 1000} 秒`),
  hint: text(
    'give it more with --timeout, or see what is slow with `lab doctor`',
    '用 --timeout 給它更多時間，或用 `lab doctor` 看看哪裡慢',
  ),
});

const watchOf = (at: { lab: string; step: string }, listen: Sequence['listen']): CommandWatch => ({
  started: (line) => listen({ kind: 'command-started', ...at, line }),
  output: (line, stream) => listen({ kind: 'command-output', ...at, line, stream }),
  finished: (line, exitCode, durationMs) => listen({ kind: 'command-finished', ...at, line, exitCode, durationMs }),
  note: (text) => listen({ kind: 'note', ...at, text }),
});
