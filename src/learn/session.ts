import { setMaxListeners } from 'node:events';
import { watchProcessorUse } from '../docker/api/processor-use.ts';
import type { Engine } from '../docker/engine.ts';
import type { Baseline } from '../lab/judge-checks.ts';
import { text } from '../lab/text.ts';
import type { Lab, Step, Tutorial } from '../lab/tutorial.ts';
import type { Clock } from '../run/clock.ts';
import { engineLine } from '../run/engine-line.ts';
import type { OwnStack } from '../run/learner/own-stack.ts';
import { observe } from '../run/world.ts';
import { Actions } from './actions.ts';
import { EngineWatch, labErrorOf } from './engine-watch.ts';
import { type FileChanges, watchFiles } from './file-changes.ts';
import { type Beginning, type LookOptions, lookAtBeginning } from './look.ts';
import { LookLoop, type Subject } from './look-loop.ts';
import { type OwnCommandsOptions, performStepOf, restoreFor } from './own-commands.ts';
import { type OwnFolder, ownFolder } from './own-folder.ts';
import { timeProbes } from './probe-time.ts';
import { saveProgress } from './progress.ts';
import type { Progress } from './progress-schema.ts';
import { ReceiptRecorder } from './receipt/recorder.ts';
import { isSpoiled, reduce } from './reduce.ts';
import type { Effect, Key, LearnEvent, LearnState } from './state.ts';

export interface LearnOptions {
  readonly engine: Engine;
  readonly own: OwnStack;
  readonly tutorial: Tutorial;
  readonly clock: Clock;
  /** Ends the session; progress is kept. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  nonce(): string;
  /** Stores the progress; omitted: in the learner's folder, with a receipt. */
  save?(progress: Progress): Promise<void>;
  /** Receives each new state, and the event that led to it. */
  listen(state: LearnState, event: LearnEvent, before: LearnState): void;
}

export interface LearnSession {
  press(key: Key): void;
  /** Asks whether to begin this step (`lab/step`). */
  choose(step: string): void;
  /** Looks again after the process was stopped: events may be missing. */
  lookAgain(): void;
  /** Resolves when the learner quits; rejects with the signal's reason on abort, and with a bug. */
  readonly ended: Promise<LearnState>;
}

/** Starts a session at the state's step. */
export function startSession(options: LearnOptions, first: LearnState): LearnSession {
  const session = new Session(options, first);
  return {
    press: (key) => session.dispatch({ kind: 'key', key }),
    choose: (key) => session.dispatch({ kind: 'chosen', key }),
    lookAgain: () => session.lookAgain(),
    ended: session.run(),
  };
}

