import type { RunPageEvent } from './run-page.ts';

/** Stops a run before its next step, as long as a person wants. */
export interface Pause {
  /** Resolves when the next step may begin. */
  beforeStep(): Promise<void>;
  /**
   * `pause`: the run stops before its next step. `continue`: a run that waits begins that step; one that is to stop does not stop.
   */
  press(kind: 'pause' | 'continue'): void;
}

/** After an abort, a press does nothing. `every`: stops before each step, the first one too, until a person continues while a step runs. Otherwise a pause is for one step. */
export function createPause(every: boolean, report: (event: RunPageEvent) => void, signal: AbortSignal): Pause {
  let stops = every;
  let goOn: (() => void) | undefined;
  const set = (pause: boolean) => {
    if (pause === stops) return;
    stops = pause;
    report({ kind: 'pause-set', pause });
  };
  return {
    beforeStep: async () => {
      if (!stops) return;
      const continued = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      report({ kind: 'paused' });
      await continued;
    },
    press: (kind) => {
      // the run does not continue: what it made is being removed
      if (signal.aborted) return;
      if (kind === 'pause') return set(true);
      // a run that stops before every step does so before the next one too
      if (!goOn || !every) set(false);
      if (!goOn) return;
      const release = goOn;
      goOn = undefined;
      report({ kind: 'continued' });
      release();
    },
  };
}
