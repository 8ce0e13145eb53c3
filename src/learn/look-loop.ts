import type { CheckResult } from '../lab/event.ts';
import type { Baseline } from '../lab/judge-checks.ts';
import type { Step } from '../lab/tutorial.ts';
import { Looker, type LookOptions, renewed } from './look.ts';
import type { ProbeTime } from './probe-time.ts';
import type { Timing } from './state.ts';

/** What a look is about. `seen`: the IDs of traffic checks that passed before. */
export interface Subject {
  readonly key: string;
  readonly step: Step;
  readonly baseline: Baseline;
  readonly seen: ReadonlySet<string>;
}

export interface LookLoopOptions extends LookOptions {
  readonly probes: Pick<ProbeTime, 'since'>;
  /** What to look at now; undefined: nothing. */
  subject(): Subject | undefined;
  /** The baseline of a step was renewed. */
  onBaseline(key: string, baseline: Baseline): void;
  /** Receives a result. `timing` returns the time until it is called; undefined: the look had no event as its cause. `early`: see OnResult. */
  onResult(key: string, result: CheckResult, timing: () => Timing | undefined, early?: 'early'): void;
  /** A look at all checks has ended. Resolves when everything before it is dispatched. */
  onWhole(key: string): Promise<void>;
  /** Receives the loop, which rejects with what a look throws. */
  started(loop: Promise<void>): void;
}

/** Looks at the current step as often as something changes, one look at a time. */
export class LookLoop {
  readonly #options: LookLoopOptions;
  readonly #looker: Looker;
  #loop: Promise<void> | undefined;
  #wanted = false;
  /** When the last change happened, on our clock; undefined: there was none. */
  #changedMs: number | undefined;
  /** The same at the time when the last look began: what it sees was caused by that change, or by an earlier one. */
  #causedMs: number | undefined;

  constructor(options: LookLoopOptions) {
    this.#options = options;
    const { view } = options;
    const look = () => {
      this.#causedMs = this.#changedMs;
      return view.look();
    };
    this.#looker = new Looker({ ...options, view: { look, watch: () => view.watch() } });
  }

  /** Looks now, or again after the look that runs. `changedMs`: the time of the change on our clock; omitted: the learner asks. */
  want(changedMs?: number): void {
    if (changedMs !== undefined) this.#changedMs = changedMs;
    this.#wanted = true;
    this.#looker.changed();
    this.resume();
  }

  /** Looks if something changed while there was nothing to look at. */
  resume(): void {
    if (this.#loop || !this.#wanted || !this.#options.subject()) return;
    const loop = this.#lookWhileWanted().finally(() => {
      this.#loop = undefined;
    });
    this.#loop = loop;
    this.#options.started(loop);
  }

  async #lookWhileWanted(): Promise<void> {
    for (let subject = this.#options.subject(); this.#wanted && subject; subject = this.#options.subject()) {
      this.#wanted = false;
      const { key, step, seen } = subject;
      const baseline = await renewed(this.#options.view, step, subject.baseline);
      if (baseline !== subject.baseline) this.#options.onBaseline(key, baseline);
      const whole = await this.#looker.look(step, baseline, seen, (result, early) => {
        const causedMs = this.#causedMs;
        this.#options.onResult(key, result, () => this.#timing(causedMs), early);
      });
      if (whole) await this.#options.onWhole(key);
      else this.#wanted = true;
    }
  }

  #timing(causedMs: number | undefined): Timing | undefined {
    if (causedMs === undefined) return undefined;
    const { clock, probes } = this.#options;
    return { latencyMs: clock.now() - causedMs, probesMs: probes.since(causedMs) };
  }
}
