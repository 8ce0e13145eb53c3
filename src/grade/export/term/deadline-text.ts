import { localTime } from '../../../formats/moment.ts';
import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import type { Attempt, Entry, SubmittedAt, Timeliness } from '../../types.ts';
import { printed } from '../points.ts';
import { termWordsOf } from './messages.ts';

/** Whether lateness could not be judged, because the time of the submission is not known. */
export const isUntimed = ({ grade, deadline }: Entry): boolean =>
  deadline !== undefined && !deadline.submitted && grade.status !== 'missing';

/** A line about a deadline: what, and its value. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

const at = (iso: string, { timezone }: Pick<Timeliness, 'timezone'>): string =>
  `${localTime(Date.parse(iso), timezone)} (${timezone})`;

/** `2026-12-01 23:59 (Asia/Taipei)`, with where it is from. */
function submittedText({ at: iso, source, from }: SubmittedAt, timezone: string, lang: Lang): string {
  const words = termWordsOf(lang);
  const said = source === 'times' && from !== undefined ? words.fromFile(oneLine(from, 100)) : words.sources[source];
  return `${at(iso, { timezone })} — ${said}`;
}

/** What a student should know about the deadline: when it was due and submitted, how late that is, grace days, and what it cost. */
export function deadlineFacts(entry: Entry, lang: Lang): Fact[] {
  const { deadline, grade } = entry;
  if (!deadline) return [];
  const words = termWordsOf(lang);
  const { due, latest, extension, submitted, timezone, markedLate, graceDays } = deadline;
  const fact = (name: string, value: string | undefined): Fact[] => (value === undefined ? [] : [{ name, value }]);
  const unknown = markedLate ? `${words.unknown} ${words.markedLate}` : words.unknown;
  const handedIn = submitted ? submittedText(submitted, timezone, lang) : grade.status === 'missing' ? undefined : unknown;
  return [
    ...fact(words.due, at(due, deadline)),
    ...fact(words.latest, latest === undefined ? undefined : at(latest, deadline)),
    ...fact(words.extension, extension && extensionText(extension, deadline, lang)),
    ...fact(words.submitted, handedIn),
    ...fact(words.late, submitted && lateText(deadline, lang)),
    ...fact(words.graceDays, graceDays && words.graceUsed(graceDays.used, graceDays.usedInAll, graceDays.left)),
    ...fact(words.cost, submitted && costText(entry, lang)),
  ];
}

function extensionText(
  { due, graceDays, reason }: NonNullable<Timeliness['extension']>,
  deadline: Timeliness,
  lang: Lang,
): string {
  const parts = [
    ...(due === undefined ? [] : [at(due, deadline)]),
    ...(graceDays === undefined ? [] : [termWordsOf(lang).moreGrace(graceDays)]),
  ];
  return `${parts.join(', ')} — ${oneLine(reason, 500)}`;
}

/** `1 day 2 h 5 min`, and how many days that counts as. */
function lateText({ lateMs, lateDays, tooLate }: Timeliness, lang: Lang): string {
  const words = termWordsOf(lang);
  if (lateMs === 0) return words.onTime;
  const how = words.duration(lateMs);
  if (tooLate) return words.tooLate(how);
  return lateDays === 0 ? words.withinGrace(how) : words.lateBy(how, lateDays);
}

function costText({ deadline, overrides }: Entry, lang: Lang): string {
  const words = termWordsOf(lang);
  if (deadline && deadline.deduction > 0) return words.points(printed(deadline.deduction));
  const isDecided = overrides.some(({ check }) => check === undefined);
  return isDecided && deadline && deadline.lateDays > 0 ? words.decided : words.nothing;
}

/** One line for each submission of a student who has several, in the order in which they were found. */
export const attemptLines = ({ attempts = [], deadline, grade }: Entry, lang: Lang): string[] =>
  attempts.map((one) => attemptLine(one, grade.max, deadline?.timezone ?? 'UTC', lang));

function attemptLine(
  { source, counts, submitted, lateDays, status, points }: Attempt,
  max: number,
  timezone: string,
  lang: Lang,
): string {
  const words = termWordsOf(lang);
  // parent folders are the teacher's and not shown
  const name = oneLine(source.split(/[\\/]/).filter(Boolean).at(-1) ?? '', 200);
  const when = submitted ? at(submitted.at, { timezone }) : words.noTime;
  const late = lateDays > 0 ? [words.lateDays(lateDays)] : [];
  const score = points === null ? words.status[status] : words.score(printed(points), printed(max));
  return [`${name}: ${when}`, ...late, score, ...(counts ? [words.counts] : [])].join(', ');
}
