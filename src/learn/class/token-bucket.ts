/** Limits how often something happens: `burst` times at once, and `perSecond` times in the long run. */
export interface BucketSize {
  readonly burst: number;
  readonly perSecond: number;
}

export class TokenBucket {
  readonly #size: BucketSize;
  #tokens: number;
  #at: number;

  constructor(size: BucketSize, nowMs: number) {
    this.#size = size;
    this.#tokens = size.burst;
    this.#at = nowMs;
  }

  /** Whether it may happen now; it is then counted. */
  take(nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Nothing happened for so long that a new bucket would be the same. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= this.#size.burst;
  }

  #fill(nowMs: number): void {
    const { burst, perSecond } = this.#size;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#at) / 1000) * perSecond);
    this.#at = nowMs;
  }
}
