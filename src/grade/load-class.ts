import { join } from 'node:path';
import type { Exam } from '../lab/exam.ts';
import type { Fault } from '../lab/fault.ts';
import type { StackSpec } from '../lab/stack.ts';
import type { Lab, Tutorial } from '../lab/tutorial.ts';
import { type ClassExam, examOf, loadClassExam, parseExam } from './exam/class-exam.ts';
import { verdictRubric } from './exam/verdict.ts';
import { openFile } from './export/file-names.ts';
import type { JournalRubric } from './journal-lines.ts';
import { mergeLabs } from './merge-labs.ts';
import { type HiddenClass, hideClass } from './privacy/hide-class.ts';
import { hideTerm } from './privacy/hide-term.ts';
import type { PseudonymKey } from './privacy/key-file.ts';
import { loadRequests, type WrittenRequest } from './requests/requests-file.ts';
import { type AssignedServices, loadRoles } from './roles/roles-file.ts';
import { isExamRubric } from './rubric/parse-rubric.ts';
import { loadRubric, type Rubric, readRubric, rubricOf, standardRubric } from './rubric/rubric.ts';
import { assertUndecided, loadOverrides } from './scoring/overrides.ts';
import { findSubmissions } from './submissions/find-submissions.ts';
import { loadRoster } from './submissions/roster.ts';
import type { Term } from './term/final-entries.ts';
import { loadListed, loadTerm, type TermFiles, unknownInTerm } from './term/load-term.ts';
import { listedStudent } from './term/submitted.ts';
import type { Gradebook } from './types.ts';

/** How a class is graded, as text: another machine with the same program reads the same rules from it. */
export interface WrittenRules {
  /** The tutorial's ID. */
  readonly tutorial: string;
  /** Left out: the exam of the options. */
  readonly rubric?: { readonly path: string; readonly source: string };
  readonly exam?: Exam;
}

/** How a class is graded. */
export interface ClassRules {
  readonly tutorial: Tutorial;
  readonly lab: Lab;
  readonly stack: StackSpec;
  readonly rubricPath: string;
  readonly rubric: Rubric;
  /** The rubric included with the tutorial. */
  readonly standard: Rubric;
  /** Submissions are exams of `lab break`. */
  readonly exam?: ClassExam;
  readonly written: WrittenRules;
}

/** A class's submissions, and what they are graded with. */
export interface ClassToGrade extends ClassRules {
  /** What grades in the journal must match. */
  readonly kept: JournalRubric;
  readonly submissions: Awaited<ReturnType<typeof findSubmissions>>;
  readonly overrides: Awaited<ReturnType<typeof loadOverrides>>;
  /** When submissions are due, and when they were handed in. */
  readonly term: Term;
  /** The lines of the teacher's requests.csv. */
  readonly requests: readonly WrittenRequest[];
  /** What the teacher's roles.csv assigns. */
  readonly roles: AssignedServices;
  /** The output folder, absolute. */
  readonly out: string;
  /** Students have pseudonyms: what was read here has them already. */
  readonly hidden?: HiddenClass;
}

export interface LoadClassOptions {
  readonly tutorial: Tutorial;
  /** Left out: the tutorial's rubric. */
  readonly rubric?: string;
  /** The submissions are this exam; left out: as the rubric says. */
  readonly exam?: Exam;
  /** The faults of the tutorial. */
  faults(): Promise<readonly Fault[]>;
  readonly roster?: string;
  /** The teacher's files about time. */
  readonly term?: TermFiles;
  readonly paths: readonly string[];
  readonly out: string;
  /** Students get pseudonyms of this key. */
  readonly key?: PseudonymKey;
  readonly signal: AbortSignal;
}

/**
 * Reads everything that grading a class requires, before an engine starts. Throws LabError for an invalid rubric, roster,
 * submission path, overrides.csv, requests.csv, extensions.csv, roles.csv or file about time.
 */
