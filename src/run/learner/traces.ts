import type { Traces } from '../../lab/world.ts';
import type { Clock } from '../clock.ts';

/** The most requests of one `lab verify` that takes samples again. The first sample of each kind is always taken. */
const mostRequests = 10;
/** How long a sample is used for all checks, in milliseconds. */
const recentMs = 1000;

/** The traces of one `lab verify`. */
export interface CountedTraces extends Traces {
  /** How many requests were sent so far. */
  sent(): number;
}

/**
 * `thorough`: each check takes its own sample, as large as it needs. Otherwise checks share small samples, and a sample is taken again, while the engine
 * is still working, only until ten requests were sent.
 */
export function countTraces(clock: Pick<Clock, 'now'>, { thorough }: { readonly thorough: boolean }): CountedTraces {
  const samples = new Map<string, { readonly atMs: number; readonly taken: Promise<unknown> }>();
  let requests = 0;
  return {
    few: !thorough,
    sent: () => requests,
    add: (more) => {
      requests += more;
    },
    sample<T>(key: string, take: () => Promise<T>): Promise<T> {
      const last = samples.get(key);
      const usable = last && (clock.now() - last.atMs < recentMs || requests >= mostRequests);
      const taken = usable ? (last.taken as Promise<T>) : take();
      if (!usable) samples.set(key, { atMs: clock.now(), taken });
      return taken;
    },
  };
}
