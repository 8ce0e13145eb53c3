import { text } from '../../lab/text.ts';
import type { Lab } from '../../lab/tutorial.ts';
import type { Rubric } from '../rubric/rubric.ts';
import { findingsOf, type StepDone } from '../scoring/check-results.ts';
import type { Evidence } from './evidence.ts';
import { isFundamental, workingAfter } from './working.ts';

/**
 * When a run ends: `at-first-failure`, after the step in which the first check with points failed. Or when a run ends whose stack does not work: `at-once`; if it fails fundamentally, after it was looked at (`seen`) to search for the cause; or `never`
 * before the last step.
 */
export type EndOfFailing = 'at-first-failure' | 'at-once' | 'seen' | 'never';

export interface WatchFailureOptions {
  readonly rubric: Pick<Rubric, 'foundation' | 'works' | 'checks'>;
  readonly lab: Lab;
  readonly end: EndOfFailing;
  /** Looks at the stack, after its last step. */
  look(last: StepDone | undefined): Promise<Evidence>;
}

/** Decides after each step whether the run of a stack ends because it does not work. */
export class FailureWatch {
  readonly #options: WatchFailureOptions;
  #wasSeen = false;
  #isOver = false;
  #evidence: Evidence | undefined;

  constructor(options: WatchFailureOptions) {
    this.#options = options;
  }

  /** Why the stack fails fundamentally; undefined: it does not, or nothing looked. */
  get evidence(): Evidence | undefined {
    return this.#evidence;
  }

  /** True: the run ends here. */
  readonly after = async (done: readonly StepDone[]): Promise<boolean> => {
    const { rubric, lab, end, look } = this.#options;
    const last = done.at(-1);
    if (end === 'at-first-failure') {
      this.#isOver = !last?.limited && findingsOf(lab, done).some(({ id, status }) => status === 'failed' && costs(rubric, id));
      return this.#isOver;
    }
    // only the first failure counts: the last step removes everything, and then nothing answers either
    if (end === 'never' || last?.limited || this.#wasSeen || workingAfter(rubric, lab, done) !== 'fails') return false;
    if (end === 'at-once') return true;
    this.#wasSeen = true;
    const seen = await look(last);
    if (isFundamental(rubric, lab, done, seen)) this.#evidence = seen;
    return this.#evidence !== undefined;
  };

  /** The steps of a run that ended here: later ones were not tried. */
  ended(steps: readonly StepDone[]): readonly StepDone[] {
    const last = steps.at(-1);
    if ((!this.#evidence && !this.#isOver) || !last || last.stopped) return steps;
    return [...steps.slice(0, -1), { ...last, stopped: { text: this.#isOver ? notNeeded : notTried } }];
  }
}

const costs = ({ checks }: Pick<Rubric, 'checks'>, id: string): boolean => (checks[id]?.points ?? 0) > 0;

const notNeeded = text('not tried, because an earlier check failed', '前面的檢查沒有通過，所以沒有嘗試');
const notTried = text('not tried as handed in, because the stack did not work', '繳交的內容無法運作，所以沒有嘗試');
