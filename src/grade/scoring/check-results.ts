import type { AnyCheck } from '../../lab/check.ts';
import type { CheckResult } from '../../lab/event.ts';
import { needsBaseline } from '../../lab/judge-checks.ts';
import { type Text, text } from '../../lab/text.ts';
import { gradedChecks, type Lab, type Step } from '../../lab/tutorial.ts';
import type { LogExcerpt, Outcome, Verdict } from '../../lab/verdict.ts';
import type { GradedCheck } from '../types.ts';
import { firstLine } from './causes.ts';

/** The result of one step of a lab on a submission's stack. */
export interface StepDone {
  readonly step: string;
  readonly results: readonly CheckResult[];
  /** A command of the stack failed, or the student's code ran out of time or memory: no later step was performed. */
  readonly stopped?: {
    readonly text: Text;
    readonly said?: LogExcerpt;
    /** It exceeded a limit on time, memory or disk. */
    readonly exceeded?: true;
  };
  /** The step failed only because of what the grader lacks; the text is the cause and the remedy. Needs review. */
  readonly limited?: Text;
}

/**
 * earned: the claim holds, or does not apply to this stack. failed: the claim was seen not to hold. blocked: not checked, because
 * a check that it needs did not pass. stopped: not reached. undetermined: could not be determined.
 */
type CheckStatus = 'earned' | 'failed' | 'blocked' | 'stopped' | 'undetermined';

export interface CheckFinding {
  /** `step/check`. */
  readonly id: string;
  readonly status: CheckStatus;
  readonly claim: Text;
  readonly outcome: Outcome;
  /** The check because of which it was not checked: of a blocked check, and of all but the first stopped one. */
  readonly cause?: string;
  /** The texts that the report shows. */
  readonly texts: Pick<GradedCheck, 'expected' | 'actual' | 'help' | 'because' | 'said' | 'spread'>;
  /** Where the mistake can be. Of a failed check. */
  readonly fault?: Fault;
}

/** The parts (`conf`, a role) in which a mistake can be; left out: the entries of `roles` in the Compose file. */
export interface Fault {
  readonly parts?: readonly string[];
  readonly roles: readonly string[];
}

type StopReason = NonNullable<StepDone['stopped']>;

/** Each check of a lab, in order, and its finding. */
export function findingsOf(lab: Lab, done: readonly StepDone[]): CheckFinding[] {
  let stop: StopReason | undefined;
  const found = lab.steps.flatMap((step) => {
    const one = done.find((other) => other.step === step.id);
    const before = stop;
    stop ??= one?.stopped;
    return ofStep(step, one?.results ?? [], before ? inShort(before) : stop);
  });
  const reason = found.find(({ status }) => status === 'stopped')?.id;
  return found.map((one) =>
    reason !== undefined && one.status === 'stopped' && one.id !== reason ? { ...one, cause: reason } : one,
  );
}

/** The full reason is shown once, at the first check that was left unjudged; other checks show its first line. */
const inShort = (stop: StopReason): StopReason => ({ text: firstLine(stop.text) });

function ofStep(step: Step, results: readonly CheckResult[], stop: StopReason | undefined): CheckFinding[] {
  const found = new Map<string, CheckFinding>();
  let unexplained = stop;
  for (const check of gradedChecks(step)) {
    const result = results.find((one) => one.id === check.id && !isUnseen(one));
    const about = { id: `${step.id}/${check.id}`, claim: check.claim };
    const needs = (check.needs ?? []).map((need) => found.get(need)).filter((need) => need !== undefined);
    if (!result && unexplained) {
      const { text: because, said } = unexplained;
      found.set(check.id, { ...about, status: 'stopped', outcome: 'skipped', texts: { because, ...(said ? { said } : {}) } });
      unexplained = inShort(unexplained);
    } else if (!result)
      found.set(check.id, { ...about, status: 'undetermined', outcome: 'errored', texts: { because: notJudged } });
    else found.set(check.id, { ...about, ...judged(result, needs), ...faultOf(check, result) });
  }
  return [...found.values()];
}

function faultOf({ roles = [] }: AnyCheck, { verdict }: CheckResult): { fault?: Fault } {
  if (verdict.outcome !== 'failed') return {};
  const parts = verdict.faultIn;
  return { fault: { roles, ...(parts ? { parts } : {}) } };
}

function judged(
  { outcome, verdict }: CheckResult,
  needs: readonly CheckFinding[],
): Pick<CheckFinding, 'status' | 'outcome' | 'cause' | 'texts'> {
  const texts = textsOf(verdict);
  if (outcome === 'passed') return { status: 'earned', outcome, texts };
  if (outcome === 'failed') return { status: 'failed', outcome, texts };
  if (outcome === 'errored') return { status: 'undetermined', outcome, texts };
  // Decided by the needs, not by the text: if all that it needs holds, its own verdict skipped it, because it does not apply to
  // this stack.
  const unknown = needs.find(({ status }) => status === 'undetermined');
  if (unknown) return { status: 'undetermined', outcome: 'errored', texts: { because: undeterminedText(unknown.claim) } };
  const unmet = needs.find(({ status }) => status !== 'earned');
  return unmet ? { status: 'blocked', outcome, cause: unmet.id, texts } : { status: 'earned', outcome, texts };
}

/**
 * Skipped without a look, or without one before the step's commands, by the code that performs the steps: not a verdict on this
 * stack.
 */
const isUnseen = ({ outcome, looks, verdict }: CheckResult): boolean =>
  outcome === 'skipped' && (looks === 0 || (verdict.outcome === 'skipped' && verdict.because.en === needsBaseline.en));

function textsOf(verdict: Verdict): CheckFinding['texts'] {
  if (verdict.outcome === 'errored') {
    const { code, text: why } = verdict.reason;
    return { because: text(`${code}: ${why.en}`, `${code}：${why['zh-TW']}`) };
  }
  if (verdict.outcome === 'skipped') return { because: verdict.because };
  const { spread } = verdict;
  const seen = { actual: verdict.actual, ...(spread ? { spread } : {}) };
  if (verdict.outcome === 'passed') return seen;
  const { expected, help, said } = verdict;
  return { expected, ...seen, help, ...(said ? { said } : {}) };
}

const notJudged = text('it was not judged', '這一項沒有判定結果');
const undeterminedText = (claim: Text): Text => text(`“${claim.en}” could not be determined`, `無法判定「${claim['zh-TW']}」`);
