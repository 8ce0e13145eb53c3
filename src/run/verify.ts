import type { CheckResult, EngineLine, Listener } from '../lab/event.ts';
import { text } from '../lab/text.ts';
import type { Lab, Step, Tutorial } from '../lab/tutorial.ts';
import { didNotPass, type Outcome, overall } from '../lab/verdict.ts';
import type { Clock } from './clock.ts';
import { inComposeV1Wording } from './compose-v1-wording.ts';
import { performStep } from './perform-step.ts';
import type { View } from './poll-checks.ts';
import { type Emit, emitter, type Reason, skipStep, stepEvents } from './step-events.ts';

/** How long a claim may take to become true while the engine is still working, although no command was just run. */
export const graceMs = 3000;
/** The same while the learner's containers use the processor: an app that starts on a slow machine. */
const busyMs = 20_000;

/** Observes a learner's own stack. Changes nothing. */
export interface VerifyLabOptions {
  readonly view: View;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether the learner's containers use the processor. */
  busy?(): Promise<boolean>;
}

/** The current state of one step: the results of its checks. */
export interface StepState {
  readonly lab: Lab;
  readonly step: Step;
  readonly outcome: Outcome;
  readonly results: readonly CheckResult[];
}

/** Looks at each of these steps once; with `deadlineMs`, again for up to this long while the engine is still working. */
export function gatherSteps(
  verifying: VerifyLabOptions,
  steps: readonly (readonly [Lab, Step])[],
  deadlineMs = 0,
): Promise<StepState[]> {
  return Promise.all(
    steps.map(async ([lab, step]) => {
      const deadline = { ms: deadlineMs, busyMs: deadlineMs === 0 ? 0 : busyMs };
      const done = await performStep({ ...verifying, checks: step.verify, baseline: 'none', deadline });
      return { lab, step, ...done };
    }),
  );
}

/**
 * Verifies one step, or a whole lab: starts at the learner's current step, the one after the last that holds, and continues until
 * one does not. Emits events. Resolves to the outcome: a lab passes if its last step passes.
 * Rejects with the signal's reason on abort.
 */
export async function verifyLab(
  verifying: VerifyLabOptions & {
    readonly engine: EngineLine;
    /** The learner's Compose project. */
    readonly project: string;
    readonly tutorial: Tutorial;
    readonly lab: Lab;
    readonly step?: Step;
    readonly listen: Listener;
  },
): Promise<Outcome> {
  const { engine, tutorial, lab, clock, project } = verifying;
  const emit = emitter(inComposeV1Wording(verifying.listen, engine.composeLine), clock);
  const startedMs = clock.now();
  const steps = verifying.step ? [verifying.step] : lab.steps;
  emit({
    kind: 'run-started',
    mode: 'verify',
    runId: project,
    tutorial: tutorial.id,
    title: tutorial.title,
    engine,
    startedAt: clock.time(),
    plan: [{ lab: lab.id, title: lab.title, steps: steps.length }],
  });
  const all = steps.map((step) => [lab, step] as const);
  const seen = verifying.step ? [] : await gatherSteps(verifying, all, graceMs);
  const held = seen.slice(0, seen.findLastIndex(({ outcome }) => outcome === 'passed') + 1);
  emit({ kind: 'lab-started', lab: lab.id, title: lab.title });
  const outcomes = held.map((state, at) =>
    state.outcome === 'passed'
      ? reportStep(state, emit, clock)
      : skipStep(lab, state.step, past(held.slice(at + 1)), emit, clock),
  );
  let unmet: Step | undefined;
  for (const step of steps.slice(held.length)) {
    if (unmet) {
      outcomes.push(skipStep(lab, step, fixFirst(unmet), emit, clock));
      continue;
    }
    const sinceMs = clock.now() - startedMs;
    const deadline = { ms: Math.max(0, graceMs - sinceMs), busyMs: Math.max(0, busyMs - sinceMs) };
    const outcome = await verifyStep(verifying, step, deadline, emit);
    outcomes.push(outcome);
    if (outcome === 'failed' || outcome === 'errored') unmet = step;
  }
  const outcome = overall(outcomes);
  emit({ kind: 'lab-finished', lab: lab.id, outcome, durationMs: Math.round(clock.now() - startedMs) });
  emit({ kind: 'run-finished', outcome, durationMs: Math.round(clock.now() - startedMs) });
  return outcome;
}

const fixFirst = (unmet: Step): Reason => ({
  message: didNotPass(unmet.title),
  hint: text('look at that step first', '請先檢查那一步'),
});

/** Why a step that does not hold now is skipped. Only a step whose checks all passed proves the steps before it. */
function past(later: readonly StepState[]): Reason {
  if (later.some(({ results }) => results.every(({ outcome }) => outcome === 'passed')))
    return {
      message: text('a later step holds', '後面的步驟已經通過'),
      hint: text('go on from there', '請從該步驟繼續'),
    };
  return {
    message: text(
      'one look cannot determine whether this was done; it must be observed while it happens',
      '僅依目前的狀態，無法判斷是否執行過；這一步必須全程觀察',
    ),
    hint: text('verify such a step alone, right after its commands', '這種步驟請在執行指令後立刻單獨驗證'),
  };
}

function reportStep({ lab, step, outcome, results }: StepState, emit: Emit, clock: Clock): Outcome {
  const events = stepEvents(lab, step, emit, clock);
  events.started();
  for (const result of results) events.checked(result);
  return events.finished(outcome, { durationMs: Math.max(0, ...results.map((one) => one.durationMs)) });
}

async function verifyStep(
  verifying: VerifyLabOptions & { readonly lab: Lab },
  step: Step,
  deadline: { readonly ms: number; readonly busyMs: number },
  emit: Emit,
): Promise<Outcome> {
  const events = stepEvents(verifying.lab, step, emit, verifying.clock);
  events.started();
  const { outcome } = await performStep({
    ...verifying,
    checks: step.verify,
    baseline: 'none',
    deadline,
    onVerify: events.verifying,
    onResult: events.checked,
  });
  return events.finished(outcome, { hints: outcome === 'failed' ? [step.hints[0]] : [] });
}
