import { LabError } from '../lab/error.ts';
import type { Text } from '../lab/text.ts';

/** How often a submission is tried if it could not be judged through no fault of its own. */
export const tries = 2;

const codesOfTheMachine: ReadonlySet<string> = new Set([
  'E_CLEAN',
  'E_CONTROL',
  'E_ENGINE_LOST',
  'E_ENGINE_START',
  'E_ENGINE_UNREACHABLE',
  'E_QUEUE',
  'E_RUBRIC_INVALID',
  'E_STATE',
]);

/** Whether every other submission would get this error too: grading stops, and resumes at the next start. */
export const isOfTheMachine = (error: unknown): error is LabError =>
  error instanceof LabError && codesOfTheMachine.has(error.code);

/** The submission exceeded a limit (time, memory or disk), which ends its grading. */
export class LimitExceededError extends Error {
  override readonly name = 'Stop';
  readonly text: Text;
  constructor(words: Text) {
    super(words.en);
    this.text = words;
  }
}

/**
 * A resource that all submissions on the engine share ran out while several were graded. Grading each alone shows which one
 * caused it.
 */
export class ContentionError extends Error {
  override readonly name = 'Crowded';
  /** True for the disk: all other gradings at that time are affected too. False for memory. */
  readonly disk: boolean;
  constructor(what: 'disk' | 'memory' = 'disk') {
    super(`the engine has run short of ${what}`);
    this.disk = what === 'disk';
  }
}

/**
 * The gradings that run at the same time on an engine. If its disk is full, none of their results can be trusted, whichever
 * submission filled it.
 */
export class Together {
  readonly #stops = new Set<(reason: ContentionError) => void>();

  /** `onContention` is called when the disk is full. Returns a function that unregisters it. */
  join(onContention: (reason: ContentionError) => void): () => void {
    this.#stops.add(onContention);
    return () => this.#stops.delete(onContention);
  }

  /** Reports that the disk is full. */
  ranFull(): void {
    for (const stop of this.#stops) stop(new ContentionError());
  }
}
