import { createHash } from 'node:crypto';
import { type ClassEntry, type GradeClassOptions, gradeClass } from '../grade-class.ts';
import type { SubmissionOptions } from '../grade-submission.ts';
import { withNames } from '../rubric/rubric.ts';
import type { FoundSubmission } from '../submissions/find-submissions.ts';
import { findExamFolder } from '../submissions/project.ts';
import type { Grade } from '../types.ts';
import { refused } from '../ungraded.ts';
import type { ClassExam, ExamPart } from './class-exam.ts';
import { examGrade } from './exam-grade.ts';
import { type ReadExam, readExam } from './read-exam.ts';
import { verdictOf } from './verdict.ts';

/** A folder of a student's exam, as a submission of its own. */
interface Folder {
  readonly part: ExamPart;
  readonly submission: FoundSubmission;
}

/**
 * Grades the exams of a class: each folder as a submission, by its stack's rubric and steps, and then each student by the verdicts of the folders. A
 * submission whose result file is for another exam is refused. Throws what `gradeClass` throws.
 */
export async function gradeExams(options: GradeClassOptions, exam: ClassExam): Promise<ClassEntry[]> {
  const { found, rubric, signal } = options;
  const read = new Map<FoundSubmission, ReadExam>();
  for (const one of found) read.set(one, await readExam(one.path, exam, options, signal));
  const folders = found.filter((one) => read.get(one)?.ok).flatMap((student) => foldersOf(student, exam));
  const parts = new Map(folders.map(({ submission, part }) => [submission, part]));
  const entries = await gradeClass({
    ...options,
    found: folders.map(({ submission }) => submission),
    optionsFor: (submission) => optionsOf(options, parts.get(submission)),
    verdict: verdictOf,
  });
  const verdicts = new Map(entries.map((entry) => [entry.student.id, entry]));
  return found.map((one): ClassEntry => {
    const { student, source } = one;
    const exams = read.get(one);
    if (!exams?.ok) return { student, source, hash: '', grade: refused(rubric, exams?.refusals ?? []) };
    const own = exam.parts.flatMap(({ folder }) => {
      const entry = verdicts.get(idOf(student.id, folder));
      return entry ? [[folder, entry] as const] : [];
    });
    const grades = new Map<string, Grade>(own.map(([folder, { grade }]) => [folder, grade]));
    const hash = createHash('sha256')
      .update(own.map(([folder, one]) => `${folder} ${one.hash}`).join('\n'))
      .digest('hex');
    const images = [...new Set(own.flatMap(([, entry]) => entry.images ?? []))].sort();
    return {
      ...{ student, source, hash, keys: own.flatMap(([, entry]) => entry.keys ?? []) },
      ...(images.length > 0 ? { images } : {}),
      grade: examGrade(exam, rubric.max, exams.file, grades),
    };
  });
}

/** The ID of a student's folder: in the progress of a class, and in roles.csv. */
const idOf = (student: string, folder: string): string => `${student}/${folder}`;

const foldersOf = (student: FoundSubmission, { parts }: ClassExam): Folder[] =>
  parts.map((part) => ({
    part,
    submission: { ...student, student: { id: idOf(student.student.id, part.folder) } },
  }));

/** How a folder of an exam is graded. */
export function optionsOf(options: SubmissionOptions, part: ExamPart | undefined): SubmissionOptions {
  if (!part) throw new TypeError('a submission of no exam');
  const { lab, rubric, stack, folder } = part;
  return {
    ...options,
    lab,
    rubric,
    spec: withNames(stack, rubric),
    project: (all) => findExamFolder(all, folder),
    part: folder,
    endsAtFailure: true,
  };
}
