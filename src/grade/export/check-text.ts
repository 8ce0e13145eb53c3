import { capped, oneLine } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import { faultOf, lostBy } from '../scoring/causes.ts';
import type { Entry, GradedCheck, Remark, SourcePlace } from '../types.ts';
import { wordsOf } from './messages.ts';
import { printed } from './points.ts';

/** A longer text of a check is cut. */
const longest = 2000;
const longestName = 200;

/** A check, perhaps without the texts that are shown elsewhere. */
type ShownCheck = Omit<GradedCheck, 'expected' | 'actual' | 'help'> & {
  readonly [Key in 'expected' | 'actual' | 'help']?: GradedCheck[Key] | undefined;
};

/** The reasons for a check's points, one per line: expected, saw, the log, try next. */
export function linesOf(check: ShownCheck, lang: Lang, most = longest): string[] {
  const words = wordsOf(lang);
  const line = (label: string, value: string | undefined) => (value === undefined ? [] : [`${label}: ${capped(value, most)}`]);
  return [
    ...line(words.expected, check.expected?.[lang]),
    ...line(words.saw, check.actual?.[lang]),
    ...(check.said ? line(words.log(oneLine(check.said.service, longestName)), endOf(check.said.lines, most)) : []),
    ...line(words.lookIn, check.places?.map(placed).join(', ')),
    ...line(words.tryNext, check.help?.[lang]),
    ...line(words.because, check.because?.[lang]),
    ...line(words.claimed, check.claimed?.[lang]),
    ...(check.excusedBy === undefined ? [] : [words.excused(oneLine(check.excusedBy, longestName))]),
    ...(check.capped === undefined ? [] : [words.capped(printed(check.capped))]),
    ...(check.repaired ? [words.repaired] : []),
  ];
}

/** As many of the last lines as fit: the cause is at the end of a log. */
function endOf(lines: readonly string[], most: number): string {
  let left = most;
  const from = lines.findLastIndex((line) => {
    left -= line.length + 1;
    return left < 0;
  });
  return from < 0 ? lines.join('\n') : ['…', ...lines.slice(Math.min(from + 1, lines.length - 1))].join('\n');
}

export const placed = ({ file, line, column }: SourcePlace): string =>
  [oneLine(file, longestName), line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');

/** `docker-compose.yml:14:5 (web): privileged gives …`, on one line. */
export function remarked({ place, service, text }: Remark, lang: Lang): string {
  const where = [...(place ? [placed(place)] : []), ...(service === undefined ? [] : [`(${oneLine(service, longestName)})`])];
  return [...(where.length === 0 ? [] : [where.join(' ')]), oneLine(text[lang], longest)].join(': ');
}

/** Why there is no score, or was none before the teacher's decision, or why nothing was checked; one reason per line. */
export const reasonsOf = ({ grade }: Entry, lang: Lang): string[] => [
  ...(grade.status === 'missing' ? [wordsOf(lang).notFound] : []),
  ...grade.refusals.map((remark) => remarked(remark, lang)),
  ...(grade.review ? [oneLine(grade.review[lang], longest)] : []),
  ...(grade.label ? [oneLine(grade.label[lang], longest)] : []),
];

/** Why points are missing from the total, for the teacher: each check and each remark that costs some; one per line. */
export function costsOf({ grade }: Entry, lang: Lang): string[] {
  if (grade.points === null) return [];
  const words = wordsOf(lang);
  const checks = grade.checks
    .filter((check) => lostBy(check) > 0)
    .map((check) => {
      const why = check.follows === undefined ? faultOf(check)[lang] : words.follows(check.follows);
      return `${oneLine(check.id, longestName)} −${printed(lostBy(check))}: ${oneLine(why, 500)}`;
    });
  const costly = grade.deductions.filter(({ points }) => points > 0);
  const taken = costly.map(({ remark, points }) => {
    const about = remark.service === undefined ? remark.code : `${remark.code}/${remark.service}`;
    return `${oneLine(about, longestName)} −${printed(points)}: ${oneLine(remark.text[lang], 500)}`;
  });
  // the cause, if there is one, is the first deduction
  return grade.cause ? [...taken.slice(0, 1), ...checks, ...taken.slice(1)] : [...checks, ...taken];
}

/** The teacher's decisions with reasons, for the teacher; one per line. */
export const overridesOf = ({ overrides }: Entry, lang: Lang): string[] =>
  overrides.map(
    ({ check, points, reason }) =>
      `${check === undefined ? wordsOf(lang).total : oneLine(check, longestName)} = ${printed(points)}: ${oneLine(reason, longest)}`,
  );
