import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { anySignal } from '../../platform/any-signal.ts';
import type { Clock } from '../../run/clock.ts';
import { isOfTheMachine } from '../errors.ts';
import { ClassBodies, openSetup } from './bodies.ts';
import type { EngineGrader } from './engine-grader.ts';
import { receivedError, type Setup } from './messages.ts';
import { type Announcement, mostAttempts, type Perform, type QueueServer, type WorkerState } from './port.ts';
import { SealError } from './seal.ts';

/** Grades a class on this machine. */
interface ReadyGrader {
  readonly grader: Pick<EngineGrader, 'perform'>;
  /** How many submissions the engine has room for at a time. */
  readonly jobs: number;
}

export interface ServeOptions {
  readonly server: QueueServer;
  readonly key?: Buffer;
  readonly self: Pick<WorkerState, 'id' | 'host' | 'build' | 'version'>;
  /** Left out: as many as the engine has room for. */
  readonly jobs?: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Opens an engine for the class, for `work`. Throws LabError. */
  prepare(setup: Setup, signal: AbortSignal, work: (ready: ReadyGrader) => Promise<void>): Promise<void>;
  onEvent(event: ServeEvent): void;
}

/** What a worker does. Nothing in it identifies a student. */
export type ServeEvent =
  | { readonly kind: 'ready'; readonly slots: number }
  | { readonly kind: 'reference'; readonly failed: boolean }
  | { readonly kind: 'graded'; readonly done: number; readonly tookMs: number }
  | { readonly kind: 'unfit'; readonly error: LabError };

/**
 * Grades a class until it ends or its coordinator disappears; resolves to the number of grades. A machine that cannot grade it stays as unfit, so that the
 * coordinator shows why. Throws the signal's reason on abort.
 */
export async function serveClass(announced: Announcement, options: ServeOptions): Promise<number> {
  const { server, self, key, signal } = options;
  const state: WorkerState = { ...self, slots: options.jobs ?? 0, stage: 'preparing', jobs: [] };
  let done = 0;
  try {
    await using membership = await server.join(announced.id, state);
    using ends = anySignal(signal, membership.ended);
    let unfit: LabError;
    try {
      const setup = openSetup(announced.setup, announced.id, key);
      await options.prepare(setup, ends, async (ready) => {
        done += await new Serving(announced.id, state, membership, ready, options).until(ends);
      });
      signal.throwIfAborted();
      return done;
    } catch (error) {
      signal.throwIfAborted();
      if (ends.aborted) return done;
      unfit = unfitness(error, announced, key);
    }
    await membership[Symbol.asyncDispose]();
    options.onEvent({ kind: 'unfit', error: unfit });
    await using after = await server.join(announced.id, { ...state, stage: 'unfit', why: unfit.text });
    using over = anySignal(signal, after.ended);
    await aborted(over);
    signal.throwIfAborted();
    return done;
  } finally {
    signal.throwIfAborted();
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Throws what is not a fault of this machine. */
function unfitness(error: unknown, { encrypted }: Announcement, key: Buffer | undefined): LabError {
  if (error instanceof LabError) return error;
  if (!(error instanceof SealError)) throw error;
  if (!encrypted)
    return new LabError(
      'E_QUEUE',
      text('this worker has a class key, and the class is not encrypted', '這個 worker 有班級金鑰，但這個班級沒有加密'),
      text(
        'give `lab grade` the same --class-key, or start this worker without one',
        '請在 `lab grade` 加上同一個 --class-key，或啟動 worker 時不要加',
      ),
    );
  if (!key)
    return new LabError(
      'E_QUEUE',
      text('the class is encrypted, and this worker has no class key', '這個班級已加密，但這個 worker 沒有班級金鑰'),
      copyKey,
    );
  return new LabError(
    'E_QUEUE',
    text('the class key of this worker differs from the one of the class', '這個 worker 的班級金鑰和這個班級的不同'),
    copyKey,
  );
}

const copyKey = text(
  'copy the key file of the machine that runs `lab grade` to this one, and name it with --class-key',
  '請把執行 `lab grade` 的機器上的金鑰檔複製到這台機器，並用 --class-key 指定',
);

/** How often a worker reports how long its jobs have been running. */
const publishMs = 5_000;

/** Performs the jobs of a class. */
class Serving {
  readonly #bodies: ClassBodies;
  readonly #membership: Awaited<ReturnType<QueueServer['join']>>;
  readonly #ready: ReadyGrader;
  readonly #options: ServeOptions;
  readonly #running = new Map<string, number>();
  readonly #fault = new AbortController();
  readonly #slots: number;
  #state: WorkerState;
  #proved = false;
  #done = 0;

  constructor(
    classId: string,
    state: WorkerState,
    membership: Awaited<ReturnType<QueueServer['join']>>,
    ready: ReadyGrader,
    options: ServeOptions,
  ) {
    this.#bodies = new ClassBodies(classId, options.key);
    this.#membership = membership;
    this.#ready = ready;
    this.#options = options;
    this.#slots = options.jobs ?? ready.jobs;
    this.#state = { ...state, slots: this.#slots, stage: 'preparing' };
  }

  /** Throws what makes the machine unfit. */
  async until(ends: AbortSignal): Promise<number> {
    using over = anySignal(ends, this.#fault.signal);
    this.#publish();
    const publishing = setInterval(() => this.#publish(), publishMs);
    this.#membership.serveDirected(this.#perform);
    await aborted(over);
    clearInterval(publishing);
    // running jobs end or go back before the engine is closed
    await this.#membership[Symbol.asyncDispose]();
    if (this.#fault.signal.aborted) throw this.#fault.signal.reason;
    return this.#done;
  }

  readonly #perform: Perform = async (job, signal) => {
    const startedMs = this.#options.clock.now();
    this.#running.set(job.id, startedMs);
    this.#publish();
    try {
      const { order, attached } = this.#bodies.order(job.id, job.body);
      const result = await this.#ready.grader.perform(order, attached, signal);
      if (result.kind === 'reference') this.#referenceEnded(result.failed && receivedError(result.failed));
      else {
        this.#done += 1;
        this.#options.onEvent({ kind: 'graded', done: this.#done, tookMs: this.#options.clock.now() - startedMs });
      }
      return this.#bodies.result(job.id, result);
    } catch (error) {
      if (signal.aborted) throw error;
      // the job goes back: the worker leaves
      if (isOfTheMachine(error)) this.#fault.abort(error);
      else if (job.attempt >= mostAttempts) return this.#bodies.result(job.id, { kind: 'failed', reason: String(error) });
      // the server stores the reason as it is: nothing of a submission may be in it
      throw new Error(error instanceof LabError ? error.code : 'failed', { cause: error });
    } finally {
      this.#running.delete(job.id);
      this.#publish();
    }
  };

  #referenceEnded(failed: LabError | undefined): void {
    this.#options.onEvent({ kind: 'reference', failed: failed !== undefined });
    if (failed) {
      // after the result is sent
      setImmediate(() => this.#fault.abort(failed));
      return;
    }
    if (this.#proved) return;
    this.#proved = true;
    this.#state = { ...this.#state, stage: 'grading' };
    this.#options.onEvent({ kind: 'ready', slots: this.#slots });
    this.#membership.serveShared(this.#slots, this.#perform);
  }

  #publish(): void {
    const now = this.#options.clock.now();
    const jobs = [...this.#running].map(([id, sinceMs]) => ({ id, forMs: Math.round(now - sinceMs) }));
    this.#state = { ...this.#state, jobs };
    // a report that does not arrive is repeated with the next sign of life
    this.#membership.update(this.#state).catch(() => undefined);
  }
}
