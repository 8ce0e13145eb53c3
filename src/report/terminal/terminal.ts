import type { RunEvent } from '../../lab/event.ts';
import type { Lang } from '../../lab/text.ts';
import type { Reporter } from '../reporter.ts';
import { frameMs, renderLive } from './live.ts';
import { liveRegion } from './live-region.ts';
import type { Screen } from './screen.ts';
import { createScript } from './transcript.ts';

/** Time is shown from these events on. */
const begins: readonly RunEvent['kind'][] = ['command-started', 'verify-started', 'teardown-started'];

/**
 * Reports a run to a user: permanent lines and, on a terminal, a few lines below them that change while something runs. `brief`: only what a learner
 * needs, see `Page`.
 */
export function createTerminalReporter(screen: Screen, lang: Lang, options: { readonly brief?: boolean } = {}): Reporter {
  const page = {
    brief: options.brief === true,
    get columns() {
      return screen.columns;
    },
    paint: screen.paint,
    lang,
  };
  const script = createScript(page);
  const print = (lines: readonly string[]) => {
    if (lines.length > 0) screen.write(`${lines.join('\n')}\n`);
  };
  if (!screen.interactive) return { listen: (event) => print(script.render(event)), close: () => print(script.close()) };

  const region = liveRegion(screen);
  let since = performance.now();
  let broken: unknown;
  let timer: NodeJS.Timeout | undefined;

  function draw(): void {
    region.show(renderLive(page, script.underWay, performance.now() - since));
  }
  function stay(lines: readonly string[]): void {
    if (lines.length === 0) return;
    region.clear();
    print(lines);
  }
  // An exception in a timer would end the program: it is stored and thrown at the next event.
  const tick = () => {
    try {
      draw();
    } catch (error) {
      broken = error;
      clearInterval(timer);
    }
  };

  return {
    listen(event) {
      if (broken) throw broken;
      if (begins.includes(event.kind)) since = performance.now();
      timer ??= setInterval(tick, frameMs).unref();
      // in one write: clearing and its replacement
      screen.stream.cork();
      try {
        stay(script.render(event));
        if (event.kind !== 'command-output') draw();
      } finally {
        screen.stream.uncork();
      }
    },
    close() {
      clearInterval(timer);
      stay(script.close());
      region.end();
      if (broken) throw broken;
    },
  };
}
