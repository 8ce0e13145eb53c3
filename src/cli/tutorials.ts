import { tutorials } from '../../labs/index.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import type { Tutorial } from '../lab/tutorial.ts';

/** Throws LabError E_LAB_UNKNOWN. */
export function findTutorial(id: string): Tutorial {
  const found = tutorials.find((tutorial) => tutorial.id === id);
  if (found) return found;
  const known = tutorials.map((tutorial) => tutorial.id);
  throw new LabError(
    'E_LAB_UNKNOWN',
    text(`there is no tutorial "${id}"`, `沒有名為「${id}」的教學`),
    text(`tutorials: ${known.join(', ')}`, `可用的教學：${known.join('、')}`),
  );
}
