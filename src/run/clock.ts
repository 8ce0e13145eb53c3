/** Time as it is handed to the run, so that nothing there reads the machine's clock by itself. */
export interface Clock {
  /** Milliseconds that only ever go forward, whatever is done to the machine's clock. */
  now(): number;
  /** The time of day, in ISO 8601. */
  time(): string;
  /** Aborts after `ms`. It holds no process. */
  after(ms: number): AbortSignal;
  /** For what makes no event: lets `ms` pass before the next look. */
  wait(ms: number): Promise<void>;
}
