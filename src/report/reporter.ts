import type { Listener } from '../lab/event.ts';

/** A listener to a run with an end: `close` writes and restores whatever is left. */
export interface Reporter {
  readonly listen: Listener;
  close(): void | Promise<void>;
}
