import { asLabError } from '../../docker/api/api-error.ts';
import type { ErrorCode } from '../../lab/error.ts';
import type { CheckResult } from '../../lab/event.ts';
import type { Equivalent, Mistake, Scenario } from '../../lab/gate-case.ts';
import { type Text, text, verbatim } from '../../lab/text.ts';
import type { Lab, Step } from '../../lab/tutorial.ts';
import type { Verdict } from '../../lab/verdict.ts';
import { anySignal } from '../../platform/any-signal.ts';
import type { BuiltImages } from '../../run/copy/stack-copy.ts';
import { type PerformStepOptions, performStep, type StepResult } from '../../run/perform-step.ts';
import { openSession, type SessionOptions, type StackSession } from '../../run/session.ts';
import { quietMs } from '../../run/teardown.ts';
import { graceMs } from '../../run/verify.ts';
import { makeHands } from './scenario.ts';

/** The result of a case. `surprise`: why the checks cannot be trusted; undefined: the result is as expected. */
export interface CaseResult {
  readonly id: string;
  readonly kind: 'untouched' | 'solution' | 'mistake' | 'equivalent';
  /** `lab/step`; empty for a case that covers all steps. */
  readonly at: string;
  readonly what: Text;
  /** The check that caught the mistake. */
  readonly caughtBy?: string;
  /** What a learner reads first about a mistake: the first check that failed. */
  readonly message?: CaseMessage;
  readonly surprise?: Text;
  readonly durationMs: number;
}

/** The message of a failed check. */
interface CaseMessage {
  readonly claim: Text;
  readonly expected: Text;
  readonly saw: Text;
  readonly tryNext: Text;
  /** The end of the service's log. */
  readonly log: readonly string[];
}

/** The context of all cases: a session's options without its ID. */
export interface CaseContext extends Omit<SessionOptions, 'runId'> {
  /** Returns a new ID for each case. */
  runId(): string;
  readonly signal: AbortSignal;
}

/** Time limit of a case. */
const caseMs = 180_000;
/** The same for each step of a solution, which performs all of them; a short tutorial's has `caseMs`. */
const stepMs = 45_000;
/** Time limit until a correct solution passes; the same as after a run's own commands. */
const settleMs = 30_000;
/** The same for a step before its own commands: long enough for an app to start; a check that waits for the learner uses all of it. */
const untouchedMs = 8000;

/** How long a container that is about to end may run on before its check is looked at for the last time. */
const lateMs = 8000;

type Surprise = Text | undefined;

/** Errors that say nothing about a case and stop the gate. */
const ofTheMachine: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'E_CLEAN',
  'E_DISK_FULL',
  'E_ENGINE_LOST',
  'E_ENGINE_UNREACHABLE',
  'E_NETWORKS_FULL',
  'E_STATE',
]);

type Work<T> = (
  place: (stack: string) => Promise<StackSession>,
  hands: (place: StackSession) => Scenario,
  signal: AbortSignal,
) => Promise<T>;

/**
 * Opens a session, runs `work` in it, and removes everything. Throws what `work` throws; on abort, rejects with the signal's
 * reason.
 */
export async function inPlace<T>(run: CaseContext, ends: AbortSignal, work: Work<T>, builtImages?: BuiltImages): Promise<T> {
  const { signal, engine } = run;
  const runId = run.runId();
  await using workplace = await openSession({ ...run, runId, ...(builtImages ? { builtImages } : {}) }, () => undefined);
  let worked = false;
  try {
    const result = await work(workplace.place, (place) => makeHands(engine, place, runId, ends), ends);
    worked = true;
    return result;
  } finally {
    await workplace.remove(worked ? 0 : quietMs);
    signal.throwIfAborted();
  }
}

/** As `inPlace`, for a case: an error of `work` is also a surprise. Throws errors of the machine. */
export async function inCase(
  run: CaseContext,
  work: Work<Surprise>,
  builtImages?: BuiltImages,
  limitMs = caseMs,
): Promise<{ surprise?: Text; durationMs: number }> {
  const { clock, signal } = run;
  const startedMs = clock.now();
  const tooLate = clock.after(limitMs);
  using ends = anySignal(signal, tooLate);
  const surprise = await inPlace(run, ends, work, builtImages).catch((error): Surprise => {
    signal.throwIfAborted();
    return tooLate.aborted && error === tooLate.reason ? took(limitMs) : reasonOf(error);
  });
  return { ...(surprise ? { surprise } : {}), durationMs: Math.round(clock.now() - startedMs) };
}

const took = (ms: number): Text => text(`no end within ${ms / 1000} s`, `${ms / 1000} 秒內沒有結束`);

/** The text of an error in running a case, which is the author's and proves nothing. Throws errors of the machine. */
function reasonOf(error: unknown): Text {
  const known = asLabError(error);
  const { code, text: message } = known;
  if (ofTheMachine.has(code)) throw known;
  return { en: `${code}: ${message.en}`, 'zh-TW': `${code}：${message['zh-TW']}` };
}

