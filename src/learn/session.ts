import { setMaxListeners } from 'node:events';
import { type Activity, type ActivityWatch, watchActivity } from '../docker/api/activity.ts';
import { asLabError } from '../docker/api/api-error.ts';
import { watchProcessorUse } from '../docker/api/processor-use.ts';
import { type RunningCommand, runningCommands } from '../docker/compose/running-commands.ts';
import type { Engine } from '../docker/engine.ts';
import { LabError } from '../lab/error.ts';
import type { Baseline } from '../lab/judge-checks.ts';
import { text } from '../lab/text.ts';
import type { Lab, Step, Tutorial } from '../lab/tutorial.ts';
import type { Clock } from '../run/clock.ts';
import type { OwnStack } from '../run/learner/own-stack.ts';
import { observe } from '../run/world.ts';
import { type FileChanges, watchFiles } from './file-changes.ts';
import { type Beginning, Looker, type LookOptions, lookAtBeginning } from './look.ts';
import { type OwnCommandsOptions, performStepOf, restoreFor } from './own-commands.ts';
import { saveProgress } from './progress.ts';
import { reduce } from './reduce.ts';
import type { Action, Effect, Key, LearnEvent, LearnState } from './state.ts';

export interface LearnOptions {
  readonly engine: Engine;
  readonly own: OwnStack;
  readonly tutorial: Tutorial;
  readonly clock: Clock;
  /** Ends the session; progress is kept. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  nonce(): string;
  /** Receives each new state, and the event that led to it. */
  listen(state: LearnState, event: LearnEvent, before: LearnState): void;
}

export interface LearnSession {
  press(key: Key): void;
  /** Resolves when the learner quits; rejects with the signal's reason on abort, and with a bug. */
  readonly ended: Promise<LearnState>;
}

/** The interval between attempts to reach an engine that does not answer: it sends no event when it is back. */
const retryMs = 1000;

/** A change this long after the one before, without a running command, has another cause. */
const sameCommandMs = 2000;

