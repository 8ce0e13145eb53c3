import { createLogUpdate } from 'log-update';
import type { Screen } from './screen.ts';

/** Lines at the end of a terminal's output that are drawn again and again. */
export interface LiveRegion {
  /** Replaces the lines; none: removes them. */
  show(lines: readonly string[]): void;
  clear(): void;
  /** Removes the lines and shows the cursor, which drawing hides. */
  end(): void;
}

export function liveRegion(screen: Screen): LiveRegion {
  const region = createLogUpdate(screen.stream);
  let shown = false;
  const clear = () => {
    if (shown) region.clear();
    shown = false;
  };
  return {
    show: (lines) => {
      if (lines.length === 0) return clear();
      region(screen.visible(lines.join('\n')));
      shown = true;
    },
    clear,
    end: () => {
      clear();
      region.done();
    },
  };
}
