import type { AnyCheck } from '../lab/check.ts';
import type { CheckResult } from '../lab/event.ts';
import type { Baseline } from '../lab/judge-checks.ts';
import type { Step } from '../lab/tutorial.ts';
import { anySignal } from '../platform/any-signal.ts';
import type { Clock } from '../run/clock.ts';
import { performStep } from '../run/perform-step.ts';
import type { View } from '../run/poll-checks.ts';
import { graceMs } from '../run/verify.ts';
import { aroundProbes } from './probe-time.ts';

/** How long a claim may take to become true after a change while the learner's containers use the processor. */
const busyMs = 20_000;

/** How long changes may abandon one look after another. A stack in which something happens all the time is looked at as well. */
const restlessMs = 3000;

export interface LookOptions {
  readonly view: View;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  busy(): Promise<boolean>;
}

/** Receives the result of a check. `early`: the check still waits, and the result shows why it is not true. */
export type OnResult = (result: CheckResult, early?: 'early') => void;

/** What is true when a step begins, and what its checks compare with later. */
export interface Beginning {
  readonly baseline: Baseline;
  readonly results: readonly CheckResult[];
}

const alone = (checks: readonly AnyCheck[]): AnyCheck[] => checks.map((check) => ({ ...check, needs: [] }));

/** The checks that observe the learner's own traffic. Without it, the others of the step are not made: they would send requests of ours. */
export const trafficChecks = ({ verify }: Step): AnyCheck[] => alone(verify.filter((check) => check.mode === 'once'));

/** Looks once when a step begins. Throws what the engine throws while the baseline is gathered. */
export async function lookAtBeginning(options: LookOptions, step: Step): Promise<Beginning> {
  const observes = trafficChecks(step).length > 0;
  const checks = observes ? alone(step.verify.filter((check) => check.mode === 'once' || check.needsBaseline)) : step.verify;
  return performStep({ ...options, checks, baseline: 'gather', deadline: { ms: 0 }, sparing: true });
}

/** The baseline of a step, renewed where a check finds the state in which the step's work begins once more. Throws what the engine throws. */
export async function renewed(view: Pick<View, 'look'>, { verify }: Step, baseline: Baseline): Promise<Baseline> {
  const able = verify.filter((check) => check.renews && baseline.has(check.gather));
  if (able.length === 0) return baseline;
  const world = view.look();
  const found = await Promise.all(
    able.map(async ({ gather, renews }) => {
      const facts = await gather(world);
      return renews?.(facts, baseline.get(gather)) ? ([[gather, facts]] as const) : [];
    }),
  );
  return found.flat().length === 0 ? baseline : new Map([...baseline, ...found.flat()]);
}

/** Looks at one step again and again, as often as something changes. */
export class Looker {
  readonly #options: LookOptions;
  #again: AbortController | undefined;
  #waits = false;
  #changed = false;
  /** The number of probes of this look that run. */
  #probing = 0;
  /** When the first of the looks began that were abandoned since the last whole one. */
  #restlessSinceMs: number | undefined;

  constructor(options: LookOptions) {
    this.#options = options;
  }

  /**
   * Something changed: what was seen so far is out of date, and probes that run would say something about the past. What the engine is asked about its
   * containers is soon answered, and was true.
   */
  changed(): void {
    this.#changed = true;
    if (this.#waits || (this.#probing > 0 && this.#mayAbandon())) this.#again?.abort();
  }

  #mayAbandon(): boolean {
    const sinceMs = this.#restlessSinceMs ?? Number.POSITIVE_INFINITY;
    return this.#options.clock.now() - sinceMs < restlessMs;
  }

  /**
   * Looks until everything is decided: true, or false `graceMs` after the last change. A change abandons the probes: it resolves to false, and has to be
   * called again. After 3 s of changes, a look is not abandoned before each check was looked at. `seen` are the IDs of traffic checks that passed before.
   */
  async look(step: Step, baseline: Baseline, seen: ReadonlySet<string>, onResult: OnResult): Promise<boolean> {
    this.#changed = false;
    this.#restlessSinceMs ??= this.#options.clock.now();
    const whole = await this.#lookAtAll(step, baseline, seen, onResult);
    if (whole || this.#options.clock.now() - this.#restlessSinceMs >= restlessMs) this.#restlessSinceMs = undefined;
    return whole;
  }

  async #lookAtAll(step: Step, baseline: Baseline, seen: ReadonlySet<string>, onResult: OnResult): Promise<boolean> {
    const traffic = trafficChecks(step);
    const open = traffic.filter(({ id }) => !seen.has(id));
    const passed = new Set(seen);
    const note: OnResult = (result, early) => {
      if (result.outcome === 'passed') passed.add(result.id);
      onResult(result, early);
    };
    if (open.length > 0 && !(await this.#perform(open, baseline, note))) return false;
    if (traffic.some(({ id }) => !passed.has(id))) return !this.#changed;
    return (await this.#perform(step.verify, baseline, note)) && !this.#changed;
  }

  async #perform(checks: readonly AnyCheck[], baseline: Baseline, onResult: OnResult): Promise<boolean> {
    const { view, signal } = this.#options;
    const again = new AbortController();
    this.#again = again;
    this.#probing = 0;
    // Between two looks. A change ends the wait at once; during a look, after it.
    const between = async <T>(wait: () => Promise<T>): Promise<T> => {
      if (this.#changed) again.abort();
      this.#waits = true;
      try {
        return await wait();
      } finally {
        this.#waits = false;
      }
    };
    using either = anySignal(signal, again.signal);
    // A look that was abandoned sends no further requests.
    const probing = async <T>(probe: () => Promise<T>): Promise<T> => {
      if (this.#changed && this.#mayAbandon()) again.abort();
      either.throwIfAborted();
      if (this.#again === again) this.#probing += 1;
      try {
        return await probe();
      } finally {
        if (this.#again === again) this.#probing -= 1;
      }
    };
    const watching: View = {
      look: () => aroundProbes(view.look(), probing),
      watch: async () => {
        const changes = await between(() => view.watch());
        return { next: (ms, one) => between(() => changes.next(ms, one)), close: () => changes.close() };
      },
    };
    try {
      const options = { ...this.#options, view: watching, signal: either };
      await performStep({
        ...options,
        checks,
        baseline,
        deadline: { ms: graceMs, busyMs },
        sparing: true,
        explains: true,
        onResult: (result) => onResult(result),
        onReason: (result) => onResult(result, 'early'),
      });
      return true;
    } catch (error) {
      if (again.signal.aborted && !signal.aborted) return false;
      throw error;
    } finally {
      this.#again = undefined;
    }
  }
}
