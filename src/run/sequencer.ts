import { asLabError } from '../docker/api/api-error.ts';
import type { Stack } from '../lab/stack.ts';
import { type Text, text } from '../lab/text.ts';
import type { Lab, Step } from '../lab/tutorial.ts';
import { didNotPass, type Outcome, overall } from '../lab/verdict.ts';
import { anySignal, unlessAborted } from '../platform/any-signal.ts';
import type { Clock } from './clock.ts';
import { inOrder } from './in-order.ts';
import { performStep } from './perform-step.ts';
import type { View } from './poll-checks.ts';
import { type Emit, errorReason, type Reason, skipStep, stepEvents } from './step-events.ts';

/** Receives the progress of a step's command. */
export interface CommandWatch {
  started(line: string): void;
  output(line: string, stream: 'stdout' | 'stderr'): void;
  finished(line: string, exitCode: number, durationMs: number): void;
  note(text: Text): void;
}

/** One stack of the tutorial, ready for commands. */
interface Site extends View {
  /** `signal` ends a running command. */
  stack(watch: CommandWatch, signal: AbortSignal): Stack;
  /** Whether its containers use the processor: see `watchProcessorUse`. Omitted: they do not. */
  readonly busy?: () => Promise<boolean>;
}

/** How long claims may take to become true, and how long while the containers use the processor: an app starts slowly on a slow machine. */
const usual = { settleMs: 30_000, busyMs: 120_000 };

export interface Sequence {
  readonly labs: readonly Lab[];
  /** The site of a stack; created for the first lab that needs it. */
  site(stack: string): Promise<Site>;
  /**
   * Awaited before each step that is performed, outside of its time limit. If it rejects, so does `perform`; an abort rejects at once, whatever it waits for.
   */
  beforeStep?(step: Step): Promise<void>;
  /** Called for each stack that no later lab needs. */
  retire?(stack: string): void;
  readonly listen: Emit;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long a step may take. */
  readonly timeoutMs: number;
  /** How long claims may take to become true after the step's commands have ended. Default: 30 s, or 120 s while its containers use the processor. */
  readonly settleMs?: number;
}

/**
 * Performs labs step by step: run, then verify. Labs on different stacks are performed at the same time, unless one needs the other or `beforeStep` asks;
 * the events are in the order of the labs. Rejects when the signal is aborted, and for a bug; never for a wrong state.
 */
export async function perform(sequence: Sequence): Promise<Outcome> {
  const { labs } = sequence;
  const isParallel = sequence.beforeStep === undefined && labs.some(({ stack }) => stack !== labs[0]?.stack);
  // their notes come before the events of the first lab
  if (isParallel) for (const { stack } of labs) await sequence.site(stack).catch(() => undefined);
  const failed = new AbortController();
  using signal = anySignal(sequence.signal, failed.signal);
  const channels = inOrder(labs.length, sequence.listen);
  const done = new Map<string, Promise<Done>>();
  let open = labs.length;
  const start = async (lab: Lab, at: number): Promise<Done> => {
    const before = labs.slice(0, at).filter(({ id, stack }) => !isParallel || stack === lab.stack || lab.needs?.includes(id));
    const ended = new Map(await Promise.all(before.map(async ({ id }) => [id, await done.get(id)] as const)));
    const unmet = (lab.needs ?? []).map((need) => ended.get(need)).find((need) => need && need.outcome !== 'passed');
    const channel = channels[at];
    const listen: Emit = (event) => channel?.write(event);
    const outcome = await performLab(lab, unmet?.root, { ...sequence, signal, listen });
    channel?.close();
    open -= 1;
    if (open > 0 && labs.slice(at + 1).every(({ stack }) => stack !== lab.stack)) sequence.retire?.(lab.stack);
    return { outcome, root: unmet?.root ?? lab.title };
  };
  for (const [at, lab] of labs.entries()) done.set(lab.id, start(lab, at));
  for (const lab of done.values()) lab.catch((error: unknown) => failed.abort(error));
  // all have ended before the caller removes what they use
  const ends = await Promise.allSettled(done.values());
  const outcomes = ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value.outcome;
  });
  return overall(outcomes);
}