/** A claim's failure in English, as a learner reads it, on one line. The last lines of the service's log are at the end. */
const describeVerdict = (verdict: Verdict): string =>
  'expected' in verdict
    ? [verdict.expected.en, verdict.actual.en, verdict.help.en, ...(verdict.said?.lines ?? [])].join(' | ')
    : '';

/** Whether the check of a mistake fails with its message. */
const isAsExpected = ({ message }: Mistake, verdict: Verdict | undefined): boolean =>
  verdict?.outcome === 'failed' && message.test(describeVerdict(verdict));

const failedOf = (results: readonly CheckResult[]): string =>
  results
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'errored')
    .map(
      (one) =>
        `${one.id}${one.verdict.outcome === 'errored' ? ` (${one.verdict.reason.code}: ${one.verdict.reason.text.en})` : ` (${describeVerdict(one.verdict)})`}`,
    )
    .join(', ');

/** The step of a case, and the other steps of its tutorial, by `lab/step`. */
interface CaseStep {
  readonly lab: Lab;
  readonly step: Step;
  stepAt(at: string): Step;
}

export async function tryMistake(run: CaseContext, at: CaseStep, mistake: Mistake, images: BuiltImages): Promise<CaseResult> {
  let message: CaseMessage | undefined;
  // A stack that still starts is no final state: the checks wait as long as after a solution, unless the mistake is caught before.
  const done = await inCase(
    run,
    async (place, hands, signal) => {
      const { step } = at;
      const stack = await place(at.lab.stack);
      const waits: Waits = {
        deadline: { ms: graceMs, busyMs: settleMs },
        busy: async (verdictOf) => !isAsExpected(mistake, await verdictOf(mistake.caughtBy)),
      };
      const first = await makeAndVerify(run, stack, at, mistake, hands, signal, waits);
      const { outcome, results } = await lookAgain(run, stack, step, mistake, first, signal, waits);
      message = firstMessage(results);
      const errors = results.filter(({ outcome }) => outcome === 'errored');
      if (errors.length > 0) return verbatim(`errored: ${failedOf(errors)}`);
      if (outcome !== 'failed')
        return text(
          'nothing caught it: every check of the step passes, so the case changes nothing that they observe, or a check is missing',
          '沒有檢查偵測到：這一步的檢查全部通過，因此這個案例沒有改變它們觀察的任何內容，或是少了一項檢查',
        );
      const by = results.find(({ id }) => id === mistake.caughtBy);
      if (!by) return text(`the step has no check ${mistake.caughtBy}`, `這一步沒有檢查 ${mistake.caughtBy}`);
      if (by.outcome !== 'failed')
        return text(
          `${mistake.caughtBy} is ${by.outcome}; caught by ${failedOf(results)}`,
          `${mistake.caughtBy} 的結果是 ${by.outcome}；偵測到的是 ${failedOf(results)}`,
        );
      if (!mistake.message.test(describeVerdict(by.verdict)))
        return text(
          `the message of ${by.id} does not match ${mistake.message}: ${describeVerdict(by.verdict)}`,
          `${by.id} 的訊息不符合 ${mistake.message}：${describeVerdict(by.verdict)}`,
        );
      if ('expected' in by.verdict && mistake.message.test(by.verdict.expected.en))
        return text(
          `${mistake.message} matches what is expected (${by.verdict.expected.en}), which ${by.id} says whatever is wrong: name what was seen`,
          `${mistake.message} 符合的是預期的狀態（${by.verdict.expected.en}），不論錯在哪裡，${by.id} 都會這樣寫：請寫出實際看到的狀態`,
        );
      return undefined;
    },
    mistake.builds ? undefined : images,
  );
  const { id, what, caughtBy } = mistake;
  return {
    id,
    kind: 'mistake',
    at: mistake.at,
    what,
    ...(done.surprise ? {} : { caughtBy }),
    ...(message ? { message } : {}),
    ...done,
  };
}

/** A check can pass while its container is about to end. Looks again for a while at a mistake's check that passed. */
async function lookAgain(
  { clock }: CaseContext,
  view: StackSession,
  step: Step,
  { caughtBy }: Mistake,
  first: StepResult,
  signal: AbortSignal,
  waits: Waits,
): Promise<StepResult> {
  const untilMs = clock.now() + lateMs;
  const isMissed = ({ results }: StepResult) => results.find(({ id }) => id === caughtBy)?.outcome === 'passed';
  if (!isMissed(first)) return first;
  const changes = await view.watch();
  try {
    let seen = first;
    while (isMissed(seen) && clock.now() < untilMs) {
      await changes.next(Math.min(1000, untilMs - clock.now()), signal);
      seen = await performStep({ checks: step.verify, view, clock, signal, baseline: first.baseline, explains: true, ...waits });
    }
    return seen;
  } finally {
    await changes.close();
  }
}

