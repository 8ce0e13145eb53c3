import { setImmediate as turn } from 'node:timers/promises';
import type { Text } from '../../../lab/text.ts';
import type { Requests } from '../picture/picture.ts';
import type { PageContent, ServerEvents } from '../protocol.ts';

/** A silent connection looks like a broken one to what is between browser and server. */
const heartbeatMs = 15_000;

type States = Pick<ServerEvents, 'content' | 'learn' | 'class' | 'run' | 'picture'>;
/** In the order in which they are sent. */
const states = ['content', 'learn', 'class', 'run', 'picture'] as const satisfies readonly (keyof States)[];

/** What all pages show now: the newest of each state. A page that joins receives it first. */
export class Feed {
  readonly #newest = new Map<keyof States, () => string>();
  readonly #readers = new Set<FeedReader>();
  #bye: string | undefined;
  #countChanged: (pages: number) => void = () => undefined;

  constructor(content: PageContent) {
    this.show('content', content);
  }

  /** A new state. Of those in one turn of the event loop, and of those while a browser is slow, a page receives the last. */
  show<Name extends keyof States>(name: Name, state: States[Name]): void {
    let text: string | undefined;
    this.#newest.set(name, () => {
      text ??= written(name, state);
      return text;
    });
    for (const reader of this.#readers) reader.changed(name);
  }

  requests(requests: Requests): void {
    for (const reader of this.#readers) reader.requests(requests);
  }

  /** A page's own reader of the events, until it leaves. */
  join(): FeedReader {
    const reader = new FeedReader(this.#newest, (left) => {
      this.#readers.delete(left);
      this.#countChanged(this.#readers.size);
    });
    this.#readers.add(reader);
    this.#countChanged(this.#readers.size);
    if (this.#bye !== undefined) reader.end(this.#bye);
    return reader;
  }

  get pages(): number {
    return this.#readers.size;
  }

  /** Calls this with the number of open pages, now and when it changes. One listener at a time. */
  onPages(changed: (pages: number) => void): void {
    this.#countChanged = changed;
    changed(this.#readers.size);
  }

  /** The last event of every page. */
  end(reason: Text): void {
    this.#bye = written('bye', { reason });
    for (const reader of this.#readers) reader.end(this.#bye);
  }
}

/** Reads at the pace of one browser: stores which states changed, and not each change. */
class FeedReader {
  readonly #newest: ReadonlyMap<keyof States, () => string>;
  readonly #left: (reader: FeedReader) => void;
  readonly #changed: Set<keyof States>;
  #requests: Requests | undefined;
  #bye: string | undefined;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(newest: ReadonlyMap<keyof States, () => string>, left: (reader: FeedReader) => void) {
    this.#newest = newest;
    this.#left = left;
    this.#changed = new Set(newest.keys());
  }

  changed(name: keyof States): void {
    this.#changed.add(name);
    this.#wake();
  }

  requests(requests: Requests): void {
    this.#requests = this.#requests ? mergedRequests(this.#requests, requests) : requests;
    this.#wake();
  }

  end(bye: string): void {
    this.#bye = bye;
    this.#wake();
  }

  leave(): void {
    this.#isOver = true;
    this.#left(this);
    this.#wake();
  }

  /** The next events, as text of an event stream; undefined: there are no more. */
  async next(): Promise<string | undefined> {
    if (this.#isOver) return undefined;
    if (!this.#hasNews) await this.#news();
    // everything that changes in the same turn
    await turn();
    if (this.#isOver) return undefined;
    return this.#hasNews ? this.#take() : ':\n\n';
  }

  get #hasNews(): boolean {
    return this.#changed.size > 0 || this.#requests !== undefined || this.#bye !== undefined;
  }

  #take(): string {
    const events = states.flatMap((name) => (this.#changed.has(name) ? (this.#newest.get(name)?.() ?? []) : []));
    if (this.#requests) events.push(written('requests', this.#requests));
    if (this.#bye !== undefined) {
      events.push(this.#bye);
      this.leave();
    }
    this.#changed.clear();
    this.#requests = undefined;
    return events.join('');
  }

  async #news(): Promise<void> {
    await new Promise<void>((resolve) => {
      const heartbeat = setTimeout(resolve, heartbeatMs).unref();
      this.#wake = () => {
        clearTimeout(heartbeat);
        resolve();
      };
    });
    this.#wake = () => undefined;
  }
}

/** One event. JSON has no line break. */
const written = (name: keyof ServerEvents, data: ServerEvents[keyof ServerEvents]): string =>
  `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/** The requests of both, by origin, replica and kind: a slow browser needs no more memory than there are such pairs. */
function mergedRequests(one: Requests, other: Requests): Requests {
  const merged = new Map<string, Requests['seen'][number]>();
  for (const seen of [...one.seen, ...other.seen]) {
    const key = JSON.stringify([seen.from, seen.to, seen.failed, seen.own]);
    merged.set(key, { ...seen, count: seen.count + (merged.get(key)?.count ?? 0) });
  }
  return { at: other.at, seen: [...merged.values()] };
}
