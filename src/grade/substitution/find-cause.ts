import type { Price } from '../rubric/parse-rubric.ts';
import { repairedGrade } from '../scoring/repaired.ts';
import type { Grade } from '../types.ts';
import type { Evidence } from './evidence.ts';
import { explainCause, type HandedIn } from './explain.ts';
import type { Part } from './part.ts';
import { partsToTry } from './parts.ts';
import type { Project, Reference } from './replace.ts';

/** The result of a run with one part replaced. */
export interface Trial {
  readonly grade: Grade;
  /** The stack works: the foundation holds, and requests get through. */
  readonly works: boolean;
}

export interface FindingCause {
  readonly project: Project;
  readonly handedIn: HandedIn;
  readonly reference: Reference;
  readonly evidence: Evidence;
  /** The price of each part that may be replaced. */
  readonly prices: Readonly<Record<Part, Price>>;
  /** Runs the stack with this part replaced, to its end if it works; undefined: there is no time left. */
  run(part: Part): Promise<Trial | undefined>;
}

/**
 * Finds the part because of which a submission does not work: replaces one part at a time, the likeliest first, until the stack works. Returns the grade
 * with this cause; undefined: no part alone is the cause.
 */
export async function findCause(grade: Grade, finding: FindingCause): Promise<Grade | undefined> {
  const { project, reference, evidence, prices, run } = finding;
  for (const part of partsToTry({ ...project, reference, prices }, evidence)) {
    const trial = await run(part);
    if (!trial) return undefined;
    if (!trial.works) continue;
    const all = trial.grade.checks.every(({ points, max }) => points === max);
    const price = prices[part] ?? { points: 0 };
    return repairedGrade(grade, trial.grade, { cause: explainCause(part, { ...finding, points: price.points, all }), price });
  }
  return undefined;
}
