import { once } from 'node:events';
import { type Activity, type ActivityWatch, watchActivity } from '../docker/api/activity.ts';
import { asLabError } from '../docker/api/api-error.ts';
import type { Engine } from '../docker/engine.ts';
import type { LabError } from '../lab/error.ts';
import type { Text } from '../lab/text.ts';
import type { ExecsSeen } from '../lab/world.ts';
import { anySignal } from '../platform/any-signal.ts';
import type { Clock } from '../run/clock.ts';
import type { OwnStack } from '../run/learner/own-stack.ts';

export interface EngineWatchOptions {
  readonly engine: Engine;
  readonly own: OwnStack;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Receives what others do to the project. */
  onActivity(activity: Activity): void;
  /** The stream of events broke off and was opened again: something may have changed meanwhile. */
  onGap(): void;
  onLost(why: Text): void;
  onBack(): void;
  /** Receives an error that is not the engine's. */
  failed(error: unknown): void;
}

/** The time before the first attempt to reach an engine that does not answer, and the longest: each attempt doubles it. */
const firstRetryMs = 250;
const lastRetryMs = 2000;

/** Listens to the events of a learner's project, and waits for an engine that is gone: it sends no event when it is back. */
export class EngineWatch {
  readonly #options: EngineWatchOptions;
  #watch: ActivityWatch | undefined;
  /** ISO 8601, of the engine's clock; before the first event, of ours. */
  #lastEventAt: string;
  #isLost = false;

  constructor(options: EngineWatchOptions) {
    this.#options = options;
    this.#lastEventAt = options.clock.time();
  }

  /** The commands of others in the project's containers since this time of the engine's clock. */
  execs(since: string): ExecsSeen {
    return this.#watch?.execs(since) ?? { commands: [], whole: true, live: true };
  }

  /** Opens the stream of events, after the last event that was seen. Throws as EngineApi.stream does. */
  async open(): Promise<void> {
    const { engine, own, signal, failed, onActivity, onGap } = this.#options;
    const earlier = this.#watch ? { since: this.#lastEventAt, watch: this.#watch } : undefined;
    await earlier?.watch.close();
    const names = await Promise.all(Object.values(own.spec.services).map(({ name }) => own.imageOf(name)));
    const listen = (activity: Activity) => {
      this.#lastEventAt = activity.at;
      onActivity(activity);
    };
    const broken = () => {
      if (signal.aborted || this.#isLost) return;
      this.open().then(onGap).catch(failed);
    };
    this.#watch = await watchActivity(engine.api, { project: own.project, images: new Set(names) }, listen, broken, earlier);
  }

  /** The engine does not answer: waits for it, opens the stream again and calls `onBack`. */
  lost(why: LabError): void {
    if (this.#isLost || this.#options.signal.aborted) return;
    this.#isLost = true;
    this.#options.onLost(why.text);
    this.#reconnect().catch(this.#options.failed);
  }

  async close(): Promise<void> {
    await this.#watch?.close();
  }

  async #reconnect(): Promise<void> {
    const { clock, signal } = this.#options;
    for (let ms = firstRetryMs; ; ms = Math.min(2 * ms, lastRetryMs)) {
      // does not keep the process alive after the learner quits
      using next = anySignal(signal, clock.after(ms));
      if (!next.aborted) await once(next, 'abort');
      if (signal.aborted) return;
      if (await this.#answers()) break;
    }
    this.#isLost = false;
    this.#options.onBack();
  }

  async #answers(): Promise<boolean> {
    try {
      await this.#options.engine.api.get('/version');
      await this.open();
      return true;
    } catch (error) {
      if (labErrorOf(error)) return false;
      throw error;
    }
  }
}

/** Undefined: not an error of the engine or of the system. */
export function labErrorOf(error: unknown): LabError | undefined {
  try {
    return asLabError(error);
  } catch {
    return undefined;
  }
}