export async function loadClass({ tutorial, paths, out, key, signal, ...files }: LoadClassOptions): Promise<ClassToGrade> {
  const rules = await rulesOf(await writtenRules({ tutorial, signal, ...files }), tutorial, files.faults, signal);
  const roster = files.roster ? await loadRoster(files.roster, signal) : undefined;
  const dirs = Object.values(tutorial.stacks).map(({ dir }) => dir);
  const { rubric } = rules;
  const listed = await loadListed(rubric.term, files.term ?? {}, { paths, roster, signal });
  const found = await findSubmissions(paths, roster, dirs, {
    several: rubric.term.counting !== undefined,
    studentOf: (source) => listedStudent(source, [...listed.times, ...listed.exported]),
  });
  const hidden = key && hideClass(found, key.secret);
  const submissions = hidden?.submissions ?? found;
  const times = await loadTerm(rubric.term, files.term ?? {}, listed, found.found, { out, signal });
  const term = hidden ? hideTerm(times, found.found, hidden) : times;
  await assertUndecided(join(out, openFile), join(out, 'overrides.csv'));
  const overrides = await loadOverrides(join(out, 'overrides.csv'), rubric, hidden?.studentOf);
  const all = rules.exam ? rules.exam.parts.map((part) => part.stack) : [rules.stack];
  const allRoles = [...new Set(all.flatMap(({ services }) => Object.keys(services)))];
  const roles = await loadRoles(join(out, 'roles.csv'), allRoles, hidden?.studentOf);
  const requests = await loadRequests(join(out, 'requests.csv'), rubric, hidden?.studentOf);
  return {
    ...rules,
    kept: rules.exam ? verdictRubric : rules.rubric,
    submissions,
    overrides,
    term,
    roles,
    requests,
    out,
    ...(hidden ? { hidden } : {}),
  };
}

async function writtenRules({
  tutorial,
  signal,
  rubric: named,
  exam,
}: Pick<LoadClassOptions, 'tutorial' | 'signal' | 'rubric' | 'exam'>): Promise<WrittenRules> {
  if (exam) return { tutorial: tutorial.id, exam };
  const path = named ?? standardRubric(tutorial);
  return { tutorial: tutorial.id, rubric: { path, source: await readRubric(path, signal) } };
}

/** The rules that a text means. Throws LabError E_RUBRIC_INVALID. */
export async function rulesOf(
  written: WrittenRules,
  tutorial: Tutorial,
  faults: () => Promise<readonly Fault[]>,
  signal: AbortSignal,
): Promise<ClassRules> {
  const { rubricPath, rubric, exam } = await parsedRules(written, tutorial, faults);
  const standard = await loadRubric(standardRubric(tutorial), tutorial, signal);
  const lab = exam?.parts[0]?.lab ?? mergeLabs(tutorial, rubric.labs);
  const stack = tutorial.stacks[lab.stack];
  if (!stack) throw new Error(`${lab.id} has no stack`);
  return { tutorial, lab, stack, rubricPath, rubric, standard, ...(exam ? { exam } : {}), written };
}

/** The rubric of a class, and its exam if it is one. */
async function parsedRules(
  { rubric: file, exam }: WrittenRules,
  tutorial: Tutorial,
  faults: () => Promise<readonly Fault[]>,
): Promise<Pick<ClassRules, 'rubricPath' | 'rubric' | 'exam'>> {
  if (exam) {
    const rubricPath = `--exam ${exam.count} --seed ${exam.seed}`;
    return { rubricPath, ...(await loadClassExam(examOf(tutorial, exam), rubricPath, tutorial, await faults())) };
  }
  if (!file) throw new TypeError('rules without a rubric and an exam');
  const { path: rubricPath, source } = file;
  if (!isExamRubric(source)) return { rubricPath, rubric: rubricOf(source, rubricPath, tutorial) };
  const all = await faults();
  return { rubricPath, ...(await loadClassExam(parseExam(source, rubricPath, tutorial, all), rubricPath, tutorial, all)) };
}

/** Students in the teacher's files who are not in the class, by file. */
export function unknownStudents(
  { overrides, term }: Pick<ClassToGrade, 'overrides' | 'term'>,
  { entries }: Gradebook,
): UnknownStudents {
  const ids = new Set(entries.map(({ student }) => student.id));
  return {
    overrides: [...new Set(overrides.map(({ student }) => student))].filter((id) => !ids.has(id)),
    ...unknownInTerm(term, ids),
  };
}

export type UnknownStudents = Readonly<Partial<Record<'overrides' | 'extensions' | 'times', readonly string[]>>>;
