import { asLabError } from '../docker/api/api-error.ts';
import type { AnyCheck } from '../lab/check.ts';
import { LabError } from '../lab/error.ts';
import type { CheckResult } from '../lab/event.ts';
import { judgeChecks, skippedForNeeds } from '../lab/judge-checks.ts';
import { type Text, text } from '../lab/text.ts';
import type { Lab, Step } from '../lab/tutorial.ts';
import { finalVerdict, skipped, type Verdict } from '../lab/verdict.ts';
import { anySignal, unlessAborted } from '../platform/any-signal.ts';
import type { Clock } from '../run/clock.ts';
import { performStep } from '../run/perform-step.ts';
import { explained } from '../run/poll-checks.ts';
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
  /** Nothing else is graded at the same time. */
  readonly alone: boolean;
  /** Skips the audits: what a submission shows is believed. */
  readonly trust?: boolean;
  /** Ends the grading: an abort from outside, or a limit that the submission exceeded (LimitExceededError). */
  readonly signal: AbortSignal;
  /** Called after each step, while its containers still run. True: no further step is worth performing. */
  readonly after?: (done: readonly StepDone[]) => Promise<boolean>;
}

/** How long claims may take to become true after a step's commands end. */
const settleMs = 20_000;
/** The same while the submission's containers use the processor; the step's own limit can be shorter. */
const busyMs = 60_000;
const marginMs = 5000;
/** The same for checks whose result no longer matters, and where the step's commands started nothing that could still come up. */
const hastyMs = 5000;

/**
 * Performs a lab's steps on a submission's stack in order, whatever the result of the step before, and judges each. Stops if a
 * command of the stack fails, the submission stops itself, a step fails only because of what the grader lacks, or `after` returns true. Throws errors
 * that are not the submission's: the engine's errors, another process's actions on its containers (LabError E_ENGINE_API), and an
 * abort from outside.
 */
export async function performSteps(performing: PerformStepsOptions): Promise<StepDone[]> {
  const { lab, clock, rubric, signal } = performing;
  const { limits } = rubric;
  const whole = clock.after(limits.totalSeconds * 1000);
  const done: StepDone[] = [];
  for (const step of lab.steps) {
    // the first step builds, and an audit takes as long as a step
    const seconds = limits.stepSeconds * (step.audit ? 2 : 1) + (done.length === 0 ? limits.buildSeconds : 0);
    const late = clock.after(seconds * 1000);
    using until = anySignal(signal, whole, late);
    try {
      const results = await gradeStep(step, done, performing, until, clock.now() + seconds * 1000);
      const limited = results.every(isFine) ? undefined : await limitOf(performing);
      const audited = limited ? [] : await auditStep(step, results, performing, until);
      done.push({
        step: step.id,
        results: [...results, ...audited],
        ...(limited ? { stopped: { text: limited }, limited } : {}),
      });
    } catch (error) {
      const stopped = whole.aborted
        ? tooLong(limits.totalSeconds)
        : late.aborted
          ? tooLong(seconds)
          : stoppedBy(error, performing);
      const overstepped = signal.reason instanceof LimitExceededError;
      const limited = overstepped ? undefined : await limitOf(performing);
      const exceeded = overstepped || whole.aborted || late.aborted ? { exceeded: true as const } : {};
      const reason = { text: limited ?? stopped, ...exceeded };
      done.push({ step: step.id, results: [], stopped: reason, ...(limited ? { limited } : {}) });
    }
    if ((await performing.after?.(done)) || done.at(-1)?.stopped) break;
  }
  return done;
}

const isFine = ({ outcome }: CheckResult): boolean => outcome === 'passed' || outcome === 'skipped';

/**
 * Why a step failed, if only because of what the grader lacks. Throws LabError E_ENGINE_API if another process stopped or removed
 * containers: what is missing then proves nothing.
 */
async function limitOf({ place, rubric, clock, signal }: PerformStepsOptions): Promise<Text | undefined> {
  const disturbed = await place.disturbance();
  if (disturbed) throw new LabError('E_ENGINE_API', disturbed, leaveAlone);
  const late = clock.after(rubric.limits.buildSeconds * 1000);
  using ends = anySignal(signal, late);
  try {
    return await traced('limits', () => place.limit(ends));
  } catch (error) {
    // the repeated build may run too long or fill the disk: then the existing results count
    if (late.aborted || signal.reason instanceof LimitExceededError) return undefined;
    throw error;
  }
}

const leaveAlone = text(
  'leave the containers of a class alone while it is graded, then run the same command again',
  '評分期間請不要更動作業的容器，然後再執行一次同樣的指令',
);

