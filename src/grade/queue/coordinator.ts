import { text } from '../../lab/text.ts';
import { unlessAborted } from '../../platform/any-signal.ts';
import { randomId } from '../../platform/ids.ts';
import type { WorkerProgress } from '../grade-class.ts';
import type { SentWork } from '../grade-key.ts';
import type { Grader } from '../journal-lines.ts';
import { TooLargeError } from '../submissions/write-tar.ts';
import type { Grade } from '../types.ts';
import { ClassBodies, sealSetup } from './bodies.ts';
import type { Coordinator, CoordinatorOptions } from './coordinator-options.ts';
import { DamagedJobs } from './damaged-jobs.ts';
import { receivedError } from './messages.ts';
import type { Stability } from './notes.ts';
import type { ClassQueue, Ended } from './port.ts';
import { failed, notGraded, notProved, tooLarge } from './reasons.ts';
import { Samples } from './samples.ts';
import { Watchdog } from './watchdog.ts';
import { isOut, type KnownWorker, WorkerList } from './worker-list.ts';

/** Announces a class on a queue server. Throws the server's LabError. */
export async function openCoordinator(options: CoordinatorOptions): Promise<Coordinator> {
  const { server, setup, self, clock, key, owner } = options;
  const left = (await server.overview()).filter((one) => one.id.startsWith(`${owner}-`));
  await server.purge(left.map((one) => one.id));
  const id = `${owner}-${randomId(4)}`;
  const queue = await server.openClass({
    id,
    ...self,
    startedAt: clock.time(),
    encrypted: key !== undefined,
    setup: sealSetup(setup, id, key),
  });
  return new OpenCoordinator(id, queue, options);
}

type Made = Awaited<ReturnType<Coordinator['send']>>;
interface Pending {
  readonly work: SentWork;
  readonly resolve: (made: Made) => void;
  readonly reject: (error: unknown) => void;
}

class OpenCoordinator implements Coordinator {
  readonly id: string;
  /** Enough for some machines of 8 jobs. Each waits with its files unpacked. */
  readonly atOnce = 48;
  readonly #queue: ClassQueue;
  readonly #bodies: ClassBodies;
  readonly #options: CoordinatorOptions;
  readonly #pending = new Map<string, Pending>();
  readonly #graders = new Map<string, Grader>();
  readonly #workers = new WorkerList();
  /** Workers that left before the result of their reference job arrived, by that job. */
  readonly #leaving = new Map<string, KnownWorker>();
  readonly #samples: Samples;
  readonly #closed = new AbortController();
  readonly #watching: Promise<void>;
  readonly #openedMs: number;
  readonly #watchdog: Watchdog;
  readonly #damaged = new DamagedJobs();
  #withdrawn = new Set<string>();
  #failure: { readonly error: unknown } | undefined;
  #references = 0;
  #lostMs: number | undefined;
  /** Until then, workers may not have shown that they are alive since the server returned. */
  #trustListAtMs = 0;
  #listener: () => void = () => {};
  #changed: () => void = () => {};

