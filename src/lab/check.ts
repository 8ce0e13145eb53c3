import type { Text } from './text.ts';
import type { Judgement } from './verdict.ts';
import type { World } from './world.ts';

/**
 * One claim that can be shown true or false. `gather` looks and returns plain data; checks of a step that share one
 * `gather` function share one look. `judge` is pure. A check that is `watched` gets, as `before`, what `gather` saw
 * before the step's work; without it, it is skipped. `R`: the roles that it is about, so that a lab can only check roles of its stack.
 */
export interface Check<F, R extends string = never> {
  readonly id: string;
  readonly claim: Text;
  /** The roles that it names. */
  readonly roles?: readonly R[];
  /** Judged only when these checks of the same step passed, else skipped. */
  readonly needs?: readonly string[];
  /** once: stays true when seen. now: can become false again. */
  readonly mode: 'now' | 'once';
  readonly needsBaseline?: boolean;
  gather(world: World): Promise<F>;
  judge(facts: F, before?: F): Judgement;
}

// biome-ignore lint/suspicious/noExplicitAny: a step's checks have facts of different shapes; each pairs its own gather and judge.
export type AnyCheck<R extends string = string> = Check<any, R>;

/** These checks, judged only when those of the same step have passed: so one mistake is told once, by the check it belongs to. */
export const requires = <R extends string = never>(ids: readonly string[], ...checks: readonly AnyCheck<R>[]): AnyCheck<R>[] =>
  checks.map((check) => ({ ...check, needs: [...(check.needs ?? []), ...ids] }));

/** A check that can be judged at any time, unless it says otherwise. */
export function defineCheck<F, R extends string = never>(
  check: Omit<Check<F, R>, 'mode'> & { mode?: 'now' | 'once' },
): Check<F, R> {
  return { mode: 'now', ...check };
}
