import { once } from 'node:events';
import type { EngineApi } from '../../../docker/api/engine-api.ts';
import type { StackSpec } from '../../../lab/stack.ts';
import { anySignal } from '../../../platform/any-signal.ts';
import type { Clock } from '../../../run/clock.ts';
import { labErrorOf } from '../../engine-watch.ts';
import { Emitter } from './emit.ts';
import { openEvents, type Turned } from './engine-events.ts';
import { engineFacts, servicesIn } from './engine-facts.ts';
import { FollowFiles } from './follow-files.ts';
import { FollowLogs } from './follow-logs.ts';
import { LookUp } from './look-up.ts';
import { PacketWatch } from './packets.ts';
import type { Picture, Requests } from './picture.ts';
import { pictureOf } from './picture-of.ts';
import { ProcessWatch } from './processes.ts';
import { readLine } from './read-line.ts';
import { reduce } from './reduce-picture.ts';
import { firstState, type Observation, type PictureState, type SeenLine, serviceOf } from './state.ts';

export interface PictureOptions {
  readonly api: EngineApi;
  readonly project: string;
  readonly spec: StackSpec;
  /** The stack's folder: the real path, with links resolved. */
  readonly dir: string;
  readonly clock: Clock;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

export interface PictureListener {
  /** A picture that differs from the one before. */
  picture(picture: Picture): void;
  requests(requests: Requests): void;
  /** An error that is not the engine's: a bug. The watch has ended. */
  failed(error: unknown): void;
}

export interface PictureWatch extends AsyncDisposable {
  /** Whether a page shows the picture: packets are counted repeatedly only then. At first: no. */
  watched(isWatched: boolean): void;
  close(): Promise<void>;
}

/** Observes a stack for its picture, in the background. An engine that does not answer is waited for. */
export function watchPicture(options: PictureOptions, listen: PictureListener): PictureWatch {
  const watch = new Watch(options, listen);
  const close = () => watch.close();
  return { watched: (isWatched) => watch.watched(isWatched), close, [Symbol.asyncDispose]: close };
}

/** The time before the first attempt to reach an engine that does not answer, and the longest: each attempt doubles it. */
const firstRetryMs = 250;
const lastRetryMs = 2000;
/** DNS is looked up when containers have not changed for this long: each lookup is a command in a container. */
const quietMs = 150;

interface EngineInfo {
  readonly SystemTime: string;
  readonly NCPU?: number;
}

class Watch {
  readonly #options: PictureOptions;
  readonly #listen: PictureListener;
  readonly #stop = new AbortController();
  readonly #emitter: Emitter;
  readonly #logs: FollowLogs;
  readonly #files: FollowFiles;
  readonly #lookUp: LookUp;
  readonly #packets: PacketWatch;
  readonly #processes: ProcessWatch;
  readonly #ended: Promise<void>;
  #state: PictureState;
  /** The engine's clock minus ours, in milliseconds. */
  #aheadMs = 0;
  /** The time before the next attempt to listen to the engine's events. */
  #retryMs = firstRetryMs;
  #closeEvents = () => {};
  #isChanged = false;
  #isLooking = false;
  /** Events since the engine was last asked: its answer may not know them. */
  #turnedMeanwhile: Turned[] = [];
  /** Lines that arrived while containers changed: their senders are not known yet. */
  #held: SeenLine[] = [];
  /** The `generation` that waits for its lookup. */
  #asked = 0;
  #isAsking = false;