  constructor(id: string, queue: ClassQueue, options: CoordinatorOptions) {
    this.id = id;
    this.#queue = queue;
    this.#bodies = new ClassBodies(id, options.key);
    this.#options = options;
    this.#samples = new Samples(id);
    this.#openedMs = options.clock.now();
    this.#watchdog = new Watchdog(options.clock, options.times.stuckMs);
    queue.onEnded((ended) => this.#ended(ended));
    options.server.onConnection((state) => this.#connection(state));
    this.#watching = this.#watch().catch((error) => {
      if (!this.#closed.signal.aborted) this.#fail(error);
    });
  }

  readonly send = async (work: SentWork): Promise<Made> => {
    const { signal } = this.#options;
    signal.throwIfAborted();
    if (this.#failure) throw this.#failure.error;
    if (this.#pending.size === 0) this.#watchdog.progress();
    const done = new Promise<Made>((resolve, reject) => {
      this.#pending.set(work.key, { work, resolve, reject });
    });
    try {
      await Promise.race([this.#sendJob(work), done]);
      return await unlessAborted(done, signal);
    } catch (error) {
      if (error instanceof TooLargeError) return { grade: this.#options.unjudged(tooLarge), final: true };
      throw error;
    } finally {
      this.#pending.delete(work.key);
    }
  };

  graderOf(key: string): Grader | undefined {
    return this.#graders.get(key);
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  workers(): readonly WorkerProgress[] {
    return this.#workers.all().map(({ state }) => ({
      host: state.host,
      stage: state.stage,
      running: state.jobs.flatMap(({ id }) => this.#nameOf(id) ?? []),
    }));
  }

  stability(): Stability {
    return this.#samples.stability();
  }

  async settle(): Promise<ReadonlySet<string>> {
    const { journal, clock, times, signal } = this.#options;
    for (;;) {
      if (this.#failure) throw this.#failure.error;
      const changed = new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      const graders = new Set([...journal.unconfirmed().values()].map((by) => by?.worker));
      if (graders.size === 0 && this.#samples.open === 0) break;
      // what was refused here does not depend on a worker
      if (graders.delete(undefined)) await journal.confirm();
      for (const id of graders) {
        const worker = id === undefined ? undefined : this.#workers.get(id);
        const mayAppear = clock.now() - this.#openedMs < times.goneMs;
        if (worker && !isOut(worker)) await this.#askForProof(worker);
        else if (worker || !mayAppear) await this.#withdraw(id, !worker);
      }
      await unlessAborted(changed, signal);
    }
    const withdrawn = this.#withdrawn;
    this.#withdrawn = new Set();
    return withdrawn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    await this.#watching;
    // a server that is away keeps the class until the next coordinator of the output folder, or `lab queue purge`
    await this.#queue.end();
  }

  async #sendJob(work: SentWork): Promise<void> {
    const body = await this.#bodies.grade(work.key, work, this.#options.signal);
    await this.#queue.send({ id: work.key, body, limitMs: this.#options.limitMs });
  }

  #nameOf(jobId: string): string | undefined {
    return this.#pending.get(jobId)?.work.name ?? this.#samples.nameOf(jobId);
  }

  async #ended(ended: Ended): Promise<void> {
    try {
      if (ended.id.startsWith(referencePrefix)) await this.#referenceEnded(ended);
      else if (this.#samples.has(ended.id)) await this.#sampleEnded(ended);
      else await this.#gradeEnded(ended);
    } catch (error) {
      this.#fail(error);
    }
    this.#notify();
  }

  async #gradeEnded(ended: Ended): Promise<void> {
    const { unjudged, proveEvery } = this.#options;
    const pending = this.#pending.get(ended.id);
    // it was decided before, or belongs to no one here
    if (!pending) return this.#queue.settle(ended.id);
    this.#watchdog.progress();
    if (this.#damaged.mayRepeat(ended)) return this.#sendAgain(pending.work);
    if (!ended.ok) return this.#decide(ended.id, { grade: unjudged(failed(ended)), final: true });
    const worker = this.#workers.get(ended.worker);
    if (!worker || isOut(worker)) return this.#sendAgain(pending.work);
    if (!worker.proved) {
      worker.held.push(ended);
      return;
    }
    const result = this.#bodies.read(ended);
    if (result?.kind !== 'grade') {
      const why = notGraded(result, worker.state.host, pending.work.images);
      return this.#decide(ended.id, { grade: unjudged(why), final: true });
    }
    const { grade, final, round } = result;
    this.#graders.set(ended.id, { worker: ended.worker, round });
    worker.sinceReference += 1;
    await this.#sample(pending.work, grade, ended.worker);
    await this.#decide(ended.id, { grade, final });
    if (worker.sinceReference >= proveEvery) await this.#askForProof(worker);
  }

  /** Removed from the server first: the next submission with this content sends it again. */
  async #decide(key: string, made: Made): Promise<void> {
    await this.#queue.settle(key);
    this.#pending.get(key)?.resolve(made);
  }

  async #sendAgain(work: SentWork): Promise<void> {
    await this.#queue.settle(work.key);
    await this.#sendJob(work);
  }

  async #sample(work: SentWork, grade: Grade, worker: string): Promise<void> {
    if (!this.#samples.chooses(work.key, grade)) return;
    const second = this.#workers.second(worker);
    if (!second) return;
    const id = `${work.key}-again`;
    const body = await this.#bodies.grade(id, work, this.#options.signal);
    this.#samples.start(id, work.key, { name: work.name, first: grade, worker: second.state.id });
    await this.#queue.sendTo(second.state.id, { id, body, limitMs: this.#options.limitMs });
  }

  async #sampleEnded(ended: Ended): Promise<void> {
    const result = ended.ok ? this.#bodies.read(ended) : undefined;
    this.#samples.end(ended.id, result?.kind === 'grade' ? result.grade : undefined);
    await this.#queue.settle(ended.id);
  }

  /** The worker grades the reference solution, unless it is doing that already. */
  async #askForProof(worker: KnownWorker): Promise<void> {
    if (worker.reference !== undefined || worker.failed) return;
    const id = `${referencePrefix}${++this.#references}`;
    worker.reference = id;
    worker.sinceReference = 0;
    await this.#sendReference(worker, id);
  }

  async #sendReference(worker: KnownWorker, id: string): Promise<void> {
    await this.#queue.sendTo(worker.state.id, { id, body: this.#bodies.reference(id), limitMs: this.#options.limitMs });
  }

