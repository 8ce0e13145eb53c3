import { isDeepStrictEqual } from 'node:util';
import { jsonText, oneLine } from '../../formats/untrusted-text.ts';
import { type Lang, type Text, text } from '../../lab/text.ts';
import { attemptLines, deadlineFacts } from '../export/term/deadline-text.ts';
import type { Entry } from '../types.ts';

/** Changes of what a grade depends on beside the grading: deadlines, extensions, attempts and settings of the class. */

interface FieldChange {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The fields of an entry that have a cause of their own, or are none. */
const entryFields = ['student', 'source', 'hash', 'sameAs', 'grade', 'overrides', 'keys', 'images', 'requests'];
const gradeFields = [
  ...['status', 'points', 'max', 'goals', 'checks', 'deductions', 'notes', 'cause', 'refusals', 'review', 'label', 'durationMs'],
];
const bookFields = [
  ...['tool', 'version', 'tutorial', 'title', 'rubric', 'engine', 'weaker', 'builds', 'trust', 'pseudonyms', 'startedAt'],
  ...['durationMs', 'entries', 'leftOut'],
];

/** Terms of the whole class that changed. */
export const classTermCauses = (before: object, after: object): Text[] => changedFields(before, after, bookFields).map(inGeneral);

/** Terms of a student that changed. A deadline that costs as much as before is none. */
export const termCauses = (before: Entry | undefined, after: Entry): Text[] => [
  ...changedFields(before ?? {}, after, [...entryFields, 'deadline', 'attempts']).map(inGeneral),
  ...changedFields(before?.grade ?? {}, after.grade, gradeFields).map(inGeneral),
  ...(before?.deadline?.deduction === after.deadline?.deduction ? [] : deadlineChange(before, after)),
  ...attemptsChange(before, after),
];

function changedFields(before: object, after: object, known: readonly string[]): FieldChange[] {
  const [was, is] = [before, after].map((one) => one as Readonly<Record<string, unknown>>) as [Fields, Fields];
  return [...new Set([...Object.keys(is), ...Object.keys(was)])]
    .filter((name) => !known.includes(name) && !isDeepStrictEqual(was[name], is[name]))
    .map((name) => ({ name, before: was[name], after: is[name] }));
}
type Fields = Readonly<Record<string, unknown>>;

function inGeneral({ name, before, after }: FieldChange): Text {
  const value = (one: unknown) => (one === undefined ? none : oneLine(typeof one === 'string' ? one : jsonText(one), 200));
  const change = `${name}: ${value(before)} → ${value(after)}`;
  return text(`another term changed: ${change}`, `其他條件改變：${change}`);
}

const none = '–';

/** `due 2026-12-01 23:59 (Asia/Taipei) → 2026-12-02 23:59 (Asia/Taipei)`, and what follows from it. */
function deadlineChange(before: Entry | undefined, after: Entry): Text[] {
  const list = (lang: Lang) => {
    const [was, is] = [before, after].map(
      (one) => new Map(one && deadlineFacts(one, lang).map(({ name, value }) => [name, value])),
    );
    const names = [...new Set([...(is?.keys() ?? []), ...(was?.keys() ?? [])])];
    return names
      .map((name) => ({ name, was: was?.get(name) ?? none, is: is?.get(name) ?? none }))
      .filter((one) => one.was !== one.is)
      .map((one) => (lang === 'en' ? `${one.name}: ${one.was} → ${one.is}` : `${one.name}：${one.was} → ${one.is}`));
  };
  return [
    text(
      `the deadline, an extension or the time of the submission changed. ${list('en').join('; ')}`,
      `截止時間、延期或繳交時間改變。${list('zh-TW').join('；')}`,
    ),
  ];
}

function attemptsChange(before: Entry | undefined, after: Entry): Text[] {
  if (isDeepStrictEqual(before?.attempts, after.attempts)) return [];
  const lines = (lang: Lang) => attemptLines(after, lang).join(lang === 'en' ? '; ' : '；');
  return [
    text(`the submissions of the student changed: ${lines('en') || none}`, `這位學生的各次繳交有改變：${lines('zh-TW') || none}`),
  ];
}
