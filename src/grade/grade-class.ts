import { asLabError } from '../docker/api/api-error.ts';
import { LabError } from '../lab/error.ts';
import { ContentionError, Together } from './errors.ts';
import { GradeCache } from './grade-cache.ts';
import { gradeOne, type SubmissionOptions } from './grade-submission.ts';
import type { Journal } from './journal.ts';
import { ReferenceGuard } from './reference-guard.ts';
import { type Control, control } from './reference-solution.ts';
import type { AssignedServices } from './roles/roles-file.ts';
import { runTasks, type Task } from './scheduler.ts';
import type { FoundSubmission } from './submissions/find-submissions.ts';
import type { Entry, Grade } from './types.ts';
import { unjudged } from './ungraded.ts';

export interface GradeClassOptions extends SubmissionOptions {
  readonly found: readonly FoundSubmission[];
  /** The services of roles that cannot be determined, by student and role. */
  readonly roles: AssignedServices;
  readonly jobs: number;
  readonly journal: Journal;
  /** The reference solution, one for each stack: it must get all points before anything is graded, in the middle, and at the end. */
  readonly controls: readonly Control[];
  /** How a submission is graded that is graded differently from the others; left out: all alike. */
  optionsFor?(submission: FoundSubmission): SubmissionOptions;
  /** What a grade is kept as; left out: as it is. Applied again, it changes nothing. */
  verdict?(grade: Grade): Grade;
  /** Removes what identifies students, before a grade is kept or shown; left out: nothing. Applied again, it changes nothing. */
  hide?(grade: Grade): Grade;
  readonly signal: AbortSignal;
  onProgress(progress: ClassProgress): void;
}

/** The progress of a class. */
export interface ClassProgress {
  readonly queued: number;
  readonly running: readonly string[];
  /** Whether the reference solution is being graded. */
  readonly control: boolean;
  readonly done: number;
  readonly review: number;
  /** How many of `done` were read from the journal. */
  readonly known: number;
  /** The submission that has just ended. */
  readonly last?: { readonly id: string; readonly grade: Grade };
}

/** How often a submission is tried if it could not be judged through no fault of its own. */
const tries = 2;

/** Errors that every other submission would also get: grading stops, and resumes at the next start. */
const ofTheMachine: ReadonlySet<string> = new Set([
  'E_CLEAN',
  'E_CONTROL',
  'E_ENGINE_LOST',
  'E_ENGINE_START',
  'E_ENGINE_UNREACHABLE',
  'E_RUBRIC_INVALID',
  'E_STATE',
]);

export type ClassEntry = Omit<Entry, 'overrides'>;

/**
 * Grades a class, `jobs` submissions at a time. A grade counts only once it is in the journal, so the same command resumes.
 * Identical content is graded once. Results are in the order found. Throws LabError E_CONTROL or E_RUBRIC_INVALID if the
 * reference solution loses a point, the machine's errors, and the signal's reason on abort. Decided grades stay in the journal;
 * if a control fails, those added since the last control that passed do not.
 */
export async function gradeClass(options: GradeClassOptions): Promise<ClassEntry[]> {
  const grading = new ClassGrading(options);
  await runTasks(grading.tasks(), options);
  return withTwins(grading.entries());
}

/** A class that is being graded. */
class ClassGrading {
  readonly #options: GradeClassOptions;
  readonly #guard: ReferenceGuard;
  readonly #cache: GradeCache;
  readonly #together = new Together();
  readonly #entries = new Map<FoundSubmission, ClassEntry>();
  readonly #running = new Set<string>();

  constructor(options: GradeClassOptions) {
    const journal = withLabErrors(options.journal);
    this.#options = options;
    this.#cache = new GradeCache(journal);
    this.#guard = new ReferenceGuard({
      journal,
      gradeReference: async (how) => {
        for (const one of options.controls) await control(one, options, options.signal, { ...how, together: this.#together });
      },
      onChange: () => this.#report(),
    });
  }

