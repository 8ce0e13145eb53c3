import type { Engine } from '../engine/engine.ts';
import type { CheckResult, Listener } from '../lab/event.ts';
import { type Text, text } from '../lab/text.ts';
import type { Lab, Step, Tutorial } from '../lab/tutorial.ts';
import { didNotPass, type Outcome, overall, skipped } from '../lab/verdict.ts';
import type { Clock } from './clock.ts';
import { inTheirWords } from './compose-words.ts';
import { engineLine } from './engine-line.ts';
import type { OwnStack } from './own.ts';
import { type Tell, telling } from './sequencer.ts';
import { settle, type View } from './settle.ts';
import { observe } from './world.ts';

/** How long a claim that the engine is still at may take to come true where nothing was done just now. */
export const graceMs = 3000;

export interface Verifying {
  readonly engine: Engine;
  readonly own: OwnStack;
  readonly clock: Clock;
  /** A mark no earlier request carried. */
  nonce(): string;
  readonly signal: AbortSignal;
}

/** One step as the stack stands: what its checks found, in one look. */
export interface StepState {
  readonly lab: Lab;
  readonly step: Step;
  readonly outcome: Outcome;
  readonly results: readonly CheckResult[];
}

/** What is seen of a learner's own stack. It only observes. */
const viewOf = ({ engine, own, clock, nonce }: Verifying): View => observe({ ...engine, ...own, clock, nonce });

/** Looks once at each of these steps. */
export async function lookAtSteps(verifying: Verifying, steps: readonly (readonly [Lab, Step])[]): Promise<StepState[]> {
  const view = viewOf(verifying);
  return Promise.all(
    steps.map(async ([lab, step]) => {
      const results = await settle(step.verify, { ...verifying, view, deadlineMs: 0 });
      return { lab, step, outcome: overall(results.map(({ outcome }) => outcome)), results };
    }),
  );
}

/**
 * Verifies one step, or a whole lab: then the step that the learner is at, which is the one after the last that holds. Tells it as events. Resolves to
 * the outcome: a lab has passed when its last step holds. Rejects with the signal's reason when aborted.
 */
export async function verifyLab(
  verifying: Verifying & { readonly tutorial: Tutorial; readonly lab: Lab; readonly step?: Step; readonly listen: Listener },
): Promise<Outcome> {
  const { engine, tutorial, lab, clock, own } = verifying;
  const tell = telling(inTheirWords(verifying.listen, engine.compose.line), clock);
  const startedMs = clock.now();
  const steps = verifying.step ? [verifying.step] : lab.steps;
  tell({
    kind: 'run-started',
    mode: 'verify',
    runId: own.project,
    tutorial: tutorial.id,
    title: tutorial.title,
    engine: engineLine(engine),
    startedAt: clock.time(),
    plan: [{ lab: lab.id, title: lab.title, steps: steps.length }],
  });
  // Where the learner is: after the last step that holds.
  const seen = verifying.step
    ? []
    : await lookAtSteps(
        verifying,
        steps.map((step) => [lab, step] as const),
      );
  const at = seen.findLastIndex(({ outcome }) => outcome === 'passed') + 1;
  const outcomes: Outcome[] = [];
  tell({ kind: 'lab-started', lab: lab.id, title: lab.title });
  for (const [index, step] of steps.entries()) {
    const state = seen[index];
    if (index > at) outcomes.push(skip(lab, step, didNotPass(steps[at]?.title ?? step.title), tell));
    else if (index === at) outcomes.push(await verifyStep(verifying, lab, step, tell));
    else if (state?.outcome === 'passed') outcomes.push(tellState(state, tell));
    else outcomes.push(skip(lab, step, text('a later step holds', '後面的步驟已經成立'), tell));
  }
  const outcome = overall(outcomes.filter((one) => one !== 'skipped'));
  tell({ kind: 'lab-finished', lab: lab.id, outcome, durationMs: Math.round(clock.now() - startedMs) });
  tell({ kind: 'run-finished', outcome, durationMs: Math.round(clock.now() - startedMs) });
  return outcome;
}

function tellState({ lab, step, outcome, results }: StepState, tell: Tell): Outcome {
  const at = { lab: lab.id, step: step.id };
  tell({ kind: 'step-started', ...at, title: step.title, teach: step.teach });
  for (const result of results) tell({ kind: 'check-finished', ...at, result });
  tell({ kind: 'step-finished', ...at, outcome, durationMs: Math.max(0, ...results.map((one) => one.durationMs)), hints: [] });
  return outcome;
}

async function verifyStep(verifying: Verifying, lab: Lab, step: Step, tell: Tell): Promise<Outcome> {
  const { clock } = verifying;
  const at = { lab: lab.id, step: step.id };
  const startedMs = clock.now();
  tell({ kind: 'step-started', ...at, title: step.title, teach: step.teach });
  tell({ kind: 'verify-started', ...at, checks: step.verify.map(({ id, claim }) => ({ id, claim })) });
  const results = await settle(step.verify, {
    ...verifying,
    view: viewOf(verifying),
    deadlineMs: graceMs,
    onResult: (result) => tell({ kind: 'check-finished', ...at, result }),
  });
  const outcome = overall(results.map((result) => result.outcome));
  const hints = outcome === 'failed' ? [step.hints[0]] : [];
  tell({ kind: 'step-finished', ...at, outcome, durationMs: Math.round(clock.now() - startedMs), hints });
  return outcome;
}

function skip(lab: Lab, step: Step, because: Text, tell: Tell): Outcome {
  const at = { lab: lab.id, step: step.id };
  tell({ kind: 'step-started', ...at, title: step.title, teach: step.teach });
  for (const { id, claim } of step.verify) {
    const result = { id, claim, outcome: 'skipped', verdict: skipped(because), evidence: null, looks: 0, durationMs: 0 } as const;
    tell({ kind: 'check-finished', ...at, result });
  }
  const reason = { message: because, hint: text('look at that step first', '請先看那一步') };
  tell({ kind: 'step-finished', ...at, outcome: 'skipped', durationMs: 0, reason, hints: [] });
  return 'skipped';
}
