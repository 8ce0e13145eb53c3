import type { Lang } from '../../lab/text.ts';
import type { Entry, Gradebook } from '../types.ts';
import { reasonsOf } from './check-text.ts';

/** Whether the teacher has to decide the grade. */
export const isOpen = ({ grade: { status, points } }: Entry): boolean =>
  points === null && (status === 'refused' || status === 'review');

/** Submissions that are open for the same reasons: one decision. */
export interface OpenGroup {
  readonly status: 'refused' | 'review';
  /** With positions only if they are the same in each submission. */
  readonly reasons: readonly string[];
  readonly entries: readonly Entry[];
}

/** The open submissions by reason, those that need review first, then the largest group. */
export function openGroups({ entries }: Gradebook, lang: Lang): OpenGroup[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries.filter(isOpen)) {
    const key = [entry.grade.status, ...causes(entry)].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()]
    .map((all) => groupOf(all, lang))
    .sort((one, other) => rank(one) - rank(other) || other.entries.length - one.entries.length);
}

const rank = ({ status }: OpenGroup): number => (status === 'review' ? 0 : 1);

/** What decides whether two submissions have the same reasons: the texts, not where they are. */
const causes = ({ grade }: Entry): string[] => [
  ...new Set([...grade.refusals.map(({ text }) => text.en), ...(grade.review ? [grade.review.en] : [])]),
];

function groupOf(entries: readonly Entry[], lang: Lang): OpenGroup {
  const [first] = entries;
  if (!first) throw new Error('a group has an entry');
  const status = first.grade.status === 'review' ? 'review' : 'refused';
  const reasons = entries.map((entry) => reasonsOf(entry, lang));
  const alike = new Set(reasons.map((lines) => lines.join('\n'))).size === 1;
  const { refusals, review } = first.grade;
  const unplaced = { ...first, grade: { ...first.grade, refusals: refusals.map(({ code, text }) => ({ code, text })) } };
  return { status, reasons: alike || review ? (reasons[0] ?? []) : [...new Set(reasonsOf(unplaced, lang))], entries };
}
