import type { LabError } from './error.ts';
import { type Text, text } from './text.ts';

/** How often each replica was reached, one bar per line; `fairness` is the probability that a fair balancer looks this uneven. */
export interface Spread {
  readonly bars: readonly { readonly label: string; readonly count: number }[];
  readonly fairness?: number;
}

/** The end of a service's log: few lines, each short, without control characters. */
export interface LogExcerpt {
  readonly service: string;
  readonly lines: readonly string[];
}

/** What a failed check shows: what was expected, what was seen, what to try next. */
export interface Mismatch {
  readonly expected: Text;
  readonly actual: Text;
  readonly help: Text;
  /** The end of a service's log, if it shows the reason. */
  readonly said?: LogExcerpt;
  readonly spread?: Spread;
  /**
   * Where the mistake can be, the likeliest first: `conf` (the proxy's configuration) or a role (the files that its image is built from). Left out: the
   * entries of the check's roles in the Compose file.
   */
  readonly faultIn?: readonly string[];
  /** The claim cannot become true any more, because a service was started again, replaced or stopped; `at`: when, in ISO 8601, if it is known. */
  readonly lasting?: { readonly service: string; readonly how: 'restarted' | 'replaced' | 'stopped'; readonly at?: string };
  /** The known cause, which `actual` names too: several checks can fail because of one. */
  readonly cause?: Text;
}

/** The result of a check. `note` is worth showing although the claim is true; `shown`: see `shown` and `counted` of check.ts. */
export type Verdict =
  | {
      readonly outcome: 'passed';
      readonly actual: Text;
      readonly note?: Text;
      readonly spread?: Spread;
      readonly shown?: boolean;
    }
  | ({ readonly outcome: 'failed' } & Mismatch)
  | { readonly outcome: 'errored'; readonly reason: LabError }
  | { readonly outcome: 'skipped'; readonly because: Text };

/** A known cause of a failed check, found after the check failed. */
export interface Cause {
  /** What is wrong, and where: a file and line, a container, a command. */
  readonly text: Text;
  /** What to do about it; never the command that just failed. */
  readonly help: Text;
  /** The service's log adds nothing to it, and is not shown. */
  readonly withoutLog?: true;
  /** Where the mistake is, in place of what the verdict names: see `Mismatch.faultIn`. */
  readonly faultIn?: readonly string[];
}

/** A failed verdict that names its cause after what was seen. */
export function withCause<V extends Mismatch>(verdict: V, { text: why, help, withoutLog, faultIn }: Cause): V {
  const { said, ...rest } = verdict;
  const actual = text(`${verdict.actual.en}; ${why.en}`, `${verdict.actual['zh-TW']}；${why['zh-TW']}`);
  return { ...rest, ...(said && !withoutLog ? { said } : {}), ...(faultIn ? { faultIn } : {}), actual, help, cause: why } as V;
}

/**
 * Not decided: the engine is still working. The step driver looks again, and reports a check that is still waiting at the
 * deadline as failed. `evident`: why the claim is not true shows already, so live mode shows it while it looks on. `holds`: what
 * it claims is true at this moment, but may not last, so its opposite is not true.
 */
export type Waiting = { readonly outcome: 'waiting'; readonly evident?: true; readonly holds?: true } & Mismatch;

/** The result of `judge`. Only a `Verdict` is reported. */
export type Judgement = Verdict | Waiting;

/** The outcomes that are reported. */
export type Outcome = 'passed' | 'failed' | 'skipped' | 'errored';
export const outcomes = ['passed', 'failed', 'skipped', 'errored'] as const;

/** The claim is true; `actual` is what was seen. */
export const passed = (actual: Text, more: { note?: Text; spread?: Spread } = {}): Verdict => ({
  outcome: 'passed',
  actual,
  ...more,
});

/** The claim is false and stays false: what was expected, what was seen, what to try next. */
export const failed = (mismatch: Mismatch): Verdict => ({ outcome: 'failed', ...mismatch });
/** Not decided: the engine is still working. Facts are gathered again until the deadline; then the check fails. */
export const waiting = (mismatch: Mismatch, { evident = false, holds = false } = {}): Waiting => ({
  outcome: 'waiting',
  ...(evident ? { evident } : {}),
  ...(holds ? { holds } : {}),
  ...mismatch,
});
/** Names where the mistake can be if the claim is false, unless the verdict names it: see `Mismatch.faultIn`. */
export const withFaultIn = <J extends Judgement>(faultIn: readonly string[], judgement: J): J =>
  judgement.outcome === 'failed' || judgement.outcome === 'waiting' ? { faultIn, ...judgement } : judgement;
/** The verdict on a check at its deadline: a waiting check has failed. */
export function finalVerdict(judgement: Judgement): Verdict {
  if (judgement.outcome !== 'waiting') return judgement;
  const { outcome: _, evident: __, holds: ___, ...mismatch } = judgement;
  return failed(mismatch);
}
/** The claim cannot be judged now, and why. */
export const skipped = (because: Text): Verdict => ({ outcome: 'skipped', because });
/** Why something is skipped: the title or claim of the requirement that did not pass. */
export const didNotPass = (what: Text): Text => text(`“${what.en}” did not pass`, `「${what['zh-TW']}」沒有通過`);
export const errored = (reason: LabError): Verdict => ({ outcome: 'errored', reason });

/** The combined outcome of parts: errored before failed; skipped only if every part was skipped. */
export function overall(parts: readonly Outcome[]): Outcome {
  if (parts.includes('errored')) return 'errored';
  if (parts.includes('failed')) return 'failed';
  return parts.length > 0 && parts.every((part) => part === 'skipped') ? 'skipped' : 'passed';
}