function firstMessage(results: readonly CheckResult[]): CaseMessage | undefined {
  for (const { claim, verdict } of results)
    if (verdict.outcome === 'failed') {
      const { expected, actual: saw, help: tryNext, said } = verdict;
      return { claim, expected, saw, tryNext, log: said?.lines ?? [] };
    }
  return undefined;
}

export async function tryEquivalent(
  run: CaseContext,
  at: CaseStep,
  equivalent: Equivalent,
  images: BuiltImages,
): Promise<CaseResult> {
  const done = await inCase(
    run,
    async (place, hands, signal) => {
      const { results } = await makeAndVerify(run, await place(at.lab.stack), at, equivalent, hands, signal, {
        deadline: { ms: settleMs },
      });
      const wrong = results.filter(({ id, outcome }) => outcome !== (equivalent.skips?.includes(id) ? 'skipped' : 'passed'));
      return wrong.length === 0
        ? undefined
        : verbatim(failedOf(wrong) || wrong.map((one) => `${one.id} ${one.outcome}`).join(', '));
    },
    equivalent.builds ? undefined : images,
  );
  const { id, what } = equivalent;
  return { id, kind: 'equivalent', at: equivalent.at, what, ...done };
}

type Waits = Pick<PerformStepOptions, 'deadline' | 'busy'>;

async function makeAndVerify(
  { clock }: CaseContext,
  place: StackSession,
  { step, stepAt }: CaseStep,
  made: Equivalent,
  handsOf: (place: StackSession) => Scenario,
  signal: AbortSignal,
  waits: Waits,
): Promise<StepResult> {
  const hands = handsOf(place);
  await made.given?.(hands, (at) => settled(stepAt(at), { view: place, clock, signal }));
  return performStep({
    checks: step.verify,
    view: place,
    clock,
    signal,
    baseline: 'gather',
    act: () => made.make(hands),
    ...waits,
    explains: true,
  });
}

/** Waits until a step passes, or one of its checks fails. */
async function settled({ verify }: Step, options: Pick<PerformStepOptions, 'view' | 'clock' | 'signal'>): Promise<void> {
  await performStep({ ...options, checks: verify, baseline: 'none', ...untilOneFails(settleMs) });
}

/** The first failed check decides: what still waits then has no more time. */
function untilOneFails(ms: number): Pick<PerformStepOptions, 'deadline' | 'onResult'> {
  let decided = false;
  return {
    deadline: { ms, forCheck: () => (decided ? 0 : ms) },
    onResult: ({ outcome }) => {
      decided ||= outcome === 'failed';
    },
  };
}

/**
 * Verifies each step on the unchanged stack. Reports the steps that pass and those that cannot be determined. An app that still
 * starts gets its time, or a step would seem to fail on a slow machine; the first failed check decides.
 */
export async function passingWithoutWork(
  run: CaseContext,
  place: StackSession,
  steps: readonly (readonly [at: string, Step])[],
): Promise<Surprise> {
  const { clock, signal } = run;
  const wrong: string[] = [];
  for (const [at, step] of steps) {
    const { outcome, results } = await performStep({
      checks: step.verify,
      view: place,
      clock,
      signal,
      // a claim that a container was replaced is false as long as it is the same one
      baseline: 'gather',
      ...untilOneFails(untouchedMs),
    });
    if (outcome === 'passed') wrong.push(`${at} passes before its commands: no check shows that they were performed`);
    if (outcome === 'errored') wrong.push(`${at}: ${failedOf(results.filter((one) => one.outcome === 'errored'))}`);
  }
  return wrong.length > 0 ? verbatim(wrong.join('; ')) : undefined;
}

/** Performs all steps of the labs in order. Each step must pass after its commands and, with `untouched`, fail before them. */
export function trySolution(run: CaseContext, labs: readonly Lab[], { untouched }: { untouched: boolean }) {
  const steps = labs.reduce((sum, lab) => sum + lab.steps.length, 0);
  const limitMs = Math.max(caseMs, steps * stepMs);
  const perform: Work<Surprise> = async (placeOf, hands, signal) => {
    for (const lab of labs) {
      const place = await placeOf(lab.stack);
      for (const step of lab.steps) {
        const at = `${lab.id}/${step.id}`;
        const early = untouched ? await passingWithoutWork(run, place, [[at, step]]) : undefined;
        if (early) return early;
        const { results } = await performStep({
          checks: step.verify,
          view: place,
          clock: run.clock,
          signal,
          baseline: 'gather',
          act: () => step.run(hands(place)),
          deadline: { ms: settleMs },
        });
        const wrong = results.filter(({ outcome }) => outcome !== 'passed');
        if (wrong.length > 0)
          return verbatim(`${at}: ${failedOf(wrong) || wrong.map((one) => `${one.id} ${one.outcome}`).join(', ')}`);
      }
    }
    return undefined;
  };
  return inCase(run, perform, undefined, limitMs);
}
