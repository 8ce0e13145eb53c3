import { asLabError } from '../docker/api/api-error.ts';
import { LabError } from '../lab/error.ts';
import type { CheckResult } from '../lab/event.ts';
import { skippedForNeeds } from '../lab/judge-checks.ts';
import { type Text, text } from '../lab/text.ts';
import type { Lab, Step } from '../lab/tutorial.ts';
import { anySignal } from '../platform/any-signal.ts';
import type { Clock } from '../run/clock.ts';
import { performStep } from '../run/perform-step.ts';
import { ContentionError, LimitExceededError } from './errors.ts';
import type { Rubric } from './rubric/rubric.ts';
import type { SandboxStack } from './sandbox/sandbox-stack.ts';
import { traced } from './sandbox/tracing.ts';
import { type StepDone, settledBy } from './scoring/score.ts';

export interface PerformStepsOptions {
  readonly lab: Lab;
  readonly place: SandboxStack;
  readonly clock: Clock;
  readonly rubric: Rubric;
  /** Nothing else is graded meanwhile. */
  readonly alone: boolean;
  /** Ends it: an abort from outside, or (`Stop`) what the submission has done. */
  readonly signal: AbortSignal;
}

/** How long claims may take to come true after a step's commands have ended. */
const settleMs = 20_000;
/** The same where it makes no difference any more. */
const hastyMs = 5000;

/**
 * Performs a lab's steps on a submission's stack, one after another whatever came of the one before, and judges each. Ends where a command of
 * the stack fails, the submission stops itself, or a failure turns out to be for what the grader lacks. Throws what is not the submission's: the
 * engine's errors, what another process did to its containers (LabError E_ENGINE_API), an abort from outside.
 */
export async function performSteps(performing: PerformStepsOptions): Promise<StepDone[]> {
  const { lab, clock, rubric, signal } = performing;
  const { limits } = rubric;
  const whole = clock.after(limits.totalSeconds * 1000);
  const done: StepDone[] = [];
  for (const step of lab.steps) {
    // the first one builds
    const seconds = limits.stepSeconds + (done.length === 0 ? limits.buildSeconds : 0);
    const late = clock.after(seconds * 1000);
    const over = new AbortController();
    try {
      const until = anySignal(signal, whole, late, over.signal);
      const results = await gradeStep(step, done, performing, until);
      const limited = results.every(isFine) ? undefined : await limitOf(performing);
      done.push({ step: step.id, results, ...(limited ? { stopped: { text: limited }, limited } : {}) });
      if (limited) break;
    } catch (error) {
      const stopped = whole.aborted
        ? tooLong(limits.totalSeconds)
        : late.aborted
          ? tooLong(seconds)
          : stoppedBy(error, performing);
      const limited = signal.reason instanceof LimitExceededError ? undefined : await limitOf(performing);
      done.push({ step: step.id, results: [], stopped: { text: limited ?? stopped }, ...(limited ? { limited } : {}) });
      break;
    } finally {
      // nothing listens to the others on its behalf any more
      over.abort();
    }
  }
  return done;
}

const isFine = ({ outcome }: CheckResult): boolean => outcome === 'passed' || outcome === 'skipped';

/**
 * Why a step failed, where it is only for what the grader lacks. Throws LabError E_ENGINE_API where another process stopped or removed containers: what
 * is missing then proves nothing.
 */
async function limitOf({ place, rubric, clock, signal }: PerformStepsOptions): Promise<Text | undefined> {
  const disturbed = await place.disturbance();
  if (disturbed) throw new LabError('E_ENGINE_API', disturbed, leaveAlone);
  const late = clock.after(rubric.limits.buildSeconds * 1000);
  try {
    return await traced('limits', () => place.limit(anySignal(signal, late)));
  } catch (error) {
    // a build that is asked again may take as long as it likes, or fill the disk: then it is judged by what was seen
    if (late.aborted || signal.reason instanceof LimitExceededError) return undefined;
    throw error;
  }
}

const leaveAlone = text(
  'leave the containers of a class alone while it is graded, then run the same command again',
  '評分期間不要動作業的容器，再執行一次同樣的指令',
);

async function gradeStep(step: Step, done: readonly StepDone[], performing: PerformStepsOptions, signal: AbortSignal) {
  const { place, clock, rubric, lab } = performing;
  const settled = settledBy(rubric, lab, done);
  const looking = { view: place, clock, signal, expected: true };
  const { results, baseline } = await performStep({
    ...looking,
    checks: step.verify,
    baseline: 'gather',
    act: () => step.run(place.stack(signal)),
    deadline: { ms: settleMs, forCheck: (id) => (settled(`${step.id}/${id}`) ? hastyMs : settleMs) },
    onVerify: () => (done.length === 0 ? place.opened(signal) : undefined),
    around: (phase, work) => traced(`${step.id}: ${phase === 'act' ? 'commands' : 'checks'}`, work),
  });
  if (results.every(isFine)) return results;
  // What was seen to hold may have fallen since, as an app that ends a moment after its start, and takes with it what asked it: a grade must not hang
  // on who looked first.
  const open = new Set(results.filter(({ outcome }) => outcome === 'passed' || outcome === 'errored').map(({ id }) => id));
  const again = await traced(`${step.id}: checks`, () =>
    performStep({ ...looking, checks: step.verify.filter(({ id }) => open.has(id)), baseline, deadline: { ms: 0 } }),
  );
  return confirmed(step, results, again.results);
}

/** Results after a second look at those that had passed: what failed in it takes with it the checks that need it. */
function confirmed(step: Step, results: readonly CheckResult[], again: readonly CheckResult[]): CheckResult[] {
  const after = new Map(results.map((result) => [result.id, result]));
  for (const result of again) if (result.outcome !== 'errored') after.set(result.id, result);
  return step.verify.flatMap((check) => {
    const result = after.get(check.id);
    if (!result) return [];
    const verdict = result.outcome === 'failed' ? skippedForNeeds(check, after) : undefined;
    const known: CheckResult = verdict ? { ...result, outcome: 'skipped', verdict } : result;
    after.set(check.id, known);
    return known;
  });
}

/** What the submission did to end it. Throws what it did not. */
function stoppedBy(error: unknown, { signal, alone }: PerformStepsOptions): Text {
  if (signal.reason instanceof LimitExceededError) return signal.reason.text;
  signal.throwIfAborted();
  const known: LabError = asLabError(error);
  // Builds share a bound of memory and of processes, all that is written a disk.
  if (!alone && known.code === 'E_DISK_FULL') throw new ContentionError('disk');
  if (!alone && ranShort.test(known.text.en)) throw new ContentionError('memory');
  if (known.code === 'E_DISK_FULL') return text('it filled the disk', '它把磁碟寫滿了');
  // What a build printed can be in any words, the engine's own among them.
  if (known.code === 'E_COMMAND_FAILED' || /did not complete successfully: exit code: /.test(known.text.en)) return known.text;
  // An engine that is lost does not end a command, and say so: these are words again, and stop no class.
  throw known.code === 'E_ENGINE_LOST' && isCommands(known) ? new LabError('E_COMMAND_FAILED', known.text, known.hint) : known;
}

/** Told by a command's end (`commandFailed`), after which the engine was asked and answered. */
const isCommands = ({ text: { en } }: LabError): boolean => /^`.*` ended with exit code \d+/.test(en);

const ranShort =
  /exit code: 137|\bkilled\b|cannot allocate memory|out of memory|resource temporarily unavailable|can't fork|cannot fork/i;

const tooLong = (seconds: number): Text => text(`no end within ${seconds} s`, `${seconds} 秒內沒有結束`);
