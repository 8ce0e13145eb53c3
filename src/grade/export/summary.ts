import { multiLine, oneLine } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import { lostBy } from '../scoring/causes.ts';
import { topDeductions } from '../scoring/top-deductions.ts';
import type { Entry, Grade, Gradebook, GradedCheck } from '../types.ts';
import { linesOf, reasonsOf, remarked } from './check-text.ts';
import { goalGroups } from './goal-groups.ts';
import { wordsOf } from './messages.ts';
import { type OpenGroup, openGroups } from './open-groups.ts';
import { partsBesideChecks, printed, round } from './points.ts';
import { attemptLines, deadlineFacts, isUntimed } from './term/deadline-text.ts';
import { termWordsOf } from './term/messages.ts';

/** GitHub accepts 1 MiB per step and shows nothing of a larger summary. */
const mostBytes = 900_000;

/** grades.json lists further entries. */
const mostLeftOut = 50;

/** The table lists further students. */
const mostNamed = 50;

/** A text escaped for Markdown and HTML, on one line, suitable for a table cell. */
export const escaped = (value: string, most = 500): string =>
  oneLine(value, most)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\](){}|~#!:$@^=+-]|(?<=www)\./gi, '\\$&');

/** The class in one table, for the teacher. */
export function renderClassSummary(book: Gradebook, lang: Lang): string {
  const words = wordsOf(lang);
  const { columns } = words;
  const many = (status: Entry['grade']['status']) => book.entries.filter(({ grade }) => grade.status === status).length;
  const scores = book.entries.flatMap(({ grade }) => (grade.points === null ? [] : [grade.points]));
  const mean = scores.reduce((sum, points) => sum + points, 0) / scores.length;
  const counts = [
    words.graded(many('graded'), book.entries.length - many('missing')),
    ...(many('refused') > 0 ? [words.refused(many('refused'))] : []),
    ...(many('review') > 0 ? [words.review(many('review'))] : []),
    ...(many('missing') > 0 ? [words.missing(many('missing'))] : []),
    ...(scores.length > 0 ? [words.mean(String(Math.round(mean * 10) / 10), printed(book.rubric.max))] : []),
  ];
  const rows = book.entries.map((entry) =>
    row([
      escaped(entry.student.id, 100),
      escaped(entry.student.name ?? '', 100),
      words.status[entry.grade.status],
      printed(entry.grade.points),
      escaped([...reasonsOf(entry, lang), ...topOf(entry, lang)].join('; '), 300),
    ]),
  );
  const head = [
    `# ${escaped(book.title[lang])}`,
    '',
    `${counts.join(' · ')}. ${escaped(book.engine)}`,
    '',
    ...(book.weaker.length === 0 ? [] : [`**${words.weaker}:**`, '', ...book.weaker.map((one) => `- ${escaped(one[lang])}`), '']),
  ];
  const table = [columns.student, columns.name, columns.status, columns.points, columns.reason];
  const { leftOut = [] } = book;
  // before the table, which may be cut
  const noTime = book.entries.filter(isUntimed);
  const named = noTime.slice(0, mostNamed).map(({ student }) => escaped(student.id, 60));
  const untimed =
    noTime.length === 0
      ? []
      : [
          `**${termWordsOf(lang).unknownTitle(noTime.length)}:** ${named.join(', ')}${noTime.length > mostNamed ? ', …' : ''}`,
          '',
        ];
  const others =
    leftOut.length === 0
      ? []
      : [`${words.leftOut(leftOut.length)}:`, '', ...leftOut.slice(0, mostLeftOut).map((one) => item(remarked(one, lang))), ''];
  if (leftOut.length > mostLeftOut) others.splice(-1, 0, item('…'));
  const groups = openGroups(book, lang).map((group) => `- ${groupLine(group, lang)}`);
  const open = groups.length === 0 ? [] : [`**${words.waiting}:**`, '', ...groups, ''];
  return rows.length === 0 ? markdown(head) : fitting([...head, ...open, ...untimed, ...others, ...heading(table)], rows, lang);
}

/** The most expensive mistake of a graded submission. */
function topOf({ grade }: Entry, lang: Lang): string[] {
  const top = grade.points === null || grade.label ? undefined : topDeductions(grade);
  if (!top) return [];
  const cost = top.cost === undefined ? '' : `−${printed(top.cost)} `;
  return [`${cost}${oneLine(top.text[lang], 250)}${top.others > 0 ? wordsOf(lang).others(top.others) : ''}`];
}

