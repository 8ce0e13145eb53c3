import { capped, oneLine } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import type { Entry, GradedCheck, Remark, SourcePlace } from '../types.ts';
import { wordsOf } from './messages.ts';
import { printed } from './points.ts';

/** A text of a check in full would be more than a person reads. */
const longest = 2000;
const longestName = 200;

/** Why a check has its points, a line each: expected, saw, the log, try next. */
export function linesOf(check: GradedCheck, lang: Lang, most = longest): string[] {
  const words = wordsOf(lang);
  const line = (label: string, value: string | undefined) => (value === undefined ? [] : [`${label}: ${capped(value, most)}`]);
  return [
    ...line(words.expected, check.expected?.[lang]),
    ...line(words.saw, check.actual?.[lang]),
    ...(check.said ? line(words.log(oneLine(check.said.service, longestName)), check.said.lines.join('\n')) : []),
    ...line(words.tryNext, check.help?.[lang]),
    ...line(words.because, check.because?.[lang]),
    ...(check.excusedBy === undefined ? [] : [words.excused(oneLine(check.excusedBy, longestName))]),
  ];
}

const placed = ({ file, line, column }: SourcePlace): string =>
  [oneLine(file, longestName), line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');

/** `docker-compose.yml:14:5 (web): privileged gives …`, in one line. */
export function remarked({ place, service, text }: Remark, lang: Lang): string {
  const where = [...(place ? [placed(place)] : []), ...(service === undefined ? [] : [`(${oneLine(service, longestName)})`])];
  return [...(where.length === 0 ? [] : [where.join(' ')]), oneLine(text[lang], longest)].join(': ');
}

/** Why there is no score, or was none before the teacher decided; a line each. */
export const reasonsOf = ({ grade }: Entry, lang: Lang): string[] => [
  ...(grade.status === 'missing' ? [wordsOf(lang).notFound] : []),
  ...grade.refusals.map((remark) => remarked(remark, lang)),
  ...(grade.review ? [oneLine(grade.review[lang], longest)] : []),
];

/** The teacher's words, for the teacher; a line each. */
export const overridesOf = ({ overrides }: Entry, lang: Lang): string[] =>
  overrides.map(
    ({ check, points, reason }) =>
      `${check === undefined ? wordsOf(lang).total : oneLine(check, longestName)} = ${printed(points)}: ${oneLine(reason, longest)}`,
  );