async function gradeStep(
  step: Step,
  done: readonly StepDone[],
  performing: PerformStepsOptions,
  signal: AbortSignal,
  endMs: number,
) {
  const { place, clock, rubric, lab } = performing;
  const settled = settledBy(rubric, lab, done);
  /** What is left of the step's time, less a margin: at its end nothing of the step would count. */
  const leftMs = () => Math.max(0, endMs - clock.now() - marginMs);
  const looking = { view: place, clock, signal, expected: true, busy: place.busy };
  const before = await place.starts();
  let patienceMs = settleMs;
  const { results, baseline } = await performStep({
    ...looking,
    checks: step.verify,
    baseline: 'gather',
    act: () => step.run(place.stack(signal)),
    deadline: () => ({
      ms: patienceMs,
      busyMs: Math.max(settleMs, Math.min(busyMs, leftMs())),
      forCheck: (id) => (settled(`${step.id}/${id}`) ? hastyMs : patienceMs),
    }),
    onVerify: async () => {
      if (done.length === 0) await place.opened(signal);
      else if ((await place.starts()) === before) patienceMs = hastyMs;
    },
    around: (phase, work) => traced(`${step.id}: ${phase === 'act' ? 'commands' : 'checks'}`, work),
  });
  if (results.every(isFine)) return results;
  // A check that passed may fail by now: for example, an app ends just after its start and takes the service that sent the
  // request down with it. A grade must not depend on which check ran first, nor on a moment in which the machine is slow.
  const open = new Set(results.filter(({ outcome }) => outcome === 'passed' || outcome === 'errored').map(({ id }) => id));
  const again = await traced(`${step.id}: checks`, () =>
    performStep({
      ...looking,
      checks: step.verify.filter(({ id }) => open.has(id)),
      baseline,
      deadline: { ms: Math.min(settleMs, leftMs()) },
    }),
  );
  return confirmed(step, results, again.results);
}

const notListed = text('not judged, because the rubric does not list it', '評分標準沒有列出，所以沒有判定');
const notAudited = text('not judged, because of --trust', '因為 --trust 而沒有判定');

/** The step's audit: one look, because it changes the stack. Throws LabError E_ENGINE_API if another process disturbed it. */
async function auditStep(
  { id, audit = [] }: Step,
  verified: readonly CheckResult[],
  { place, clock, trust, rubric }: PerformStepsOptions,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const known = new Map(verified.map((result) => [result.id, result]));
  const left = (check: AnyCheck) => {
    if (trust) return skipped(notAudited);
    return rubric.unlisted.includes(`${id}/${check.id}`) ? skipped(notListed) : undefined;
  };
  const due = audit.filter((check) => !left(check) && !skippedForNeeds(check, known));
  const startedMs = clock.now();
  const judging = traced(`${id}: audit`, async () => {
    const judged = await judgeChecks(due, place.look(), { asLabError });
    const world = place.look();
    const verdictOf = async (check: AnyCheck): Promise<Verdict | undefined> => {
      const own = judged.get(check.id);
      const skip = skippedForNeeds(check, known) ?? left(check);
      return skip ?? (own && explained(check, finalVerdict(own.judgement), world, own.evidence));
    };
    return Promise.all(audit.map(async (check) => ({ check, own: judged.get(check.id), verdict: await verdictOf(check) })));
  });
  const judged = await unlessAborted(judging, signal);
  const durationMs = Math.round(clock.now() - startedMs);
  const results = judged.flatMap(({ check, own, verdict }): CheckResult[] => {
    if (!verdict) return [];
    return [
      {
        id: check.id,
        claim: check.claim,
        outcome: verdict.outcome,
        verdict,
        evidence: own?.evidence ?? null,
        looks: 1,
        durationMs,
      },
    ];
  });
  const disturbed = results.every(isFine) ? undefined : await place.disturbance();
  if (disturbed) throw new LabError('E_ENGINE_API', disturbed, leaveAlone);
  return results;
}

/** The results after a second look at passed checks: if one fails, failed checks that need it are skipped. */
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

/** What the submission did to stop itself. Throws all other errors. */
function stoppedBy(error: unknown, { signal, alone }: PerformStepsOptions): Text {
  if (signal.reason instanceof LimitExceededError) return signal.reason.text;
  signal.throwIfAborted();
  const known: LabError = asLabError(error);
  // Builds share a limit on memory and on processes; all written data shares a disk.
  if (!alone && known.code === 'E_DISK_FULL') throw new ContentionError('disk');
  if (!alone && ranShort.test(known.text.en)) throw new ContentionError('memory');
  if (known.code === 'E_DISK_FULL') return text('it filled the disk', '它用盡了磁碟空間');
  // The output of a build can contain any words, including the engine's.
  if (known.code === 'E_COMMAND_FAILED' || /did not complete successfully: exit code: /.test(known.text.en)) return known.text;
  // A lost engine does not end a command with an exit code: this is only output, and does not stop the class.
  throw known.code === 'E_ENGINE_LOST' && isCommands(known) ? new LabError('E_COMMAND_FAILED', known.text, known.hint) : known;
}

/** Whether a command's exit code caused the error (`commandFailed`), after which the engine still answered. */
const isCommands = ({ text: { en } }: LabError): boolean => /^`.*` ended with exit code \d+/.test(en);

const ranShort =
  /exit code: 137|\bkilled\b|cannot allocate memory|out of memory|resource temporarily unavailable|can't fork|cannot fork/i;

const tooLong = (seconds: number): Text => text(`no end within ${seconds} s`, `${seconds} 秒內沒有結束`);