/** Starts a session at the state's step. */
export function startSession(options: LearnOptions, first: LearnState): LearnSession {
  const session = new Session(options, first);
  return { press: (key) => session.dispatch({ kind: 'key', key }), ended: session.run() };
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
  readonly #labs: readonly Lab[];
  readonly #stop = new AbortController();
  readonly #finished = deferred();
  #state: LearnState;
  #watch: ActivityWatch | undefined;
  #lastEventAt: string;
  #lastChangeAt: string;
  #looking: LookOptions | undefined;
  #looker: Looker | undefined;
  #wanted = false;
  #lookLoop: Promise<void> | undefined;
  #baseline: Baseline = new Map();
  readonly #prepared = new Map<string, Promise<Beginning>>();
  /** Actions and results, in the order in which they occurred. */
  #order: Promise<void> = Promise.resolve();
  #saves: Promise<void> = Promise.resolve();

  constructor(options: LearnOptions, first: LearnState) {
    this.#options = options;
    this.#state = first;
    this.#labs = options.tutorial.labs;
    this.#lastEventAt = options.clock.time();
    this.#lastChangeAt = this.#lastEventAt;
  }

  async run(): Promise<LearnState> {
    const { engine, own, clock, nonce, signal } = this.#options;
    const onAbort = () => this.#finished.reject(signal.reason);
    setMaxListeners(0, this.#stop.signal); // every probe listens
    signal.addEventListener('abort', onAbort, { once: true });
    let files: FileChanges | undefined;
    try {
      signal.throwIfAborted();
      const recorder = {
        execs: (since: string) => this.#watch?.execs(since) ?? { commands: [], whole: true, live: true },
        close: async () => undefined,
      };
      const view = observe({ api: engine.api, ...own, clock, nonce, recorder });
      this.#looking = { view, clock, signal: this.#stop.signal, busy: watchProcessorUse(engine.api, own.project) };
      this.#looker = new Looker(this.#looking);
      await Promise.race([this.#listenToEngine(), this.#finished.promise]);
      files = watchFiles(
        own.dir,
        (path) => this.#fileChanged(path),
        (error) => this.dispatch({ kind: 'note', note: unwatched(error) }),
      );
      this.#do({ kind: 'save' });
      this.#do({ kind: 'begin', key: this.#state.at });
      await this.#finished.promise;
      return this.#state;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#stop.abort();
      files?.close();
      await this.#watch?.close();
      await this.#saves;
    }
  }

  dispatch(event: LearnEvent, lookStarted = false): void {
    if (this.#stop.signal.aborted) return;
    const before = this.#state;
    const { state, effects } = reduce(before, event);
    this.#state = state;
    this.#options.listen(state, event, before);
    for (const effect of effects) if (!(lookStarted && effect.kind === 'look')) this.#do(effect);
  }

  #do(effect: Effect): void {
    const { kind } = effect;
    if (kind === 'look') this.#look();
    else if (kind === 'save') this.#save();
    else if (kind === 'quit') this.#finished.resolve();
    else if (kind === 'begin') this.#inBackground(() => this.#begin(effect.key));
    // an error is reported when the step begins
    else if (kind === 'prepare') this.#prepare(effect.key).catch(() => undefined);
    else if (kind === 'perform' || kind === 'restore') this.#inBackground(() => this.#perform(kind, effect.key));
  }

  /** An engine that is gone is part of the session; anything else ends it. */
  #inBackground(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (this.#stop.signal.aborted) return;
      const known = error instanceof LabError ? error : labErrorOf(error);
      if (!known) {
        this.#finished.reject(error);
        return;
      }
      this.dispatch({ kind: 'engine-lost', why: known.text });
      this.#inBackground(() => this.#reconnect());
    });
  }

  async #listenToEngine(): Promise<void> {
    const { engine, own } = this.#options;
    const earlier = this.#watch ? { since: this.#lastEventAt, watch: this.#watch } : undefined;
    const lost = () => this.#inBackground(() => this.#listenToEngine());
    const names = await Promise.all(Object.values(own.spec.services).map(({ name }) => own.imageOf(name)));
    const watched = { project: own.project, images: new Set(names) };
    this.#watch = await watchActivity(engine.api, watched, (one) => this.#happened(one), lost, earlier);
  }

  async #reconnect(): Promise<void> {
    const { engine, clock } = this.#options;
    for (;;) {
      await clock.wait(retryMs);
      if (this.#stop.signal.aborted || this.#state.phase !== 'lost') return;
      const answers = await engine.api.get('/version').then(
        () => true,
        (error: unknown) => {
          if (!labErrorOf(error)) throw error;
          return false;
        },
      );
      if (!answers) continue;
      await this.#listenToEngine();
      this.dispatch({ kind: 'engine-back' });
      return;
    }
  }

  #happened(activity: Activity): void {
    this.#lastEventAt = activity.at;
    const started = this.#lookEarly();
    const { at, kind, what } = activity;
    if (kind === 'other') return;
    if (kind === 'exec') {
      this.#inOrder(() => this.#acted({ kind: 'exec', at, what, id: `exec ${at}` }, started));
      return;
    }
    const commands = runningCommands(this.#options.own.dir);
    const built = / (?:tag|pull|load)$/.test(what);
    this.#inOrder(async () => this.#acted({ ...this.#attributed(at, what, await commands), built }, started));
  }

  /** A change, with the command that caused it: one that runs, or one that ended just before. */
  #attributed(at: string, what: string, commands: readonly RunningCommand[]): Action {
    const own = this.#state.running?.line;
    if (own !== undefined) return { kind: 'command', at, what: own, id: own };
    const command = commands.filter(({ line }) => !observing.test(line)).at(-1);
    if (command) return { kind: 'command', at, what: command.line, id: `${command.pid}` };
    const last = this.#state.lastAction;
    const isRecent = last && Date.parse(at) - Date.parse(this.#lastChangeAt) < sameCommandMs;
    return isRecent && (last.kind === 'command' || last.kind === 'engine') ? last : { kind: 'engine', at, what, id: at };
  }

  #fileChanged(path: string): void {
    const at = this.#options.clock.time();
    const isLog = path.endsWith('.log');
    // Our own requests are logged too. They are sent only after the learner's were seen.
    if (isLog && !this.#state.checks.some((one) => one.mode === 'once' && one.mark !== 'passed')) return;
    const started = this.#lookEarly();
    this.#inOrder(() => this.#acted({ kind: isLog ? 'traffic' : 'edit', at, what: path, id: `${path}` }, started));
  }

  #acted(action: Action, lookStarted: boolean): void {
    if (action.kind === 'command' || action.kind === 'engine') this.#lastChangeAt = this.#lastEventAt;
    this.dispatch({ kind: 'acted', action }, lookStarted);
  }

  /** Looks while it is still determined who caused a change. */
  #lookEarly(): boolean {
    if (this.#state.phase !== 'working') return false;
    this.#look();
    return true;
  }

  #inOrder(work: () => void | Promise<void>): void {
    this.#order = this.#order.then(work);
    this.#order.catch((error: unknown) => this.#finished.reject(error));
  }

  #look(): void {
    this.#wanted = true;
    this.#looker?.changed();
    if (this.#state.phase !== 'working' || this.#lookLoop) return;
    this.#lookLoop = this.#lookWhileWanted().finally(() => {
      this.#lookLoop = undefined;
    });
    const loop = this.#lookLoop;
    this.#inBackground(() => loop);
  }

  async #lookWhileWanted(): Promise<void> {
    while (this.#wanted && this.#state.phase === 'working') {
      this.#wanted = false;
      const key = this.#state.at;
      const seen = new Set(this.#state.checks.filter((one) => one.mode === 'once' && one.mark === 'passed').map(({ id }) => id));
      const { step } = this.#find(key);
      const whole = await this.#looker?.look(step, this.#baseline, seen, (result) =>
        this.#inOrder(() => this.dispatch({ kind: 'result', key, result })),
      );
      this.#inOrder(() => {
        if (whole) this.dispatch({ kind: 'looked', key, at: this.#options.clock.time() });
      });
      await this.#order;
      if (!whole) this.#wanted = true;
    }
  }

  #prepare(key: string): Promise<Beginning> {
    const known = this.#prepared.get(key);
    if (known) return known;
    if (!this.#looking) throw new Error('the session has not started');
    const prepared = lookAtBeginning(this.#looking, this.#find(key).step);
    this.#prepared.set(key, prepared);
    return prepared;
  }

  async #begin(key: string): Promise<void> {
    const beginning = this.#prepare(key);
    this.#prepared.clear();
    const { baseline, results } = await beginning;
    if (key !== this.#state.at) return;
    this.#baseline = baseline;
    this.dispatch({ kind: 'began', key, results });
    if (this.#wanted) this.#look();
  }

  async #perform(kind: 'perform' | 'restore', key: string): Promise<void> {
    const { lab, step } = this.#find(key);
    this.#prepared.clear();
    const options: OwnCommandsOptions = {
      ...this.#options,
      signal: this.#stop.signal,
      onOutput: (line, output) => this.dispatch({ kind: 'ran', line, output }),
    };
    const failure = await (kind === 'perform' ? performStepOf(options, step) : restoreFor(options, this.#labs, lab, step));
    this.#inOrder(() => this.dispatch({ kind: 'performed', ...(failure ? { failure } : {}) }));
  }

  #save(): void {
    const { own, tutorial } = this.#options;
    const { at, progress } = this.#state;
    this.#saves = this.#saves.then(() =>
      saveProgress(own.dir, { version: 1, tutorial: tutorial.id, current: at, steps: { ...progress } }),
    );
    this.#saves.catch((error: unknown) => this.#finished.reject(error));
  }

  #find(key: string): { lab: Lab; step: Step } {
    for (const lab of this.#labs) for (const step of lab.steps) if (key === `${lab.id}/${step.id}`) return { lab, step };
    throw new TypeError(`no step ${key}`);
  }
}

/** Commands that change nothing, and may run for long. */
const observing = /^(?:docker|docker-compose)(?: compose)? (?:.* )?(?:logs|exec|events|stats|attach|top|ps|port)(?: |$)/;

/** Undefined: not an error of the engine or of the system. */
function labErrorOf(error: unknown): LabError | undefined {
  try {
    return asLabError(error);
  } catch {
    return undefined;
  }
}

const unwatched = ({ message }: Error) =>
  text(`Changes of files cannot be seen (${message}). c checks now.`, `無法得知檔案的變動（${message}）。按 c 立即檢查。`);