  constructor(options: PictureOptions, listen: PictureListener) {
    const { api, dir, clock, spec, signal } = options;
    this.#options = options;
    this.#listen = listen;
    this.#state = firstState(spec, { openedMs: Number.POSITIVE_INFINITY, processors: 1 });
    const failed = (error: unknown) => this.#failed(error);
    this.#emitter = new Emitter(clock, () => pictureOf(this.#state, this.#engineTime()), listen);
    this.#lookUp = new LookUp(api);
    this.#logs = new FollowLogs({
      api,
      nowMs: () => this.#engineMs(),
      listen: (container, lines) =>
        this.#lines(lines.map(({ time, text }) => ({ container, source: 'log', atMs: Date.parse(time), ...readLine(text) }))),
      cut: (container) => this.#observe({ kind: 'cut', container, source: 'log', fromMs: Number.NaN }),
      ended: () => void clock.after(firstRetryMs).addEventListener('abort', () => this.#changed(), { once: true }),
      failed,
    });
    this.#files = new FollowFiles({
      ...{ dir, clock, failed },
      listen: ({ container, path, lines, isHistory, isCut }) => {
        const nowMs = this.#engineMs();
        const read = lines.map((line) => readLine(line));
        const fromMs = read.flatMap(({ request }) => request?.timeMs ?? []).find(Number.isFinite) ?? Number.NaN;
        if (isCut) this.#observe({ kind: 'cut', container, source: path, fromMs });
        this.#lines(
          read.map((facts) => ({
            container,
            source: path,
            atMs: isHistory ? (facts.request?.timeMs ?? Number.NaN) : nowMs,
            ...facts,
          })),
        );
      },
    });
    this.#packets = new PacketWatch({ api, clock, state: () => this.#state, seen: (one) => this.#observe(one), failed });
    this.#processes = new ProcessWatch({ api, clock, state: () => this.#state, seen: (one) => this.#observe(one), failed });
    if (signal.aborted) this.#stop.abort();
    else signal.addEventListener('abort', () => void this.close(), { once: true, signal: this.#stop.signal });
    this.#ended = this.#run().catch((error: unknown) => this.#failed(error));
  }

  watched(isWatched: boolean): void {
    this.#packets.watched(isWatched);
  }

  async close(): Promise<void> {
    this.#end();
    await this.#ended;
  }

  #end(): void {
    this.#stop.abort();
    this.#closeEvents();
    this.#emitter.close();
    this.#logs.close();
    this.#files.close();
    this.#packets.close();
    this.#processes.close();
  }

  /** Listens to the engine's events, again and again while it is gone in between. */
  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#listenOnce();
      } catch (error) {
        if (!isEngines(error)) throw error;
      }
      this.#unmeasured();
      using next = anySignal(signal, this.#options.clock.after(this.#retryMs));
      if (!next.aborted) await once(next, 'abort');
      this.#retryMs = Math.min(2 * this.#retryMs, lastRetryMs);
    }
  }

  async #listenOnce(): Promise<void> {
    const { api, project, clock } = this.#options;
    const sentMs = Date.parse(clock.time());
    const info = await api.get<EngineInfo>('/info');
    this.#aheadMs = aheadBy(Date.parse(info.SystemTime), sentMs, Date.parse(clock.time()));
    if (!Number.isFinite(this.#state.openedMs))
      this.#state = { ...this.#state, openedMs: this.#engineMs(), processors: info.NCPU ?? 1 };
    const events = await openEvents(api, project);
    this.#closeEvents = () => events.close();
    if (this.#stop.signal.aborted) events.close();
    try {
      this.#changed();
      await events.read((meaning) => {
        if (meaning.kind === 'acted') return this.#processes.look(meaning.container);
        if (meaning.attached) this.#observe({ kind: 'attached', ...meaning.attached });
        if (meaning.turned) this.#turned(meaning.turned);
        this.#changed();
      });
    } finally {
      events.close();
    }
  }

  #engineMs(): number {
    return Date.parse(this.#options.clock.time()) + this.#aheadMs;
  }

  #engineTime(): string {
    return new Date(this.#engineMs()).toISOString();
  }

  #failed(error: unknown): void {
    // an engine that is gone ends the stream of its events, and is waited for there
    if (this.#stop.signal.aborted || isEngines(error)) return;
    this.#emitter.end(this.#engineTime());
    this.#end();
    this.#listen.failed(error);
  }

  /** The engine does not answer. Before its first facts, there is no picture. */
  #unmeasured(): void {
    if (this.#state.facts.project !== '') this.#observe({ kind: 'unmeasured', at: this.#engineTime() });
  }

  #observe(...all: readonly Observation[]): void {
    if (this.#stop.signal.aborted) return;
    const before = this.#state;
    const moved = all.flatMap((seen) => {
      const reduced = reduce(this.#state, seen);
      this.#state = reduced.state;
      return reduced.moved;
    });
    if (this.#state !== before) this.#emitter.changed(moved);
  }

  #lines(lines: readonly SeenLine[]): void {
    for (const one of lines) this.#held.push(one);
    if (!this.#isLooking) this.#release();
  }

  #release(): void {
    if (this.#held.length === 0) return;
    const lines = this.#held;
    this.#held = [];
    this.#observe({ kind: 'lines', lines });
    const front = serviceOf(this.#state.spec, this.#state.spec.proxy?.role);
    const proxies = this.#state.facts.replicas.filter(({ service }) => service === front).map(({ id }) => id);
    // a proxy reports in its log that it reads its configuration
    for (const id of proxies)
      if (lines.some((line) => line.container === id && !line.request && line.unreachable === undefined))
        this.#processes.look(id);
    this.#packets.want();
  }

  #turned(turned: Turned): void {
    this.#turnedMeanwhile.push(turned);
    this.#observe({ kind: 'turned', ...turned });
  }

  #changed(): void {
    this.#isChanged = true;
    if (this.#isLooking || this.#stop.signal.aborted) return;
    this.#isLooking = true;
    this.#lookWhileChanged()
      .catch((error: unknown) => {
        this.#failed(error);
        // it listens again, and then looks again
        this.#closeEvents();
      })
      .finally(() => {
        this.#isLooking = false;
        this.#release();
      });
  }

  async #lookWhileChanged(): Promise<void> {
    const { api, project, dir } = this.#options;
    while (this.#isChanged && !this.#stop.signal.aborted) {
      this.#isChanged = false;
      this.#turnedMeanwhile = [];
      const [facts, written] = await Promise.all([engineFacts(api, project), servicesIn(dir)]);
      const services = written ?? this.#state.services;
      const before = this.#state.proxies;
      const turned = this.#turnedMeanwhile.map((one) => ({ kind: 'turned' as const, ...one }));
      this.#observe({ kind: 'facts', facts, services }, ...turned);
      this.#retryMs = firstRetryMs;
      for (const [id, { startedAt }] of Object.entries(this.#state.proxies))
        if (before[id]?.startedAt !== startedAt) this.#processes.look(id);
      this.#logs.sync(facts.replicas);
      await this.#files.sync(facts.replicas);
      this.#askSoon();
    }
    this.#packets.want();
  }

  /** Looks DNS up when nothing has changed for a moment. */
  #askSoon(): void {
    const { generation, lookedUp } = this.#state;
    if (generation === lookedUp || generation === this.#asked) return;
    this.#asked = generation;
    this.#options.clock.after(quietMs).addEventListener(
      'abort',
      () => {
        if (generation === this.#state.generation) this.#ask().catch((error: unknown) => this.#failed(error));
      },
      { once: true },
    );
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      while (this.#state.generation !== this.#state.lookedUp && !this.#stop.signal.aborted) {
        const of = this.#state.generation;
        const { from, answers } = await this.#lookUp.ask(this.#state);
        this.#observe({ kind: 'dns', answers, from, of, at: this.#engineTime() });
      }
    } finally {
      this.#isAsking = false;
      // after an error, it is asked again with the next facts
      this.#asked = this.#state.lookedUp;
    }
  }
}

/** How far another clock is ahead at least, if it was read between these times of ours. */
const aheadBy = (theirMs: number, sentMs: number, receivedMs: number): number =>
  theirMs > receivedMs ? theirMs - receivedMs : Math.min(0, theirMs - sentMs);

/** Whether an error is the engine's or the system's. A response that breaks off while it is read is a TypeError (undici: `terminated`). */
const isEngines = (error: unknown): boolean =>
  labErrorOf(error) !== undefined || (error instanceof TypeError && error.message === 'terminated');
