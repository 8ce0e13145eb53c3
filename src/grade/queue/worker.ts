import type { Announcement } from './port.ts';
import { type ServeEvent, type ServeOptions, serveClass } from './serve-class.ts';

/** What a worker reports. */
export type WorkerEvent =
  | ServeEvent
  | { readonly kind: 'waiting' }
  | { readonly kind: 'class'; readonly host: string }
  /** A class of another version of labwright is not graded. */
  | { readonly kind: 'other-version'; readonly host: string; readonly version: string }
  | { readonly kind: 'ended'; readonly grades: number };

export interface WorkerOptions extends Omit<ServeOptions, 'onEvent'> {
  /** Ends after the first class. */
  readonly once: boolean;
  onEvent(event: WorkerEvent): void;
}

/** How often a worker without a class looks for one. */
const lookMs = 1_000;

/**
 * Grades the classes of a queue server, one after another, until the signal. It is a new worker each time, also for a class that it joins again: the
 * coordinator may not have seen that it left, and it has to prove itself again. Resolves to the number of grades of the first class if `once`. Throws what
 * `serveClass` throws.
 */
export async function runWorker(options: WorkerOptions): Promise<number> {
  const { server, clock, signal, once, onEvent } = options;
  const refused = new Set<string>();
  let joined = 0;
  for (let isWaiting = false; ; ) {
    const classes = await server.classes();
    signal.throwIfAborted();
    const next = classes.find((one) => one.build === options.self.build);
    for (const other of classes.filter((one) => isOther(one, options) && !refused.has(one.id))) {
      refused.add(other.id);
      onEvent({ kind: 'other-version', host: other.host, version: other.version });
    }
    if (!next) {
      if (!isWaiting) onEvent({ kind: 'waiting' });
      isWaiting = true;
      await clock.wait(lookMs);
      continue;
    }
    isWaiting = false;
    onEvent({ kind: 'class', host: next.host });
    joined += 1;
    const self = { ...options.self, id: `${options.self.id}-${joined}` };
    const grades = await serveClass(next, { ...options, self });
    onEvent({ kind: 'ended', grades });
    if (once) return grades;
  }
}

const isOther = ({ build }: Announcement, { self }: WorkerOptions): boolean => build !== self.build;
