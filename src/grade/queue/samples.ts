import { createHash } from 'node:crypto';
import type { Grade } from '../types.ts';
import type { Stability } from './notes.ts';

/** A grade that a second worker gives again, to compare. */
interface Sample {
  readonly name: string;
  readonly first: Grade;
  readonly worker: string;
}

/** The share of submissions that are graded on two machines. */
const share = 0.05;

/** Grades that two workers give independently. */
export class Samples {
  readonly #salt: string;
  readonly #open = new Map<string, Sample>();
  readonly #taken = new Set<string>();
  readonly #different: string[] = [];
  #compared = 0;
  #dropped = 0;

  /** `salt`: chooses which submissions. */
  constructor(salt: string) {
    this.#salt = salt;
  }

  /** How many are being graded. */
  get open(): number {
    return this.#open.size;
  }

  /** Whether a submission is a sample: 5 % of them, and the first one. Only grades with points are compared. */
  chooses(key: string, grade: Grade): boolean {
    if (grade.status !== 'graded' || this.#taken.has(key)) return false;
    const number = createHash('sha256').update(`${this.#salt} ${key}`).digest().readUInt32BE(0) / 2 ** 32;
    return this.#taken.size === 0 || number < share;
  }

  start(jobId: string, key: string, sample: Sample): void {
    this.#taken.add(key);
    this.#open.set(jobId, sample);
  }

  nameOf(jobId: string): string | undefined {
    return this.#open.get(jobId)?.name;
  }

  has(jobId: string): boolean {
    return this.#open.has(jobId);
  }

  /** The second grade; undefined: there is none. */
  end(jobId: string, second: Grade | undefined): void {
    const sample = this.#open.get(jobId);
    if (!this.#open.delete(jobId) || !sample) return;
    if (!second || second.status === 'review') {
      this.#dropped += 1;
      return;
    }
    this.#compared += 1;
    if (!isSame(sample.first, second)) this.#different.push(sample.name);
  }

  /** The jobs that a worker has not ended. */
  of(worker: string): readonly string[] {
    return [...this.#open].filter(([, sample]) => sample.worker === worker).map(([id]) => id);
  }

  get ids(): readonly string[] {
    return [...this.#open.keys()];
  }

  stability(): Stability {
    const different = [...this.#different];
    const compared = this.#compared;
    return { compared, equal: compared - different.length, different, dropped: this.#dropped };
  }
}

/** Whether two grades of a submission are equal: what is seen in detail, such as times, may differ. */
export function isSame(one: Grade, other: Grade): boolean {
  const parts = ({ status, points, checks, deductions }: Grade) =>
    JSON.stringify([
      status,
      points,
      checks.map((check) => [check.id, check.points]),
      deductions.map((deduction) => [deduction.remark.code, deduction.remark.service, deduction.points]),
    ]);
  return parts(one) === parts(other);
}
