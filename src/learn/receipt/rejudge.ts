import type { AnyCheck } from '../../lab/check.ts';
import { finalVerdict, type Outcome, outcomes, type Verdict } from '../../lab/verdict.ts';

/** The facts of a check, as a file has them. */
interface RecordedFacts {
  readonly evidence?: unknown;
  readonly before?: unknown;
}

/**
 * Judges recorded facts with the check's own judge, which is pure. Undefined: it cannot judge them, because they have another form than those that it
 * gathers. Facts of a receipt can be made up, so whatever the judge throws is about them.
 */
export function rejudge(check: AnyCheck, { evidence, before }: RecordedFacts): Verdict | undefined {
  if (!isRecord(evidence) || (check.needsBaseline && !isRecord(before))) return undefined;
  try {
    const verdict = finalVerdict(check.judge(evidence, check.needsBaseline ? before : undefined));
    return (outcomes as readonly unknown[]).includes(verdict.outcome satisfies Outcome) ? verdict : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null;
