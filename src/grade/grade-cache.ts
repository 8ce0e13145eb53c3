import type { Journal } from './journal.ts';
import type { Grade } from './types.ts';

/** Grades by key: what the journal has is not graded again, and the same content is graded once. */
export class GradeCache {
  readonly #journal: Pick<Journal, 'find' | 'add'>;
  readonly #underWay = new Map<string, Promise<Grade>>();
  readonly #adding = new Map<string, Promise<void>>();
  #known = 0;

  constructor(journal: Pick<Journal, 'find' | 'add'>) {
    this.#journal = journal;
  }

  /** How many grades were taken from the journal. */
  get known(): number {
    return this.#known;
  }

  /** The grade of this key: from the journal, of a submission with the same key that is graded now, or what `grade` resolves to. */
  async get(key: string, grade: () => Promise<Grade>): Promise<Grade> {
    const before = this.#journal.find(key);
    if (before) {
      this.#known += 1;
      return before;
    }
    const same = this.#underWay.get(key);
    if (same) return same;
    const grading = grade();
    this.#underWay.set(key, grading);
    // without a result, the next one with this key is graded anew
    const forget = () => this.#underWay.delete(key);
    grading.then(({ status }) => status === 'review' && forget(), forget);
    return grading;
  }

  /** Adds a grade to the journal, once. One that needs review is not kept. */
  async keep(key: string, grade: Grade): Promise<void> {
    if (grade.status === 'review' || this.#journal.find(key)) return;
    const adding = this.#adding.get(key) ?? this.#journal.add(key, grade);
    this.#adding.set(key, adding);
    await adding;
    this.#underWay.delete(key);
  }
}
