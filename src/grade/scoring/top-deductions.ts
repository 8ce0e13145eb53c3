import type { Text } from '../../lab/text.ts';
import type { Grade } from '../types.ts';
import { faultOf, headline, mistakesOf } from './causes.ts';

/** What is shown first of a grade. */
export interface TopDeductions {
  /** The points that it cost, with all that follows from it; left out if no mistake was seen because nothing was reached. */
  readonly cost?: number;
  readonly text: Text;
  /** How many other items cost points. */
  readonly others: number;
}

/** The cause because of which nothing worked, or the most expensive mistake that was seen; if nothing was reached, the reason. Undefined: nothing cost points. */
export function topDeductions({ checks, deductions, label, cause }: Grade): TopDeductions | undefined {
  if (label) return { text: label, others: 0 };
  const mistakes = mistakesOf(checks);
  const taken = deductions.filter(({ points }) => points > 0);
  const others = mistakes.length + taken.length - 1;
  if (cause && cause.points > 0) return { cost: cause.points, text: others > 0 ? unended(cause.text) : cause.text, others };
  const [most] = [
    ...mistakes
      .filter(({ check }) => check.outcome !== 'skipped')
      .map(({ check, lost }) => ({ cost: lost, text: faultOf(check) })),
    ...taken.map(({ points, remark }) => ({ cost: points, text: remark.text })),
  ].sort((a, b) => b.cost - a.cost);
  if (most) return { ...most, others };
  const first = mistakes[0]?.check;
  return first && { text: first.because ? headline(first.because) : faultOf(first), others: 0 };
}

/** Without the full stop: `, and 2 more` follows. */
const unended = (of: Text): Text => ({ en: of.en.replace(/\.$/, ''), 'zh-TW': of['zh-TW'].replace(/。$/, '') });