  async #referenceEnded(ended: Ended): Promise<void> {
    const { journal, onNote } = this.#options;
    await this.#queue.settle(ended.id);
    const worker = this.#workers.all().find(({ reference }) => reference === ended.id) ?? this.#leaving.get(ended.id);
    const isGone = this.#leaving.delete(ended.id);
    if (!worker || (isGone && !ended.ok)) return;
    this.#watchdog.progress();
    if (this.#damaged.mayRepeat(ended)) return this.#sendReference(worker, ended.id);
    const { id, host } = worker.state;
    const result = ended.ok && ended.worker === id ? this.#bodies.read(ended) : undefined;
    if (result?.kind === 'reference' && !result.failed) {
      await journal.confirm({ worker: id, round: result.round });
      // not before: what is unconfirmed would be asked for again
      delete worker.reference;
      if (!worker.proved) onNote({ kind: 'proved', host });
      worker.proved = true;
      for (const one of worker.held.splice(0)) await this.#gradeEnded(one);
      return;
    }
    const why = notProved(result, ended);
    if (why.code === 'E_RUBRIC_INVALID') throw receivedError(why);
    worker.failed = true;
    delete worker.reference;
    const withdrawn = await this.#withdraw(id, false);
    onNote({ kind: 'disproved', host, why, withdrawn });
    for (const one of worker.held.splice(0)) await this.#gradeEnded(one);
  }

