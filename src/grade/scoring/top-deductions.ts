import { type Text, text } from '../../lab/text.ts';
import type { Grade } from '../types.ts';
import { rounded } from './points.ts';

/** What is told first of a grade. */
export interface TopDeductions {
  /** What it cost; left out where nothing was seen to be wrong, for nothing was come to. */
  readonly cost?: number;
  readonly text: Text;
  /** How many more things were seen to cost points. */
  readonly others: number;
}

/** What cost most of what was seen to be wrong; where nothing was come to, why. Undefined: nothing cost anything. */
export function topDeductions({ checks, deductions }: Grade): TopDeductions | undefined {
  const deducted = checks.filter(({ points, max }) => points < max);
  const [most] = [
    ...deducted
      .filter(({ outcome }) => outcome !== 'skipped')
      .map(({ claim, points, max }) => ({ cost: rounded(max - points), text: claim })),
    ...deductions.map(({ points, remark }) => ({ cost: points, text: remark.text })),
  ].sort((a, b) => b.cost - a.cost);
  const others = deducted.length + deductions.length - 1;
  if (most) return { ...most, others };
  const because = deducted[0]?.because ?? deducted[0]?.claim;
  return because && { text: firstLine(because), others: 0 };
}

/** Of something that is told in several lines: the first, by itself. */
export const firstLine = ({ en, 'zh-TW': zh }: Text): Text => text(first(en), first(zh));
const first = (words: string): string => (words.split('\n')[0] ?? '').replace(/[:：]$/, '');