/** The outcome of a lab or step; `root`: the title of what first did not pass, if that is why it was skipped. */
interface Done {
  readonly outcome: Outcome;
  readonly root: Text;
}

async function performLab(lab: Lab, missing: Text | undefined, sequence: Sequence): Promise<Outcome> {
  const { listen, clock } = sequence;
  const startedMs = clock.now();
  // The site's notes come before the lab's first line; the step that needs the site reports its error.
  if (missing === undefined) await sequence.site(lab.stack).catch(() => undefined);
  listen({ kind: 'lab-started', lab: lab.id, title: lab.title });
  const done = new Map<string, Done>();
  for (const [at, step] of lab.steps.entries()) {
    const needs = step.needs ?? lab.steps.slice(Math.max(0, at - 1), at).map((before) => before.id);
    const unmet = missing ?? needs.map((need) => done.get(need)).find((need) => need && need.outcome !== 'passed')?.root;
    const outcome =
      unmet === undefined ? await runStep(lab, step, sequence) : skipStep(lab, step, unmetReason(unmet), listen, clock);
    done.set(step.id, { outcome, root: unmet ?? step.title });
  }
  const outcome = overall([...done.values()].map((step) => step.outcome));
  listen({ kind: 'lab-finished', lab: lab.id, outcome, durationMs: Math.round(clock.now() - startedMs) });
  return outcome;
}

const unmetReason = (root: Text): Reason => ({
  message: didNotPass(root),
  hint: text('fix what did not pass first', '請先解決沒有通過的部分'),
});

async function runStep(lab: Lab, step: Step, sequence: Sequence): Promise<Outcome> {
  const { listen, clock, signal, timeoutMs, settleMs = usual.settleMs } = sequence;
  if (sequence.beforeStep) await unlessAborted(sequence.beforeStep(step), signal);
  const startedMs = clock.now();
  const tooLate = clock.after(timeoutMs);
  // The last look is at the deadline and shows the problem; a look that hangs is aborted.
  const muchTooLate = clock.after(timeoutMs + settleMs);
  using forCommands = anySignal(signal, tooLate);
  using forChecks = anySignal(signal, muchTooLate);
  const events = stepEvents(lab, step, listen, clock);
  events.started();
  try {
    const site = await sequence.site(lab.stack);
    const leftMs = () => Math.max(0, timeoutMs - (clock.now() - startedMs));
    const { outcome } = await performStep({
      checks: step.verify,
      view: site,
      clock,
      signal: forChecks,
      baseline: 'gather',
      act: () => step.run(site.stack(watchOf(events.at, listen), forCommands)),
      deadline: () => ({ ms: Math.min(settleMs, leftMs()), busyMs: Math.min(sequence.settleMs ?? usual.busyMs, leftMs()) }),
      ...(site.busy ? { busy: site.busy } : {}),
      expected: true,
      explains: true,
      onVerify: events.verifying,
      onResult: events.checked,
    });
    return events.finished(outcome);
  } catch (error) {
    signal.throwIfAborted();
    const late = [tooLate, muchTooLate].some(({ aborted, reason }) => aborted && error === reason);
    return events.finished('errored', { reason: late ? timedOut(timeoutMs) : errorReason(asLabError(error)) });
  }
}

const timedOut = (ms: number) => ({
  message: text(`E_TIMEOUT: the step took longer than ${ms / 1000} s`, `E_TIMEOUT：這一步超過了 ${ms / 1000} 秒`),
  hint: text(
    'allow more time with --timeout, or look for the cause with `lab doctor`',
    '用 --timeout 延長時限，或用 `lab doctor` 找出緩慢的原因',
  ),
});

const watchOf = (at: { lab: string; step: string }, listen: Sequence['listen']): CommandWatch => ({
  started: (line) => listen({ kind: 'command-started', ...at, line }),
  output: (line, stream) => listen({ kind: 'command-output', ...at, line, stream }),
  finished: (line, exitCode, durationMs) => listen({ kind: 'command-finished', ...at, line, exitCode, durationMs }),
  note: (text) => listen({ kind: 'note', ...at, text }),
});
