import { createHash, timingSafeEqual } from 'node:crypto';
import { freeNickname, shownNickname } from './nickname.ts';
import type { JoinMessage, refusals, StateMessage } from './protocol.ts';
import { type BucketSize, TokenBucket } from './token-bucket.ts';
import { type Wall, type WallEvent, wallAfter } from './wall.ts';

/** A learner of the class. */
export interface Seat {
  readonly id: number;
  readonly nickname: string;
  /** Of all connections of the learner together. */
  readonly rate: TokenBucket;
  /** Ends the answer to the learner's `GET /end`; `over`: because the class ends. */
  release?: (over: boolean) => void;
}

export interface SeatsOptions {
  readonly secret: Uint8Array;
  /** The tutorial's ID, and the keys of all its steps. */
  readonly tutorial: string;
  readonly keys: readonly string[];
  /** Milliseconds of one clock. */
  now(): number;
  changed(event: WallEvent, wall: Wall): void;
}

export const mostLearners = 500;
/** A learner makes a change every few seconds; a second of many is no reason to lose one. */
const learnerRate: BucketSize = { burst: 20, perSecond: 5 };
/** New learners from one network: a class may come through one router, and then joins within a minute or two. */
export const joinRate: BucketSize = { burst: 100, perSecond: 10 };

export type Refusal = keyof typeof refusals | 'often';

/** The learners of a class. All of it is in memory, and goes with the process. */
export class Seats {
  readonly #options: SeatsOptions;
  /** By the hash of the learner's own key: a look-up takes as long for a key that is almost right. */
  readonly #seats = new Map<string, Seat>();
  readonly #joins = new Map<string, TokenBucket>();
  readonly #keys: ReadonlySet<string>;
  #count = 0;
  #isOver = false;
  #wall: Wall = [];

  constructor(options: SeatsOptions) {
    this.#options = options;
    this.#keys = new Set(options.keys);
  }

  get wall(): Wall {
    return this.#wall;
  }

  /** A learner joins, or is there again. `from`: the network. */
  join({ secret, own, nickname, tutorial }: JoinMessage, from: string): Seat | Refusal {
    const given = Buffer.from(secret, 'base64');
    if (given.length !== this.#options.secret.length || !timingSafeEqual(given, this.#options.secret)) return 'secret';
    if (this.#isOver) return 'over';
    if (tutorial !== this.#options.tutorial) return 'tutorial';
    const known = this.find(own);
    if (known) return known.rate.take(this.#options.now()) ? known : 'often';
    if (!this.#mayJoin(from)) return 'often';
    if (this.#seats.size >= mostLearners && !this.#freeOne()) return 'full';
    this.#count += 1;
    const free = freeNickname(this.#wall, shownNickname(nickname));
    const seat: Seat = { id: this.#count, nickname: free, rate: new TokenBucket(learnerRate, this.#options.now()) };
    this.#seats.set(hashOf(own), seat);
    this.#tell({ kind: 'joined', id: seat.id, nickname: free });
    return seat;
  }

  find(own: string): Seat | undefined {
    return this.#seats.get(hashOf(own));
  }

  /** False: the tutorial has no such step. */
  state({ id }: Seat, state: StateMessage): boolean {
    if (!this.#keys.has(state.at) || state.passed > state.steps || state.steps > this.#keys.size) return false;
    this.#tell({ kind: 'state', id, state });
    return true;
  }

  /** The learner's `GET /end` is open. An earlier one ends. Returns what to call when this one is closed. */
  connected(seat: Seat, release: (over: boolean) => void): () => void {
    seat.release?.(false);
    seat.release = release;
    this.#tell({ kind: 'connected', id: seat.id });
    return () => {
      if (seat.release !== release) return;
      delete seat.release;
      this.#tell({ kind: 'away', id: seat.id });
    };
  }

  leave(own: string): void {
    const key = hashOf(own);
    const seat = this.#seats.get(key);
    if (!seat) return;
    this.#seats.delete(key);
    const { release } = seat;
    delete seat.release;
    release?.(false);
    this.#tell({ kind: 'left', id: seat.id });
  }

  /** Ends the class: notifies all learners, and deletes their data. */
  end(): void {
    this.#isOver = true;
    for (const seat of this.#seats.values()) seat.release?.(true);
    this.#seats.clear();
    this.#joins.clear();
    this.#wall = [];
  }

  #tell(event: WallEvent): void {
    const known = event.kind === 'joined' || this.#wall.some(({ id }) => id === event.id);
    if (!known) return;
    this.#wall = wallAfter(this.#wall, event, this.#options.now());
    this.#options.changed(event, this.#wall);
  }

  #mayJoin(from: string): boolean {
    const now = this.#options.now();
    for (const [address, bucket] of this.#joins) if (bucket.isFull(now)) this.#joins.delete(address);
    const bucket = this.#joins.get(from) ?? new TokenBucket(joinRate, now);
    this.#joins.set(from, bucket);
    return bucket.take(now);
  }

  /** Takes the place of the learner whose connection was lost first. */
  #freeOne(): boolean {
    const [first] = this.#wall
      .filter(({ awaySince }) => awaySince !== undefined)
      .toSorted((one, other) => (one.awaySince ?? 0) - (other.awaySince ?? 0));
    for (const [key, { id }] of this.#seats) {
      if (id !== first?.id) continue;
      this.#seats.delete(key);
      this.#tell({ kind: 'left', id });
      return true;
    }
    return false;
  }
}

const hashOf = (own: string): string => createHash('sha256').update(own).digest('base64');
