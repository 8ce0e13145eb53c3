import type { World } from '../lab/world.ts';
import type { Clock } from '../run/clock.ts';
import type { View } from '../run/poll-checks.ts';

/** Measures how long probes run: requests, DNS lookups and commands in containers, and waits for what they leave in logs. */
export interface ProbeTime {
  /** The view, with its probes measured. */
  readonly view: View;
  /** The milliseconds since this time of the clock in which at least one probe ran. */
  since(ms: number): number;
}

/** Spans that are kept: those of the last looks. */
const mostSpans = 1000;

/** Measures the probes of a view. Probes that run at the same time count once; those of a look count until the next look begins. */
export function timeProbes(view: View, clock: Pick<Clock, 'now'>): ProbeTime {
  const spans: { readonly from: number; readonly to: number }[] = [];
  let look = 0;
  let running = 0;
  let from = 0;
  const closeSpan = () => {
    spans.push({ from, to: clock.now() });
    if (spans.length > mostSpans) spans.shift();
    running = 0;
  };
  const timedIn =
    (own: number) =>
    async <T>(probe: () => Promise<T>): Promise<T> => {
      if (own === look && running++ === 0) from = clock.now();
      try {
        return await probe();
      } finally {
        if (own === look && --running === 0) closeSpan();
      }
    };
  return {
    view: {
      watch: () => view.watch(),
      look: () => {
        if (running > 0) closeSpan(); // of a look that was abandoned
        look += 1;
        return aroundProbes(view.look(), timedIn(look));
      },
    },
    since: (ms) =>
      [...spans, ...(running > 0 ? [{ from, to: clock.now() }] : [])].reduce(
        (sum, span) => sum + Math.max(0, span.to - Math.max(ms, span.from)),
        0,
      ),
  };
}

/** The same world, with `around` around each probe. */
export function aroundProbes(world: World, around: <T>(probe: () => Promise<T>) => Promise<T>): World {
  const { ready } = world;
  return {
    ...world,
    probe: (...all) => around(() => world.probe(...all)),
    exec: (...all) => around(() => world.exec(...all)),
    request: (...all) => around(() => world.request(...all)),
    log: (id, options) => (options?.until ? around(() => world.log(id, options)) : world.log(id, options)),
    file: (path, options) => (options?.until ? around(() => world.file(path, options)) : world.file(path, options)),
    ...(ready ? { ready: (...all) => around(() => ready(...all)) } : {}),
  };
}