/** `2 submissions refused: … — ann, bob` */
function groupLine({ status, reasons, entries }: OpenGroup, lang: Lang): string {
  const words = wordsOf(lang);
  const ids = entries.slice(0, mostNamed).map(({ student }) => escaped(student.id, 60));
  const rest = entries.length > mostNamed ? ['…'] : [];
  const reason = escaped(reasons.join('; '), 300);
  return `${words.openGroup(entries.length, words.status[status], reason)} — ${[...ids, ...rest].join(', ')}`;
}

/** For the student: the visible checks, and how the total is computed. */
export function renderStudentSummary(book: Gradebook, entry: Entry, lang: Lang): string {
  const { student, grade } = entry;
  const words = wordsOf(lang);
  const unseen = grade.checks.filter(({ visible }) => !visible);
  const sum = (key: 'points' | 'max') => printed(round(unseen.reduce((total, one) => total + one[key], 0)));
  const score = grade.points === null ? [] : [words.score(printed(grade.points), printed(grade.max)), ''];
  const reasons = reasonsOf(entry, lang).map(item);
  const why =
    grade.status === 'graded' ? (grade.label ? [...reasons, ''] : []) : [words.ungraded[grade.status], '', ...reasons, ''];
  const { cause } = grade;
  const causes = cause ? [`**${words.cause}:** ${escaped(cause.text[lang], 1000)}`, '', words.judgedRepaired, ''] : [];
  const checks = grade.checks.filter(({ visible }) => visible);
  // without a score, points belong to no total
  const pointsOf = (points: string, max: string) => (grade.points === null ? '' : `${points}/${max}`);
  const rowOf = (check: GradedCheck) => {
    const lines = check.outcome === 'passed' ? [] : linesOf(check, lang, 400);
    const points = check.goal === undefined ? pointsOf(printed(check.points), printed(check.max)) : lossOf(check, grade);
    return row([escaped(check.claim[lang]), words.outcome[check.outcome], points, lines.map((one) => escaped(one)).join('<br>')]);
  };
  const rows = [
    ...goalGroups(grade).flatMap(({ goal, checks: own, deductions }) => [
      row([`**${escaped(goal.title[lang])}**`, '', pointsOf(printed(goal.points), printed(goal.max)), '']),
      ...own.filter(({ visible }) => visible).map(rowOf),
      ...deductions.map(({ remark, points }) => row([escaped(remark.text[lang]), '', printed(-points), ''])),
    ]),
    ...(grade.goals ? [] : checks.map(rowOf)),
    ...(unseen.length === 0 || grade.goals
      ? []
      : [row([words.unseen(unseen.length), '', pointsOf(sum('points'), sum('max')), ''])]),
    ...partsBesideChecks(entry).map(({ what, points }) => row([escaped(what[lang]), '', printed(points), ''])),
  ];
  const notes =
    grade.notes.length === 0 ? [] : [`${words.noted}:`, '', ...grade.notes.map((one) => item(remarked(one, lang))), ''];
  const head = [
    `# ${escaped(book.title[lang])} · ${escaped(student.name ?? student.id, 100)}`,
    '',
    ...score,
    ...deadlineLines(entry, lang),
    ...causes,
    ...why,
    ...notes,
  ];
  const table = [words.check, words.columns.status, words.columns.points, words.columns.reason];
  return markdown([...head, ...(rows.length === 0 ? [] : [...heading(table), ...rows])]);
}

/** The deadline and the submissions of a student who has several. */
function deadlineLines(entry: Entry, lang: Lang): string[] {
  const facts = deadlineFacts(entry, lang).map(({ name, value }) => item(`${name}: ${value}`));
  const attempts = attemptLines(entry, lang).map(item);
  return [
    ...(facts.length === 0 ? [] : [...facts, '']),
    ...(attempts.length === 0 ? [] : [`${termWordsOf(lang).attempts}:`, '', ...attempts, '']),
  ];
}

/** What a check of a goal cost; empty if nothing, or without a score. */
const lossOf = (check: GradedCheck, { points }: Grade): string =>
  points === null || lostBy(check) === 0 ? '' : printed(-lostBy(check));

const markdown = (lines: readonly string[]): string => multiLine(`${lines.join('\n')}\n`);
const item = (line: string): string => `- ${escaped(line)}`;
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const heading = (cells: readonly string[]): string[] => [row(cells), `|${cells.map(() => '---|').join('')}`];

/** As many rows as GitHub accepts; the number of omitted ones follows. */
function fitting(head: readonly string[], rows: readonly string[], lang: Lang): string {
  const bytes = (lines: readonly string[]) => lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  let left = mostBytes - bytes(head);
  const over = rows.findIndex((line) => {
    left -= bytes([line]);
    return left < 0;
  });
  const shown = over < 0 ? rows : rows.slice(0, over);
  const rest = over < 0 ? [] : ['', wordsOf(lang).more(rows.length - over)];
  return markdown([...head, ...shown, ...rest]);
}
