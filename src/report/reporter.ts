import type { Listener } from '../lab/event.ts';

/** A listener that must be closed: `close` writes and restores everything that is pending. */
export interface Reporter {
  readonly listen: Listener;
  close(): void | Promise<void>;
}
