/** Work at a time, or one alone: what is alone begins when all that began before has ended, and nothing else begins until it has ended. */
export class AloneGate {
  readonly #running = new Set<Promise<unknown>>();
  #alone: Promise<unknown> | undefined;

  /** Performs work beside other work. */
  async beside<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone) await this.#alone;
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
    const settled = running.catch(() => undefined);
    this.#alone = settled;
    settled.then(() => {
      if (this.#alone === settled) this.#alone = undefined;
    });
    return running;
  }
}
