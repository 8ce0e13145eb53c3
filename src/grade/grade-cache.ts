import type { Journal } from './journal.ts';
import type { Grader } from './journal-lines.ts';
import type { Grade } from './types.ts';

/** Grades by key: a grade in the journal is reused, and identical content is graded once. */
export class GradeCache {
  readonly #journal: Pick<Journal, 'find' | 'add'>;
  readonly #underWay = new Map<string, Promise<Grade>>();
  readonly #adding = new Map<string, Promise<void>>();
  #known = 0;

  constructor(journal: Pick<Journal, 'find' | 'add'>) {
    this.#journal = journal;
  }

  /** The number of grades that were read from the journal. */
  get known(): number {
    return this.#known;
  }

  /** Returns the grade of a key: from the journal, from a submission with the same key that is being graded, or from `grade`. */
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
    // without a result, the next submission with this key is graded again
    const forget = () => this.#underWay.delete(key);
    grading.then(({ status }) => status === 'review' && forget(), forget);
    return grading;
  }

  /** Adds a grade to the journal, once; `by`: the worker that graded. A grade that needs review is not added. */
  async keep(key: string, grade: Grade, by?: Grader): Promise<void> {
    if (grade.status === 'review' || this.#journal.find(key)) return;
    const adding = this.#adding.get(key) ?? this.#journal.add(key, grade, by);
    this.#adding.set(key, adding);
    // a withdrawn grade is added again
    await adding.finally(() => this.#adding.delete(key));
    this.#underWay.delete(key);
  }
}
