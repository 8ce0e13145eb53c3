import { LabError } from '../lab/error.ts';
import { ContentionError } from './errors.ts';
import type { Journal } from './journal.ts';
import type { Task } from './scheduler.ts';

export interface ReferenceGuardOptions {
  /**
   * Grades the reference solution. `passed`: it passed before. Throws LabError E_CONTROL or E_RUBRIC_INVALID if it loses a point.
   */
  gradeReference(how: { readonly passed: boolean; readonly alone: boolean }): Promise<void>;
  readonly journal: Pick<Journal, 'confirm' | 'withdraw'>;
  /** Called when `active` may have changed. */
  onChange(): void;
}

/**
 * Grades count only while the reference solution passes on this machine. It is graded before anything else, and again on request.
 * If it fails, grades added to the journal since it last passed are withdrawn, and running gradings must not be kept.
 */
export class ReferenceGuard {
  readonly #options: ReferenceGuardOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  #first: Promise<void> | undefined;
  #active = 0;
  #passed = false;
  #trusted = true;

  constructor(options: ReferenceGuardOptions) {
    this.#options = options;
  }

  /** Whether the reference solution is being graded. */
  get active(): boolean {
    return this.#active > 0;
  }

  /** False once the reference solution has lost a point. */
  get trusted(): boolean {
    return this.#trusted;
  }

  /**
   * Grades a submission. The first call waits until the reference solution has passed; other calls run beside it: see `passed`.
   */
  async begin<T>(grade: () => Promise<T>): Promise<T> {
    if (!this.#first) {
      this.#first = this.#check(false).catch((error) => this.#checkAlone(error));
      await this.#first;
    }
    const grading = grade();
    this.#underWay.add(grading);
    return grading.finally(() => this.#underWay.delete(grading));
  }

  /**
   * Resolves when the reference solution has passed for the first time, or at once if nothing was graded. No grade counts before.
   */
  async passed(): Promise<void> {
    await this.#first;
  }

  /**
   * Grades the reference solution again, unless nothing was graded since the start. On contention, returns a task that grades it
   * alone.
   */
  readonly again: Task = async () => {
    if (!this.#first) return undefined;
    try {
      await this.#check(false);
      return undefined;
    } catch (error) {
      if (!(error instanceof ContentionError)) throw error;
      return async () => {
        await this.#check(true);
        return undefined;
      };
    }
  };

  /** Waits for all running gradings. All others wait for the first check, so nothing else is graded after that. */
  async #checkAlone(error: unknown): Promise<void> {
    if (!(error instanceof ContentionError)) throw error;
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    await this.#check(true);
  }

  async #check(alone: boolean): Promise<void> {
    const { gradeReference, journal, onChange } = this.#options;
    this.#active += 1;
    onChange();
    try {
      await gradeReference({ passed: this.#passed, alone });
      this.#passed = true;
      if (this.#trusted) await journal.confirm();
    } catch (error) {
      if (error instanceof LabError && error.code === 'E_CONTROL') {
        this.#trusted = false;
        await journal.withdraw();
      }
      // the machine works, and the grades in the journal are from other rubrics
      if (error instanceof LabError && error.code === 'E_RUBRIC_INVALID') this.#trusted = false;
      throw error;
    } finally {
      this.#active -= 1;
      onChange();
    }
  }
}
