import type { Text } from './text.ts';
import type { Cause, Judgement } from './verdict.ts';
import type { World } from './world.ts';

/**
 * A claim that is either true or false. `gather` observes and returns plain data; checks of a step with the same `gather`
 * function share one look. `judge` is pure. A `watched` check receives, as `before`, what `gather` returned before the step's
 * work; without it, it is skipped. `R`: the roles that the check refers to, so that a lab can only check roles of its stack.
 */
export interface Check<F, R extends string = never> {
  readonly id: string;
  readonly claim: Text;
  /** The roles that the check refers to. */
  readonly roles?: readonly R[];
  /** Judged only if these checks of the same step passed, else skipped. */
  readonly needs?: readonly string[];
  /** once: stays true after it was seen. now: can become false again. */
  readonly mode: 'now' | 'once';
  readonly needsBaseline?: boolean;
  /** What its author says to try next if it fails: see `advised`. */
  readonly advice?: Text;
  gather(world: World): Promise<F>;
  judge(facts: F, before?: F): Judgement;
  /**
   * With `needsBaseline`: whether `facts` are a state in which the step's work can begin, and `before` no longer is one. Live mode then compares with `facts`
   * from then on. Such a check has a `gather` function of its own, so that the baseline of another one stays.
   */
  renews?(facts: F, before: F): boolean;
  /** Looks for a known cause after the claim failed, with the facts that were judged. Changes nothing. Omitted: `judge` names all that is known. */
  explain?(world: World, facts: F): Promise<Cause | undefined>;
}

// biome-ignore lint/suspicious/noExplicitAny: a step's checks have facts of different types; each pairs its own gather and judge.
export type AnyCheck<R extends string = string> = Check<any, R>;

/** Judges these checks only if the given checks of the same step passed, so that only the check responsible reports a mistake. */
export const requires = <R extends string = never>(ids: readonly string[], ...checks: readonly AnyCheck<R>[]): AnyCheck<R>[] =>
  checks.map((check) => ({ ...check, needs: [...(check.needs ?? []), ...ids] }));

/** A check that teaches by what it saw: `lab run` shows it although it passed, where it only counts others. */
export const shown = <F, R extends string = never>(check: Check<F, R>): Check<F, R> => withShown(check, true);

/** A check that says in its author's words what to try next if it fails, unless a known cause is found: that has help of its own. */
export const advised = <F, R extends string = never>(check: Check<F, R>, advice: Text): Check<F, R> => ({
  ...check,
  advice,
  judge: (facts, before) => {
    const judgement = check.judge(facts, before);
    const isOpen = judgement.outcome === 'failed' || judgement.outcome === 'waiting';
    return isOpen && !judgement.cause ? { ...judgement, help: advice } : judgement;
  },
});

/** A check with bars that only repeat what the step's command printed: `lab run` only counts it. Other views show its bars. */
export const counted = <F, R extends string = never>(check: Check<F, R>): Check<F, R> => withShown(check, false);

const withShown = <F, R extends string = never>(check: Check<F, R>, isShown: boolean): Check<F, R> => ({
  ...check,
  judge: (facts, before) => {
    const judgement = check.judge(facts, before);
    return judgement.outcome === 'passed' ? { ...judgement, shown: isShown } : judgement;
  },
});

/** A check that can be judged at any time, unless it is `watched`. */
export function defineCheck<F, R extends string = never>(
  check: Omit<Check<F, R>, 'mode'> & { mode?: 'now' | 'once' },
): Check<F, R> {
  return { mode: 'now', ...check };
}
