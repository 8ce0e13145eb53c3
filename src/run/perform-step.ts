import type { AnyCheck } from '../lab/check.ts';
import type { CheckResult } from '../lab/event.ts';
import type { Baseline } from '../lab/judge-checks.ts';
import { type Outcome, overall } from '../lab/verdict.ts';
import { gatherBaseline, type PollOptions, pollChecks } from './poll-checks.ts';

/** How long claims may take to become true, in milliseconds. */
interface Deadline {
  readonly ms: number;
  /** The same while the stack is busy: see PollOptions. */
  readonly busyMs?: number;
  /** A shorter deadline for a check, by its ID, that is not worth the wait. */
  forCheck?(id: string): number;
}

export interface PerformStepOptions
  extends Pick<
    PollOptions,
    'view' | 'clock' | 'signal' | 'expected' | 'sparing' | 'busy' | 'explains' | 'onResult' | 'onReason'
  > {
  readonly checks: readonly AnyCheck[];
  /** The step's work: its commands, those of a case, or waiting for a learner. Omitted: the checks observe the current state. */
  act?(): Promise<unknown>;
  /**
   * `gather`: facts are gathered before `act`. `none`: checks that compare with a baseline are skipped. Or the baseline of an
   * earlier call.
   */
  readonly baseline: 'gather' | 'none' | Baseline;
  /** Measured from the first look. A function is called after `act` has ended. */
  readonly deadline: Deadline | (() => Deadline);
  /** Called when `act` has ended and the checks begin. */
  onVerify?(): void | Promise<void>;
  /** Wraps each phase of a step, to measure it. */
  around?<T>(phase: Phase, work: () => Promise<T>): Promise<T>;
}
type Phase = 'baseline' | 'act' | 'verify';

export interface StepResult {
  readonly outcome: Outcome;
  /** In the order of the checks. */
  readonly results: readonly CheckResult[];
  /** The facts that the checks compared with. */
  readonly baseline: Baseline;
}

/**
 * The only step driver: gathers the baseline, acts, and checks until every claim is decided or the deadline has passed. run,
 * verify, grade and the gate differ only in their options. Throws what `act` throws, and rejects with the signal's reason on
 * abort.
 */
export async function performStep(options: PerformStepOptions): Promise<StepResult> {
  const { checks, view, act, around = (_, work) => work() } = options;
  const given = options.baseline === 'none' ? new Map() : options.baseline;
  const baseline: Baseline = given === 'gather' ? await around('baseline', () => gatherBaseline(checks, view)) : given;
  if (act) await around('act', act);
  const results = await around('verify', async () => {
    await options.onVerify?.();
    const { ms, busyMs = ms, forCheck } = typeof options.deadline === 'function' ? options.deadline() : options.deadline;
    const limits = { deadlineMs: ms, busyDeadlineMs: busyMs, ...(forCheck ? { deadlineFor: forCheck } : {}) };
    return pollChecks(checks, { ...options, baseline, ...limits });
  });
  return { outcome: overall(results.map(({ outcome }) => outcome)), results, baseline };
}
