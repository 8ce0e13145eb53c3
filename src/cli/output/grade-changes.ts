import { type Change, compareGrades } from '../../grade/scoring/diff-grades.ts';
import type { Gradebook } from '../../grade/types.ts';
import type { Lang } from '../../lab/text.ts';

const messages = {
  en: {
    same: 'No grade would change.',
    count: (changed: number, all: number) => `${changed} of ${all} grades would change.`,
    total: 'total',
    came: 'not graded before',
    gone: 'no longer submitted',
    none: '–',
  },
  'zh-TW': {
    same: '沒有任何成績會改變。',
    count: (changed: number, all: number) => `${all} 份成績中有 ${changed} 份會改變。`,
    total: '總分',
    came: '之前沒有評過',
    gone: '這次沒有繳交',
    none: '–',
  },
} as const;

/** What a new grading would change, by student, as lines; `changed` counts students. */
export function renderChanges(before: Gradebook, after: Gradebook, lang: Lang): { lines: string[]; changed: number } {
  const message = messages[lang];
  // a student without a submission has no grade to compare
  const handedIn = ({ entries }: Gradebook) => entries.filter(({ grade }) => grade.status !== 'missing');
  const old = new Map(handedIn(before).map((entry) => [entry.student.id, entry.grade]));
  const stay = new Set(handedIn(after).map(({ student }) => student.id));
  const blocks = [
    ...handedIn(after).map(({ student, grade }) => {
      const was = old.get(student.id);
      if (!was) return [`${student.id}  ${message.came}`];
      const changes = compareGrades(was, grade);
      return changes.length === 0 ? [] : [student.id, ...changes.map((one) => `  ${lineOf(one, lang)}`)];
    }),
    ...[...old.keys()].filter((id) => !stay.has(id)).map((id) => [`${id}  ${message.gone}`]),
  ].filter((lines) => lines.length > 0);
  const changed = blocks.length;
  return { lines: [...blocks.flat(), changed === 0 ? message.same : message.count(changed, stay.size)], changed };
}

function lineOf({ of, id, before, after }: Change, lang: Lang): string {
  const message = messages[lang];
  const points = (one: Change['before']) => (one?.points == null ? message.none : String(one.points));
  const states = before && after && before.state !== after.state ? `  (${before.state} → ${after.state})` : '';
  return `${of === 'total' ? message.total : id}  ${points(before)} → ${points(after)}${states}`;
}
