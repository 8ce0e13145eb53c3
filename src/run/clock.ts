/** Time, passed to a run as a parameter, so that no code in it reads the machine's clock itself. */
export interface Clock {
  /** Monotonic time in milliseconds, independent of changes to the machine's clock. */
  now(): number;
  /** The time of day, in ISO 8601. */
  time(): string;
  /** Aborts after `ms`. Does not keep the process alive. */
  after(ms: number): AbortSignal;
  /** For changes without an event: waits `ms` before the next look. */
  wait(ms: number): Promise<void>;
}
