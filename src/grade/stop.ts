import type { Text } from '../lab/text.ts';

/** Why a submission's own doing ends its grading: its time, its memory, its disk. */
export class Stop extends Error {
  override readonly name = 'Stop';
  readonly text: Text;
  constructor(words: Text) {
    super(words.en);
    this.text = words;
  }
}

/** What all of the engine share has run short while several were graded: whose doing it was is seen when each is graded alone. */
export class Crowded extends Error {
  override readonly name = 'Crowded';
}
