import { type Text, text } from '../../lab/text.ts';
import type { GradedCheck } from '../types.ts';
import { rounded } from './points.ts';

/** A check that did not pass by itself, and the checks that did not pass because of it. */
export interface Mistake {
  readonly check: GradedCheck;
  readonly dependents: readonly GradedCheck[];
  /** The points that all of them cost. */
  readonly lost: number;
}

/** The check whose failure caused this one, whether or not it costs points. */
export const causeOf = ({ excusedBy, follows }: GradedCheck): string | undefined => excusedBy ?? follows;

/** The code of the deduction for a grade's `cause`. */
export const causeCode = 'cause';

/** Whether it did not pass because of something else, so that its points do not show whether it did. */
export const hasCause = (check: GradedCheck): boolean => causeOf(check) !== undefined || check.repaired === true;

export const lostBy = ({ max, points }: GradedCheck): number => rounded(max - points);

/** What cost points, the most expensive first: causes, each with what follows from it. A check whose cause is not among `checks` is one itself. */
export function mistakesOf(checks: readonly GradedCheck[]): Mistake[] {
  const ids = new Set(checks.map(({ id }) => id));
  const isRoot = (check: GradedCheck) => !ids.has(causeOf(check) ?? '');
  return checks
    .filter(isRoot)
    .map((check) => {
      const dependents = checks.filter((one) => one !== check && causeOf(one) === check.id);
      return { check, dependents, lost: rounded([check, ...dependents].reduce((sum, one) => sum + lostBy(one), 0)) };
    })
    .filter(({ lost }) => lost > 0)
    .sort((one, other) => other.lost - one.lost);
}

/** What is wrong, in a few words: what was seen, then what was expected. A claim alone would read as if it were true. */
export function faultOf({ claim, outcome, actual, expected, said, because }: GradedCheck): Text {
  if (outcome === 'passed') return text('the teacher decided the points', '老師決定了分數');
  if (outcome !== 'failed' && because) return headline(text(`not checked: ${because.en}`, `沒有檢查：${because['zh-TW']}`));
  if (!actual) return text(`not: ${claim.en}`, `不成立：${claim['zh-TW']}`);
  const [seen, log] = [short(actual), said?.lines.findLast((line) => line.trim() !== '')];
  const wanted = expected && short(expected);
  return text(
    `${seen.en}${wanted ? ` (expected: ${wanted.en})` : ''}${log === undefined ? '' : `; log of ${said?.service}: ${log.trim()}`}`,
    `${seen['zh-TW']}${wanted ? `（預期：${wanted['zh-TW']}）` : ''}${log === undefined ? '' : `；${said?.service} 的日誌：${log.trim()}`}`,
  );
}

const longest = 240;
const short = ({ en, 'zh-TW': zh }: Text): Text => text(cut(en), cut(zh));
const cut = (words: string): string => {
  const line = words.replaceAll(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
};

/** The first line of a text of several lines, without a colon at its end. */
export const firstLine = ({ en, 'zh-TW': zh }: Text): Text => text(first(en), first(zh));
const first = (words: string): string => (words.split('\n', 1)[0] ?? '').replace(/[:：]$/, '');

/** The same with the line that a colon at its end announces: a command and why it failed. */
export const headline = ({ en, 'zh-TW': zh }: Text): Text => text(announced(en, ' '), announced(zh, ''));

function announced(words: string, space: string): string {
  const [line = '', next = ''] = words.split('\n', 2);
  return /[:：]$/.test(line) && next.trim() !== '' ? `${line}${space}${next.trim()}` : first(words);
}
