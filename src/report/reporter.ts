import type { Listener } from '../lab/event.ts';

/** A listener to a run that has an end: whatever it still has to say or to put back is done by `close`. */
export interface Reporter {
  readonly listen: Listener;
  close(): void | Promise<void>;
}
