import { type Text, text } from '../../lab/text.ts';
import type { Grade } from '../types.ts';
import { rounded } from './points.ts';

/** What is shown first of a grade. */
export interface TopDeductions {
  /** The points that it cost; left out if no mistake was seen because nothing was reached. */
  readonly cost?: number;
  readonly text: Text;
  /** How many other items cost points. */
  readonly others: number;
}

/** The most expensive mistake that was seen; if nothing was reached, the reason. Undefined: nothing cost points. */
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
  return because && { text: headline(because), others: 0 };
}

/** The first line of a text of several lines, without a colon at its end. */
export const firstLine = ({ en, 'zh-TW': zh }: Text): Text => text(first(en), first(zh));
const first = (words: string): string => (words.split('\n', 1)[0] ?? '').replace(/[:：]$/, '');

/** The same with the line that a colon at its end announces: a command and why it failed. */
const headline = ({ en, 'zh-TW': zh }: Text): Text => text(announced(en, ' '), announced(zh, ''));

function announced(words: string, space: string): string {
  const [line = '', next = ''] = words.split('\n', 2);
  return /[:：]$/.test(line) && next.trim() !== '' ? `${line}${space}${next.trim()}` : first(words);
}
