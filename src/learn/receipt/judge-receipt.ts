import type { AnyCheck } from '../../lab/check.ts';
import { langs, type Text } from '../../lab/text.ts';
import type { Step, Tutorial } from '../../lab/tutorial.ts';
import type { Verdict } from '../../lab/verdict.ts';
import { tutorialDigest } from './digest.ts';
import { rejudge } from './rejudge.ts';
import type { Receipt, ReceiptCheck, ReceiptStep } from './schema.ts';
import { within } from './time-limit.ts';

/**
 * `changed`: judging the facts has another outcome than recorded. `other-words`: the outcome is the same, but what was seen is not what is recorded.
 * `not-passed`: the outcome is as recorded, and no pass. `unknown`: the tutorial has no such
 * check. `absent`: the tutorial has this check, and the receipt does not. `other-claim`: the check claims something else. `no-facts`: none are recorded.
 * `not-judged`: the facts have another form than the check's own, or so many that there was no time to judge them.
 */
export type CheckFinding =
  | 'confirmed'
  | 'changed'
  | 'other-words'
  | 'not-passed'
  | 'unknown'
  | 'absent'
  | 'other-claim'
  | 'no-facts'
  | 'not-judged';

export interface JudgedCheck {
  readonly id: string;
  /** The tutorial's own, if it has the check. */
  readonly claim: Text;
  readonly finding: CheckFinding;
  /** The verdict on the recorded facts; omitted: there is none. */
  readonly verdict?: Verdict;
}

export interface JudgedStep {
  readonly step: ReceiptStep;
  /** The tutorial's own, if it has the step. */
  readonly title: Text;
  /** `unknown`: the tutorial has no such step. `no-facts`: it passed before facts were recorded. */
  readonly finding: 'confirmed' | 'not-confirmed' | 'unknown' | 'no-facts';
  readonly checks: readonly JudgedCheck[];
}

export interface JudgedReceipt {
  readonly receipt: Receipt;
  /** The ID of the tutorial that judged it. */
  readonly judgedBy: string;
  /** `other-version`: its labs, steps, checks or claims differ from those of the tutorial here. */
  readonly tutorial: 'same' | 'other-version' | 'other';
  /** Empty if the tutorial is another. */
  readonly steps: readonly JudgedStep[];
  /** The steps of the tutorial here, in the part that the receipt is of: the labs with the same stack. What the receipt says about that can be made up. */
  readonly possible: number;
  /** The tutorial is the same, and every step of that part is confirmed. */
  readonly confirmed: boolean;
}

export interface JudgingTime {
  /** Milliseconds. */
  now(): number;
  /** For all facts together. Those of an honest receipt take much less than a second. */
  readonly limitMs: number;
}

/** Judges the recorded facts of a receipt again. The receipt can be made up: this shows whether its claims follow from its facts. */
export function judgeReceipt(receipt: Receipt, tutorial: Tutorial, { now, limitMs }: JudgingTime): JudgedReceipt {
  const { id, digest } = receipt.tutorial;
  if (id !== tutorial.id) return { receipt, judgedBy: tutorial.id, tutorial: 'other', steps: [], possible: 0, confirmed: false };
  const end = now() + limitMs;
  const judge: Judge = (check, recorded) => {
    const leftMs = end - now();
    return leftMs > 0 ? within(leftMs, () => rejudge(check, recorded)) : undefined;
  };
  const known = new Map<string, Step>(tutorial.labs.flatMap((lab) => lab.steps.map((step) => [`${lab.id}/${step.id}`, step])));
  const steps = receipt.steps.map((step) => judgeStep(step, known.get(step.key), judge));
  const isSame = digest === tutorialDigest(tutorial);
  const possible = stepsBeside(receipt.steps, tutorial);
  const confirmed =
    isSame && steps.length > 0 && steps.length === possible && steps.every(({ finding }) => finding === 'confirmed');
  return { receipt, judgedBy: tutorial.id, tutorial: isSame ? 'same' : 'other-version', steps, possible, confirmed };
}

/** How many steps the labs have that are done with the same stacks as these steps. */
function stepsBeside(steps: readonly ReceiptStep[], { labs }: Tutorial): number {
  const keys = new Set(steps.map(({ key }) => key));
  const stacks = new Set(labs.filter((lab) => lab.steps.some(({ id }) => keys.has(`${lab.id}/${id}`))).map(({ stack }) => stack));
  return labs.filter(({ stack }) => stacks.has(stack)).reduce((sum, lab) => sum + lab.steps.length, 0);
}

/** Undefined: not judged. */
type Judge = (check: AnyCheck, recorded: ReceiptCheck) => Verdict | undefined;

function judgeStep(step: ReceiptStep, known: Step | undefined, judge: Judge): JudgedStep {
  if (!known) return { step, title: step.title, finding: 'unknown', checks: [] };
  const { title } = known;
  if (!step.checks) return { step, title, finding: 'no-facts', checks: [] };
  const recorded = step.checks;
  const own = known.verify.map((check) =>
    judgeCheck(
      check,
      recorded.find(({ id }) => id === check.id),
      judge,
    ),
  );
  const strange = recorded
    .filter(({ id }) => !known.verify.some((check) => check.id === id))
    .map(({ id, claim }): JudgedCheck => ({ id, claim, finding: 'unknown' }));
  const checks = [...own, ...strange];
  const all = checks.every(({ finding }) => finding === 'confirmed');
  return { step, title, finding: all ? 'confirmed' : 'not-confirmed', checks };
}

function judgeCheck(check: AnyCheck, recorded: ReceiptCheck | undefined, judge: Judge): JudgedCheck {
  const { id, claim } = check;
  if (!recorded) return { id, claim, finding: 'absent' };
  if (langs.some((lang) => recorded.claim[lang] !== claim[lang])) return { id, claim, finding: 'other-claim' };
  if (recorded.evidence === undefined) return { id, claim, finding: 'no-facts' };
  const verdict = judge(check, recorded);
  if (!verdict) return { id, claim, finding: 'not-judged' };
  if (verdict.outcome !== recorded.outcome) return { id, claim, finding: 'changed', verdict };
  if (verdict.outcome !== 'passed') return { id, claim, finding: 'not-passed', verdict };
  const isSame = langs.every((lang) => recorded.actual?.[lang] === verdict.actual[lang]);
  return { id, claim, finding: isSame ? 'confirmed' : 'other-words', verdict };
}
