import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../../run/clock.ts';
import type { Picture, Requests } from './picture.ts';
import type { Moved } from './reduce-picture.ts';

/** The shortest time between two pictures, and between two batches of requests. */
const pictureMs = 30;
const requestsMs = 50;

/** Calls `send` at once, and then at most once per interval. */
export class Paced {
  readonly #clock: Pick<Clock, 'now' | 'after'>;
  readonly #ms: number;
  readonly #send: () => void;
  #lastMs = Number.NEGATIVE_INFINITY;
  #isWaiting = false;
  #isClosed = false;

  constructor(clock: Pick<Clock, 'now' | 'after'>, ms: number, send: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#send = send;
  }

  want(): void {
    if (this.#isWaiting || this.#isClosed) return;
    const restMs = this.#lastMs + this.#ms - this.#clock.now();
    if (restMs <= 0) {
      this.#now();
      return;
    }
    this.#isWaiting = true;
    this.#clock.after(restMs).addEventListener('abort', () => this.#now(), { once: true });
  }

  close(): void {
    this.#isClosed = true;
  }

  #now(): void {
    this.#isWaiting = false;
    if (this.#isClosed) return;
    this.#lastMs = this.#clock.now();
    this.#send();
  }
}

interface Listener {
  picture(picture: Picture): void;
  requests(requests: Requests): void;
}

/** Passes on pictures that differ from the one before, and requests, merged. */
export class Emitter {
  readonly #pictures: Paced;
  readonly #requests: Paced;
  readonly #listen: Listener;
  #last: Picture | undefined;
  #moved: Moved[] = [];

  constructor(clock: Pick<Clock, 'now' | 'after'>, current: () => Picture, listen: Listener) {
    this.#listen = listen;
    this.#pictures = new Paced(clock, pictureMs, () => {
      const picture = current();
      if (this.#last && isDeepStrictEqual({ ...picture, at: '' }, { ...this.#last, at: '' })) return;
      this.#last = picture;
      listen.picture(picture);
    });
    this.#requests = new Paced(clock, requestsMs, () => {
      const merged = merge(this.#moved);
      this.#moved = [];
      if (merged) listen.requests(merged);
    });
  }

  changed(moved: readonly Moved[]): void {
    this.#pictures.want();
    if (moved.length === 0) return;
    for (const one of moved) this.#moved.push(one);
    this.#requests.want();
  }

  /** Passes on the last picture as one that is not measured any more, and ends. */
  end(at: string): void {
    this.close();
    if (this.#last) this.#listen.picture({ unmeasuredSince: at, ...this.#last, at });
  }

  close(): void {
    this.#pictures.close();
    this.#requests.close();
  }
}

/** Undefined: there are none. */
export function merge(moved: readonly Moved[]): Requests | undefined {
  const merged = new Map<string, Requests['seen'][number]>();
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { atMs, ...one } of moved) {
    const key = `${one.from} ${one.to} ${one.failed} ${one.own}`;
    merged.set(key, { ...one, count: (merged.get(key)?.count ?? 0) + 1 });
    lastMs = Math.max(lastMs, atMs);
  }
  return merged.size === 0 ? undefined : { at: new Date(lastMs).toISOString(), seen: [...merged.values()] };
}
