import { randomId } from '../../platform/ids.ts';
import type { Missed } from './proxy-rules.ts';

/** What the builds of one service may use, and of all together. */
export interface ProxyLimits {
  readonly connections: number;
  readonly bytes: number;
}

/** How many different requests are remembered, the newest ones. */
const mostMissed = 100;

/** The use of the proxy by the builds of one service, which the proxy knows by a secret. */
export class Share {
  readonly secret = randomId(16);
  readonly #limits: ProxyLimits;
  readonly #of: Share | undefined;
  readonly #missed: Missed[] = [];
  #connections = 0;
  #bytes = 0;

  /** `of`: the share that includes this one. */
  constructor(limits: ProxyLimits, of?: Share) {
    this.#limits = limits;
    this.#of = of;
  }

  /** What was asked for and not given: the last 100 different requests. */
  get missed(): readonly Missed[] {
    return this.#missed;
  }

  /** Whether anything was transferred. */
  get used(): boolean {
    return this.#bytes > 0;
  }

  miss(missed: Missed): void {
    const known = this.#missed.some(({ why, host, port }) => why === missed.why && host === missed.host && port === missed.port);
    if (known) return;
    this.#missed.push(missed);
    if (this.#missed.length > mostMissed) this.#missed.shift();
  }

  /** Takes a connection; false if all are in use, or the bytes are used up. */
  enter(): boolean {
    if (this.#connections >= this.#limits.connections || this.#bytes >= this.#limits.bytes) return false;
    if (this.#of && !this.#of.enter()) return false;
    this.#connections += 1;
    return true;
  }

  leave(): void {
    this.#connections -= 1;
    this.#of?.leave();
  }

  /** Counts transferred bytes; false once there are too many. */
  count(bytes: number): boolean {
    this.#bytes += bytes;
    const within = this.#of?.count(bytes) ?? true;
    return within && this.#bytes <= this.#limits.bytes;
  }
}