function deferred() {
  let resolve: () => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  // it may be rejected before anything waits for it
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

class Session {
  readonly #options: LearnOptions;
  readonly #stop = new AbortController();
  readonly #finished = deferred();
  readonly #engine: EngineWatch;
  readonly #looking: LookOptions;
  readonly #loop: LookLoop;
  readonly #folder: OwnFolder;
  readonly #actions: Actions;
  readonly #receipt: ReceiptRecorder;
  #state: LearnState;
  #baseline: Baseline = new Map();
  readonly #prepared = new Map<string, Promise<Beginning>>();
  /** Actions and results, in the order in which they occurred. */
  #order: Promise<void> = Promise.resolve();
  #saves: Promise<void> = Promise.resolve();

  constructor(options: LearnOptions, first: LearnState) {
    const { engine, own, clock, nonce, env } = options;
    const { signal } = this.#stop;
    setMaxListeners(0, signal); // every probe listens
    this.#options = options;
    this.#state = first;
    const { tutorial } = options;
    this.#receipt = new ReceiptRecorder({ dir: own.dir, tutorial, engine: engineLine(engine), startedAt: clock.time() });
    this.#engine = new EngineWatch({
      ...{ engine, own, clock, signal },
      onActivity: (one) => this.#actions.happened(one),
      onGap: () => this.#loop.want(),
      onLost: (why) => this.dispatch({ kind: 'engine-lost', why }),
      onBack: () => this.dispatch({ kind: 'engine-back' }),
      failed: (error) => this.#failed(error),
    });
    this.#folder = ownFolder({
      ...{ dir: own.dir, compose: engine.compose, env, clock, signal },
      report: (fault) => this.dispatch({ kind: 'file-saved', ...(fault ? { fault } : {}) }),
      failed: (error) => this.#finished.reject(error),
    });
    this.#actions = new Actions({
      ...{ dir: own.dir, clock },
      state: () => this.#state,
      look: (changedMs) => {
        if (this.#state.phase !== 'working') return false;
        this.#loop.want(changedMs);
        return true;
      },
      inOrder: (work) => void this.#inOrder(work),
      acted: (action, lookStarted) => this.dispatch({ kind: 'acted', action }, lookStarted),
    });
    const recorder = { execs: (since: string) => this.#engine.execs(since), close: async () => undefined };
    const probes = timeProbes(observe({ api: engine.api, ...own, clock, nonce, recorder, live: true }), clock);
    this.#looking = { view: probes.view, clock, signal, busy: watchProcessorUse(engine.api, own.project) };
    this.#loop = new LookLoop({
      ...this.#looking,
      probes,
      subject: () => this.#subject(),
      onResult: (key, result, timing, early) =>
        this.#inOrder(() => {
          const known = timing();
          this.dispatch({ kind: 'result', key, result, ...(known ? { timing: known } : {}), ...(early ? { early: true } : {}) });
        }),
      onBaseline: (key, baseline) => {
        if (key === this.#state.at) this.#baseline = baseline;
      },
      onWhole: (key) => this.#inOrder(() => this.dispatch({ kind: 'looked', key, at: clock.time() })),
      started: (loop) => this.#inBackground(() => loop),
    });
  }

  async run(): Promise<LearnState> {
    const { own, signal } = this.#options;
    const onAbort = () => this.#finished.reject(signal.reason);
    this.#finished.promise.catch(() => undefined); // awaited below
    signal.addEventListener('abort', onAbort, { once: true });
    let files: FileChanges | undefined;
    try {
      signal.throwIfAborted();
      await this.#receipt.open();
      await Promise.race([this.#engine.open(), this.#finished.promise]);
      files = watchFiles(own.dir, {
        changed: (path) => {
          this.#folder.changed(path);
          this.#actions.fileChanged(path);
        },
        failed: (error) => this.dispatch({ kind: 'note', note: unwatched(error) }),
        moved: () => this.#folderIsThere(),
      });
      this.#do({ kind: 'save' });
      this.#do({ kind: 'begin', key: this.#state.at });
      await this.#finished.promise;
      await this.#saves.catch((error: unknown) => {
        this.#folder.assertThere();
        throw error;
      });
      return this.#state;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#stop.abort();
      files?.close();
      await this.#engine.close();
      await this.#saves.catch(() => undefined); // `#save` reports it
    }
  }

  /** An error of the listener or of a transition is a bug, and ends the session: the caller may be a key or a file. */
  dispatch(event: LearnEvent, lookStarted = false): void {
    if (this.#stop.signal.aborted) return;
    try {
      const before = this.#state;
      const { state, effects } = reduce(before, event);
      this.#state = state;
      this.#receipt.follow(event, before, state);
      this.#options.listen(state, event, before);
      for (const effect of effects) if (!(lookStarted && effect.kind === 'look')) this.#do(effect);
    } catch (error) {
      this.#finished.reject(error);
    }
  }

  lookAgain(): void {
    this.#loop.want();
  }

  #do(effect: Effect): void {
    const { kind } = effect;
    if (kind === 'look') this.#loop.want();
    else if (kind === 'save') this.#save();
    else if (kind === 'quit') this.#finished.resolve();
    else if (kind === 'begin') this.#inBackground(() => this.#begin(effect.key));
    // an error is reported when the step begins
    else if (kind === 'prepare') this.#prepare(effect.key).catch(() => this.#prepared.delete(effect.key));
    else if (kind === 'perform' || kind === 'restore') this.#inBackground(() => this.#perform(kind, effect.key));
  }

  #inBackground(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.#failed(error));
  }

  /** An engine that is gone is part of the session; any other error ends it. */
  #failed(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const known = labErrorOf(error);
    if (known) this.#engine.lost(known);
    else this.#finished.reject(error);
  }

  /** False ends the session: Compose names the project by its folder, and progress is in it. */
  #folderIsThere(): boolean {
    try {
      this.#folder.assertThere();
      return true;
    } catch (error) {
      this.#finished.reject(error);
      return false;
    }
  }

  #inOrder(work: () => void | Promise<void>): Promise<void> {
    this.#order = this.#order.then(work);
    this.#order.catch((error: unknown) => this.#finished.reject(error));
    return this.#order;
  }

  #subject(): Subject | undefined {
    const { phase, at: key, checks } = this.#state;
    if (phase !== 'working' || !this.#folderIsThere()) return undefined;
    const seen = new Set(checks.filter((one) => one.mode === 'once' && one.mark === 'passed').map(({ id }) => id));
    return { key, step: this.#find(key).step, baseline: this.#baseline, seen };
  }

  #prepare(key: string): Promise<Beginning> {
    const known = this.#prepared.get(key);
    if (known) return known;
    const prepared = lookAtBeginning(this.#looking, this.#find(key).step);
    this.#prepared.set(key, prepared);
    return prepared;
  }

  async #begin(key: string): Promise<void> {
    const beginning = this.#prepare(key);
    this.#prepared.clear();
    const { baseline, results } = await beginning;
    // what is shown as the current step survives `kill -9`
    await this.#saves.catch(() => undefined);
    if (key !== this.#state.at) return;
    this.#baseline = baseline;
    this.dispatch({ kind: 'began', key, results });
    this.#loop.resume();
  }

  async #perform(kind: 'perform' | 'restore', key: string): Promise<void> {
    const { lab, step } = this.#find(key);
    this.#prepared.clear();
    const options: OwnCommandsOptions = {
      ...this.#options,
      signal: this.#stop.signal,
      onOutput: (line, output) => this.dispatch({ kind: 'ran', line, output }),
    };
    const { labs } = this.#options.tutorial;
    const failure = await (kind === 'perform' ? performStepOf(options, step) : restoreFor(options, labs, lab, step));
    this.#inOrder(() => this.dispatch({ kind: 'performed', ...(failure ? { failure } : {}) }));
  }

  #save(): void {
    const { own, tutorial, save } = this.#options;
    const { at, plan, progress } = this.#state;
    const spoiled = isSpoiled(this.#state) ? { spoiled: true as const } : {};
    const saved: Progress = { version: 1, tutorial: tutorial.id, current: at, ...spoiled, steps: { ...progress } };
    this.#saves = this.#saves.then(async () => {
      if (save) return save(saved);
      // first: a step that counts as passed has its facts
      await this.#receipt.save({ plan, progress });
      await saveProgress(own.dir, saved);
    });
    this.#saves.catch((error: unknown) => this.#folderIsThere() && this.#finished.reject(error));
  }

  #find(key: string): { lab: Lab; step: Step } {
    const { labs } = this.#options.tutorial;
    for (const lab of labs) for (const step of lab.steps) if (key === `${lab.id}/${step.id}`) return { lab, step };
    throw new TypeError(`no step ${key}`);
  }
}

const unwatched = ({ message }: Error) =>
  text(`Changes of files cannot be seen (${message}). c checks now.`, `無法得知檔案的變動（${message}）。按 c 立即檢查。`);