  /** Grades of a worker no longer count. */
  async #withdraw(id: string | undefined, isGone: boolean): Promise<number> {
    const keys = await this.#options.journal.withdraw((by) => by?.worker === id);
    for (const key of keys) this.#withdrawn.add(key);
    if (isGone && keys.length > 0) this.#options.onNote({ kind: 'unconfirmed', withdrawn: keys.length });
    return keys.length;
  }

  async #watch(): Promise<void> {
    const { clock, times } = this.#options;
    const { signal } = this.#closed;
    while (!signal.aborted) {
      const states = await unlessAborted(this.#queue.workers(), signal);
      const isWhole = clock.now() >= this.#trustListAtMs || states.length >= this.#workers.all().length;
      // while the server is lost, this is its first answer: what it forgot may return
      if (this.#lostMs === undefined && isWhole) await this.#look(states);
      await this.#reportStuck();
      this.#notify();
      await unlessAborted(clock.wait(times.lookMs), signal);
    }
  }

  async #look(states: Parameters<WorkerList['update']>[0]): Promise<void> {
    const { onNote } = this.#options;
    const { joined, left, unfit } = this.#workers.update(states);
    for (const worker of joined) {
      const { host, slots, stage } = worker.state;
      if (stage === 'unfit') continue;
      onNote({ kind: 'joined', host, slots });
      await this.#askForProof(worker);
    }
    for (const { state } of unfit) onNote({ kind: 'unfit', host: state.host, why: state.why ?? text('', '') });
    for (const worker of left) {
      const { id, host } = worker.state;
      onNote({ kind: 'left', host });
      // the server ends that job too: a worker that failed it leaves at once
      if (worker.reference !== undefined) this.#leaving.set(worker.reference, worker);
      for (const one of worker.held) {
        const pending = this.#pending.get(one.id);
        if (pending) await this.#sendAgain(pending.work);
      }
      await this.#dropSamples(id);
    }
    // such a worker is alive, performs no job and does not prove itself any more
    for (const worker of this.#workers.all().filter(isOut)) {
      await this.#dropSamples(worker.state.id);
      for (const one of worker.held.splice(0)) await this.#gradeEnded(one);
    }
  }

  async #dropSamples(worker: string): Promise<void> {
    for (const job of this.#samples.of(worker)) {
      this.#samples.end(job, undefined);
      await this.#queue.settle(job);
    }
  }

  async #reportStuck(): Promise<void> {
    const { onNote } = this.#options;
    const hasWorker = !this.#workers.all().every(isOut);
    const forMs = this.#pending.size === 0 ? undefined : this.#watchdog.due(hasWorker);
    if (forMs === undefined) return;
    if (!hasWorker) return onNote({ kind: 'waiting', forMs });
    const running = this.#workers
      .all()
      .flatMap(({ state }) =>
        state.jobs.map(({ id, forMs: runMs }) => ({ host: state.host, name: this.#nameOf(id) ?? '', forMs: runMs })),
      );
    onNote({ kind: 'stuck', forMs, running });
    // someone may have removed them from the server
    await this.#sendMissing();
  }

  #connection(state: 'lost' | 'back'): void {
    const { clock, times, onNote } = this.#options;
    if (this.#closed.signal.aborted) return;
    if (state === 'lost') {
      if (this.#lostMs === undefined) onNote({ kind: 'lost' });
      this.#lostMs ??= clock.now();
      return;
    }
    const afterMs = clock.now() - (this.#lostMs ?? clock.now());
    this.#lostMs = undefined;
    this.#watchdog.progress();
    this.#trustListAtMs = clock.now() + times.goneMs;
    const restoring = async () => {
      await this.#queue.announce();
      onNote({ kind: 'back', afterMs, sentAgain: await this.#sendMissing() });
    };
    restoring().catch((error) => this.#fail(error));
  }

  /** Sends what the server no longer has. */
  async #sendMissing(): Promise<number> {
    let sent = 0;
    for (const { work } of [...this.#pending.values()]) {
      if (await this.#queue.has(work.key)) continue;
      await this.#sendJob(work);
      sent += 1;
    }
    for (const worker of this.#workers.all())
      if (worker.reference !== undefined && !(await this.#queue.has(worker.reference)))
        await this.#sendReference(worker, worker.reference);
    for (const id of this.#samples.ids) if (!(await this.#queue.has(id))) this.#samples.end(id, undefined);
    return sent;
  }

  #fail(error: unknown): void {
    if (this.#closed.signal.aborted) return;
    this.#failure ??= { error };
    for (const { reject } of this.#pending.values()) reject(error);
    this.#notify();
  }

  #notify(): void {
    this.#changed();
    this.#listener();
  }
}

const referencePrefix = 'reference-';
