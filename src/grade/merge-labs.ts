import { defineLab } from '../lab/define.ts';
import type { Lab, Tutorial } from '../lab/tutorial.ts';

/**
 * Merges labs of one stack into the lab to perform: their steps, one after another. Throws TypeError for a lab that does not
 * exist.
 */
export function mergeLabs({ id: named, title, labs }: Tutorial, ids: readonly string[]): Lab {
  const all = ids.map((id) => labs.find((lab) => lab.id === id)).filter((lab) => lab !== undefined);
  const [first] = all;
  if (!first || all.length < ids.length) throw new TypeError(`${named} has not all of the labs ${ids.join(', ')}`);
  if (all.length === 1) return first;
  return defineLab({ id: ids.join('+'), title, stack: first.stack, steps: all.flatMap(({ steps }) => steps) });
}
