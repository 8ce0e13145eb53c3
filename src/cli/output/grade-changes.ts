import { type ClassChanges, compareBooks, type StudentChange } from '../../grade/changes/compare.ts';
import { changeWordsOf, pointsOf } from '../../grade/changes/words.ts';
import type { Change } from '../../grade/scoring/diff-grades.ts';
import type { Gradebook } from '../../grade/types.ts';
import type { Lang } from '../../lab/text.ts';

const messages = {
  en: {
    same: 'No grade would change.',
    count: (changed: number, all: number) => `${changed} of ${all} grades would change.`,
    because: (why: string) => `because ${why}`,
    changed: (changed: number, page: string) =>
      changed === 1
        ? `1 grade changed since the last grading; the cause is in ${page}`
        : `${changed} grades changed since the last grading; the causes are in ${page}`,
  },
  'zh-TW': {
    same: '沒有任何成績會改變。',
    count: (changed: number, all: number) => `${all} 份成績中有 ${changed} 份會改變。`,
    because: (why: string) => `原因：${why}`,
    changed: (changed: number, page: string) => `與上次評分相比，有 ${changed} 份成績改變；原因在 ${page}`,
  },
} as const;

/** What a new grading would change, by student, as lines; `changed` counts students. */
export function renderChanges(before: Gradebook, after: Gradebook, lang: Lang): { lines: string[]; changed: number } {
  const message = messages[lang];
  const { students, graded } = compareBooks(before, after);
  const changed = students.length;
  const lines = students.flatMap((one) => linesOf(one, lang));
  return { lines: [...lines, changed === 0 ? message.same : message.count(changed, graded)], changed };
}

/** The line after a grading: how many grades changed, and where the causes are. */
export const changedLine = ({ students }: ClassChanges, page: string, lang: Lang): string =>
  messages[lang].changed(students.length, page);

function linesOf({ student, kind, parts, causes }: StudentChange, lang: Lang): string[] {
  const because = causes.map(({ text }) => `  ${messages[lang].because(text[lang])}`);
  if (kind !== 'changed') return [`${student.id}  ${changeWordsOf(lang)[kind]}`];
  return [student.id, ...parts.map((one) => `  ${lineOf(one, lang)}`), ...because];
}

function lineOf({ of, id, before, after }: Change, lang: Lang): string {
  const states = before && after && before.state !== after.state ? `  (${before.state} → ${after.state})` : '';
  return `${of === 'total' ? changeWordsOf(lang).total : id}  ${pointsOf(before)} → ${pointsOf(after)}${states}`;
}
