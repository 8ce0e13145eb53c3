import { createHash } from 'node:crypto';
import type { Fault } from './fault.ts';

/** An exam of `lab break`: the same faults for everybody with the same count and seed. Shared by the command that creates it and the one that grades it. */
export interface Exam {
  /** How many faults: from 1 to the number of the tutorial's faults. */
  readonly count: number;
  readonly seed: number;
}

/** A fault of an exam, in a folder of its own. */
export interface ExamFault {
  /** Below the exam's folder: `fault-1`. */
  readonly folder: string;
  readonly fault: Fault;
}

/** The largest seed. */
export const mostSeed = 999_999_999;

/**
 * The faults of an exam, the easiest first: as many of each level as possible, in the order of a hash of seed and ID. So the result depends on nothing but
 * its arguments: not on the machine, and not on the order of `faults`. Returns all of them if `count` is larger.
 */
export function chooseFaults(faults: readonly Fault[], { count, seed }: Exam): ExamFault[] {
  const place = (fault: Fault): string => sha256(`${seed}\n${fault.id}`);
  const byLevel = [1, 2, 3].map((level) =>
    faults.filter((fault) => fault.level === level).sort((one, other) => (place(one) < place(other) ? -1 : 1)),
  );
  const rounds = Math.max(0, ...byLevel.map((all) => all.length));
  const inTurn = Array.from({ length: rounds }, (_, round) => byLevel.flatMap((all) => all.slice(round, round + 1))).flat();
  const chosen = inTurn.slice(0, count);
  return byLevel
    .flat()
    .filter((fault) => chosen.includes(fault))
    .map((fault, at) => ({ folder: `fault-${at + 1}`, fault }));
}

/** Identifies the faults of an exam, of `0-9a-f`: another version of labwright may have others for the same seed. */
export const fingerprintOf = (faults: readonly ExamFault[]): string =>
  sha256(JSON.stringify(faults.map(({ folder, fault: { id, stack, edits } }) => [folder, id, stack, edits]))).slice(0, 16);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
