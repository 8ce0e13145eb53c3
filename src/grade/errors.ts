import type { Text } from '../lab/text.ts';

/** Why a submission's own doing ends its grading: its time, its memory, its disk. */
export class LimitExceededError extends Error {
  override readonly name = 'Stop';
  readonly text: Text;
  constructor(words: Text) {
    super(words.en);
    this.text = words;
  }
}

/** What all of the engine share has run short while several were graded: whose doing it was is seen when each is graded alone. */
export class ContentionError extends Error {
  override readonly name = 'Crowded';
  /** True for the disk: everything else that is graded at that time is affected too. False for memory. */
  readonly disk: boolean;
  constructor(what: 'disk' | 'memory' = 'disk') {
    super(`the engine has run short of ${what}`);
    this.disk = what === 'disk';
  }
}

/** The gradings that are under way together on an engine: when its disk has run full, no result of theirs can be trusted, whichever submission has filled it. */
export class Together {
  readonly #stops = new Set<(reason: ContentionError) => void>();

  /** `stop` is called when the disk has run full. Returns what ends that. */
  join(onContention: (reason: ContentionError) => void): () => void {
    this.#stops.add(onContention);
    return () => this.#stops.delete(onContention);
  }

  /** The disk has run full. */
  ranFull(): void {
    for (const stop of this.#stops) stop(new ContentionError());
  }
}
