import { type Change, compareGrades } from '../scoring/diff-grades.ts';
import type { Entry, Gradebook, Student } from '../types.ts';
import { type ChangeCause, causesIn } from './causes.ts';
import { type RubricChange, rubricChanges } from './rubric-changes.ts';

/** What changed for a student. */
export interface StudentChange {
  readonly student: Student;
  /** came: not graded before, or without a submission then; gone: without one now. */
  readonly kind: 'changed' | 'came' | 'gone';
  readonly before?: Entry;
  readonly after?: Entry;
  readonly parts: readonly Change[];
  readonly causes: readonly ChangeCause[];
}

/** What changed between two gradings of a class, and why. */
export interface ClassChanges {
  readonly before: Gradebook;
  readonly after: Gradebook;
  /** Students whose points, status or checks changed: those of the new grading in its order, then those who are gone. */
  readonly students: readonly StudentChange[];
  readonly rubric: readonly RubricChange[];
  /** The number of students with a grade in the new grading. */
  readonly graded: number;
}

/** Compares two gradings of a class. A student without a submission has no grade to compare. */
export function compareBooks(before: Gradebook, after: Gradebook): ClassChanges {
  const handedIn = ({ entries }: Gradebook) => entries.filter(({ grade }) => grade.status !== 'missing');
  const causes = causesIn(before, after);
  const old = new Map(handedIn(before).map((entry) => [entry.student.id, entry]));
  const anyOf = ({ entries }: Gradebook) => new Map(entries.map((entry) => [entry.student.id, entry]));
  const [wasListed, isListed] = [anyOf(before), anyOf(after)];
  const graded = handedIn(after);
  const stay = new Set(graded.map(({ student }) => student.id));
  const changed = graded.flatMap((entry): StudentChange[] => {
    const { student } = entry;
    const was = old.get(student.id);
    const kind = was ? 'changed' : 'came';
    const parts = was ? compareGrades(was.grade, entry.grade) : [];
    if (was && parts.length === 0) return [];
    const why = causes({ before: was ?? wasListed.get(student.id), after: entry, parts });
    return [{ student, kind, ...(was ? { before: was } : {}), after: entry, parts, causes: why }];
  });
  const gone = [...old.values()].flatMap((entry): StudentChange[] => {
    const { student } = entry;
    if (stay.has(student.id)) return [];
    return [
      {
        student,
        kind: 'gone',
        before: entry,
        parts: [],
        causes: causes({ before: entry, after: isListed.get(student.id), parts: [] }),
      },
    ];
  });
  return { before, after, students: [...changed, ...gone], rubric: rubricChanges(before, after), graded: stay.size };
}