  /** Grades every submission, and the reference solution again in the middle and at the end, but not for a single submission. */
  tasks(): Task[] {
    const { found } = this.#options;
    const middle = Math.ceil(found.length / 2);
    const again = found.length > 1 ? [this.#guard.again] : [];
    const grade =
      (submission: FoundSubmission): Task =>
      () =>
        this.#grade(submission, false);
    return [...found.slice(0, middle).map(grade), ...again, ...found.slice(middle).map(grade), ...again];
  }

  entries(): ClassEntry[] {
    return this.#options.found.map((one) => this.#entries.get(one)).filter((entry) => entry !== undefined);
  }

  async #grade(submission: FoundSubmission, alone: boolean): Promise<Task | undefined> {
    const { signal, roles, hide = same } = this.#options;
    const { student, path } = submission;
    this.#running.add(student.id);
    this.#report();
    for (let attempt = 1; ; attempt++) {
      try {
        const own = this.#options.optionsFor?.(submission) ?? this.#options;
        const kept = (grade: Grade) => hide((this.#options.verdict ?? same)(grade));
        const known = (key: string, grade: () => Promise<Grade>) =>
          this.#cache.get(key, () => this.#guard.begin(async () => kept(await grade())));
        const shared = { alone, together: this.#together, roles: roles.get(student.id) ?? {} };
        const { hash, key, images, grade: graded, final } = await gradeOne(path, own, signal, known, shared);
        const grade = kept(graded);
        await this.#guard.passed();
        if (grade.status === 'review' && !final && attempt < tries) continue;
        if (this.#guard.trusted) await this.#cache.keep(key, grade);
        this.#end(submission, { hash, keys: [key], ...(images.length > 0 ? { images } : {}), grade });
        return undefined;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof LabError && ofTheMachine.has(error.code)) throw error;
        await this.#guard.passed();
        if (error instanceof ContentionError) {
          this.#running.delete(student.id);
          return () => this.#grade(submission, true);
        }
        if (attempt < tries) continue;
        this.#end(submission, { hash: '', grade: hide(unjudged(this.#options, error)) });
        return undefined;
      }
    }
  }

  #end(submission: FoundSubmission, graded: Omit<ClassEntry, 'student' | 'source'>): void {
    const { student, source } = submission;
    this.#entries.set(submission, { student, source, ...graded });
    this.#running.delete(student.id);
    this.#report({ id: student.id, grade: graded.grade });
  }

  #report(last?: ClassProgress['last']): void {
    const [entries, running] = [this.#entries, this.#running];
    this.#options.onProgress({
      queued: this.#options.found.length - entries.size - running.size,
      running: [...running],
      control: this.#guard.active,
      done: entries.size,
      review: [...entries.values()].filter(({ grade }) => grade.status === 'review').length,
      known: this.#cache.known,
      ...(last ? { last } : {}),
    });
  }
}

const same = (grade: Grade): Grade => grade;

/** Converts errors in writing the journal to LabErrors: they stop the class, with a message for users instead of a bug report. */
function withLabErrors({ find, add, confirm, withdraw }: Journal): Pick<Journal, 'find' | 'add' | 'confirm' | 'withdraw'> {
  const writing = (written: Promise<void>): Promise<void> =>
    written.catch((error) => {
      throw asLabError(error);
    });
  return {
    find,
    add: (key, grade) => writing(add(key, grade)),
    confirm: () => writing(confirm()),
    withdraw: () => writing(withdraw()),
  };
}

/** Marks submissions with the same content as an earlier one. */
function withTwins(entries: readonly ClassEntry[]): ClassEntry[] {
  const first = new Map<string, string>();
  return entries.map((entry) => {
    const twin = entry.hash === '' ? undefined : first.get(entry.hash);
    if (twin === undefined) first.set(entry.hash, entry.student.id);
    return twin === undefined ? entry : { ...entry, sameAs: twin };
  });
}
