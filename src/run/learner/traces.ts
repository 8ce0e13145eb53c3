import type { Traces } from '../../lab/world.ts';
import type { Clock } from '../clock.ts';

/** From this number of requests on, samples are taken again less often. The first sample of each kind is always taken. */
const fewRequests = 10;
/** How long a sample is used for all checks, in milliseconds; `laterMs`: after `fewRequests`. An old sample cannot show that an app is ready by now. */
const recentMs = 1000;
const laterMs = 1500;

/** The traces of one `lab verify`. */
export interface CountedTraces extends Traces {
  /** How many requests were sent so far. */
  sent(): number;
}

/**
 * `thorough`: each check takes its own sample, as large as it needs. Otherwise checks share small samples. A sample is taken again only if it is not settled
 * (an app is still starting), and less often after ten requests: on a busy machine checks gather seconds apart.
 */
export function countTraces(clock: Pick<Clock, 'now'>, { thorough }: { readonly thorough: boolean }): CountedTraces {
  const samples = new Map<string, { readonly taken: Promise<unknown>; usable(): boolean }>();
  let requests = 0;
  return {
    few: !thorough,
    sent: () => requests,
    add: (more) => {
      requests += more;
    },
    sample<T>(key: string, take: () => Promise<T>, isSettled: (sample: T) => boolean): Promise<T> {
      const last = samples.get(key);
      if (last?.usable()) return last.taken as Promise<T>;
      // until it is taken, and from then on for a while
      let usable = () => true;
      const recently = () => {
        const atMs = clock.now();
        return () => clock.now() - atMs < (requests < fewRequests ? recentMs : laterMs);
      };
      const one = { taken: take(), usable: () => usable() };
      samples.set(key, one);
      one.taken.then(
        (sample) => {
          usable = isSettled(sample) ? () => true : recently();
        },
        // the caller receives the error
        () => {
          usable = recently();
        },
      );
      return one.taken;
    },
  };
}
