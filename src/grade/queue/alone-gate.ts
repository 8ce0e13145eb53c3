/** Work at a time, or one alone: what is alone begins when all that began before has ended, and nothing else begins until it has ended. */
export class AloneGate {
  #running = new Set<Promise<unknown>>();
  #alone: Promise<unknown> = Promise.resolve();

  /** Performs work beside other work. */
  async beside<T>(work: () => Promise<T>): Promise<T> {
    for (let waited: Promise<unknown> | undefined; waited !== this.#alone; ) {
      waited = this.#alone;
      await waited;
    }
    const running = work();
    const settled = running.catch(() => undefined);
    this.#running.add(settled);
    settled.then(() => this.#running.delete(settled));
    return running;
  }

  /** Performs work with nothing beside it. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#alone;
    const running = (async () => {
      await before;
      await Promise.all(this.#running);
      return work();
    })();
    this.#alone = running.catch(() => undefined);
    return running;
  }
}
