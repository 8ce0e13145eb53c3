import type { EngineLine, Listener } from '../lab/event.ts';
import { text } from '../lab/text.ts';
import type { Lab, Step, Tutorial } from '../lab/tutorial.ts';
import { didNotPass, type Outcome, skipped } from '../lab/verdict.ts';
import type { Clock } from './clock.ts';
import { inComposeV1Wording } from './compose-v1-wording.ts';
import { countedInOrder, isProof, nextStep, progressOf, type Shown, type StepState, stepId } from './learner/progress.ts';
import { performStep } from './perform-step.ts';
import type { View } from './poll-checks.ts';
import { type Emit, emitter, type Reason, stepEvents } from './step-events.ts';

/** How long a claim may take to become true while the engine is still working, although no command was just run. */
export const graceMs = 3000;
/** The same while the learner's containers use the processor: an app that starts on a slow machine. */
const busyMs = 20_000;
/** How long a log line or an event of the learner's own traffic may be delayed. */
const trafficMs = 500;

/** Observes a learner's own stack. Changes nothing. */
export interface VerifyLabOptions {
  readonly view: View;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Steps that an earlier record shows as done, as `lab/step`. They are not looked at. Omitted: none. */
  readonly shown?: Shown;
  /** A step of which live mode saw that a claim cannot become true any more, as `lab/step`. It is not done, whatever a look shows. */
  readonly spoiled?: string;
  /** Whether the learner's containers use the processor. */
  busy?(): Promise<boolean>;
  /** See `isOneStart`. Omitted: unknown. */
  oneStart?(): Promise<boolean>;
}

/** One look at each of these steps, repeated for up to 3 s while the engine is still working. */
export async function gatherSteps(verifying: VerifyLabOptions, steps: readonly (readonly [Lab, Step])[]): Promise<StepState[]> {
  const shown = verifying.shown ?? new Set();
  const states = await Promise.all(
    steps.map(async ([lab, step]): Promise<StepState> => {
      if (shown.has(stepId(lab, step))) return { lab, step, progress: 'done', recorded: true, results: [] };
      const proofs = new Set(step.verify.filter(isProof).map(({ id }) => id));
      const forCheck = (id: string) => (proofs.has(id) ? trafficMs : graceMs);
      const deadline = { ms: graceMs, busyMs, forCheck };
      const { results } = await performStep({ ...verifying, checks: step.verify, baseline: 'none', deadline, explains: true });
      const progress = progressOf(lab, step, results, shown);
      if (progress !== 'done') return { lab, step, progress, results };
      if (verifying.spoiled === stepId(lab, step)) return { lab, step, progress: 'not-seen', spoiled: true, results };
      const isOld = step.laterThanStart && (await verifying.oneStart?.()) === true;
      return { lab, step, progress: isOld ? 'not-seen' : 'done', results };
    }),
  );
  return countedInOrder(states);
}

export interface VerifiedLab {
  /** Passed: every step is done. */
  readonly outcome: Outcome;
  readonly states: readonly StepState[];
  /** The step to do next; undefined: none after the last one that is done. */
  readonly next?: StepState;
}

/**
 * Verifies one step, or a whole lab, by one look. Emits events: a step that is done passes; the next one fails with its results, if a check of it failed;
 * others are skipped, because they are not seen yet. Rejects with the signal's reason on abort.
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
): Promise<VerifiedLab> {
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
  emit({ kind: 'lab-started', lab: lab.id, title: lab.title });
  const states = await gatherSteps(
    verifying,
    steps.map((step) => [lab, step] as const),
  );
  const next = nextStep(states);
  const outcomes = states.map((state) => reportStep(state, state === next, emit, clock));
  const outcome = outcomeOf(outcomes);
  emit({ kind: 'lab-finished', lab: lab.id, outcome, durationMs: Math.round(clock.now() - startedMs) });
  emit({ kind: 'run-finished', outcome, durationMs: Math.round(clock.now() - startedMs) });
  return { outcome, states, ...(next ? { next } : {}) };
}

/** Passed only if every step passed; skipped if no step passed or failed. */
function outcomeOf(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('errored')) return 'errored';
  if (outcomes.every((one) => one === 'passed')) return 'passed';
  return outcomes.every((one) => one === 'skipped') ? 'skipped' : 'failed';
}

function reportStep(state: StepState, isNext: boolean, emit: Emit, clock: Clock): Outcome {
  const { lab, step, progress, results } = state;
  const events = stepEvents(lab, step, emit, clock);
  const durationMs = Math.max(0, ...results.map((one) => one.durationMs));
  events.started();
  const outcome = eventOutcome(state, isNext);
  const reason = state.recorded ? recorded : notSeen(state);
  if (outcome === 'skipped' || state.recorded)
    for (const { id, claim } of step.verify)
      events.checked({
        id,
        claim,
        outcome: 'skipped',
        verdict: skipped(reason.message),
        evidence: null,
        looks: 0,
        durationMs: 0,
      });
  else for (const result of results) events.checked(result);
  const why = outcome === 'skipped' || state.recorded ? { reason } : {};
  return events.finished(outcome, { durationMs, ...why, hints: progress !== 'done' && isNext ? [step.hints[0]] : [] });
}

function eventOutcome({ progress, results }: StepState, isNext: boolean): Outcome {
  if (progress === 'done') return 'passed';
  if (progress === 'errored') return 'errored';
  return isNext && results.some(({ outcome }) => outcome === 'failed') ? 'failed' : 'skipped';
}

const recorded: Reason = {
  message: text('it was done before', '之前已經完成'),
  hint: text('', ''),
};

/** Why a step is not seen. */
export function notSeen({ step, results, early, spoiled }: StepState): Reason {
  if (spoiled)
    return {
      message: text(
        'not done: lab learn saw that something else was changed in this step, which cannot be undone; press r there to set the step up again',
        '尚未完成：lab learn 看到這一步更動了其他服務，而且無法復原；請在 lab learn 按 r 重設這一步',
      ),
      hint: step.hints[0],
    };
  if (early)
    return {
      message: text('not seen yet: a step before it is open', '尚未看到：前面還有步驟沒有完成'),
      hint: text('do the steps in order', '請依序完成各個步驟'),
    };
  const unmet = results.find(({ outcome }) => outcome === 'failed');
  if (unmet)
    return {
      message: text(`not seen yet: ${didNotPass(unmet.claim).en}`, `尚未看到：${didNotPass(unmet.claim)['zh-TW']}`),
      hint: step.hints[0],
    };
  if (step.returnsToStart)
    return {
      message: text(
        'not seen yet: this was true before the lab too, so one look does not show that it was done',
        '尚未看到：單元開始前就已經如此，僅檢查一次無法確認是否做過',
      ),
      hint: step.hints[0],
    };
  if (step.laterThanStart)
    return {
      message: text(
        'not seen yet: the stack was started like this, so one look does not show that it was done',
        '尚未看到：這組服務啟動時就已經如此，僅檢查一次無法確認是否做過',
      ),
      hint: step.hints[0],
    };
  return {
    message: text('not seen yet: one look does not show it', '尚未看到：僅檢查一次無法確認'),
    hint: text('verify such a step alone, right after its commands', '這種步驟請在執行指令後立刻單獨驗證'),
  };
}
