import { asLabError } from '../docker/api/api-error.ts';
import { ContentionError, isOfTheMachine, Together, tries } from './errors.ts';
import { GradeCache } from './grade-cache.ts';
import type { SentWork } from './grade-key.ts';
import { gradeOne, type SubmissionOptions } from './grade-submission.ts';
import type { Journal } from './journal.ts';
import type { Grader } from './journal-lines.ts';
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
  /** Grades on other machines; left out: on this one. */
  readonly elsewhere?: Elsewhere;
  /** How a submission is graded that is graded differently from the others; left out: all alike. */
  optionsFor?(submission: FoundSubmission): SubmissionOptions;
  /** What a grade is kept as; left out: as it is. Applied again, it changes nothing. */
  verdict?(grade: Grade): Grade;
  /** Removes what identifies students, before a grade is kept or shown; left out: nothing. Applied again, it changes nothing. */
  hide?(grade: Grade): Grade;
  readonly signal: AbortSignal;
  onProgress(progress: ClassProgress): void;
}

/** Other machines that grade. Each proves itself with the reference solution. */
export interface Elsewhere extends AsyncDisposable {
  /** How many submissions are read and sent ahead. */
  readonly atOnce: number;
  /** Grades a submission. Rejects if grading must stop: the rubric or the queue is at fault. */
  send(work: SentWork): Promise<{ readonly grade: Grade; readonly final: boolean }>;
  /** Who graded it. */
  graderOf(key: string): Grader | undefined;
  /**
   * Resolves when each grade in the journal is confirmed or withdrawn, to the keys that were withdrawn since the last call.
   */
  settle(): Promise<ReadonlySet<string>>;
  /** What the machines are grading now. */
  workers(): readonly WorkerProgress[];
  /** Called when `workers` may have changed. */
  onChange(listener: () => void): void;
}

/** A machine that grades. */
export interface WorkerProgress {
  readonly host: string;
  readonly stage: 'preparing' | 'grading' | 'unfit';
  /** The students whose submissions it grades. */
  readonly running: readonly string[];
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
  /** Other machines that grade; left out: none does. */
  readonly workers?: readonly WorkerProgress[];
  /** The submission that has just ended. */
  readonly last?: { readonly id: string; readonly grade: Grade };
}

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
  const { elsewhere } = options;
  while (elsewhere) {
    const withdrawn = await elsewhere.settle();
    if (withdrawn.size === 0) break;
    await runTasks(grading.tasksAgain(withdrawn), options);
  }
  return withTwins(grading.entries());
}

/** A class that is being graded. */
class ClassGrading {
  readonly #options: GradeClassOptions;
  readonly #guard: Pick<ReferenceGuard, 'active' | 'trusted' | 'begin' | 'passed' | 'again'>;
  readonly #cache: GradeCache;
  readonly #together = new Together();
  readonly #entries = new Map<FoundSubmission, ClassEntry>();
  readonly #keys = new Map<FoundSubmission, string>();
  readonly #running = new Set<FoundSubmission>();

  constructor(options: GradeClassOptions) {
    const journal = withLabErrors(options.journal);
    this.#options = options;
    this.#cache = new GradeCache(journal);
    options.elsewhere?.onChange(() => this.#report());
    this.#guard = options.elsewhere
      ? guardedElsewhere
      : new ReferenceGuard({
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
    const grade = (submission: FoundSubmission) => this.#task(submission);
    return [...found.slice(0, middle).map(grade), ...again, ...found.slice(middle).map(grade), ...again];
  }

  /** Grades submissions again whose grades were withdrawn. */
  tasksAgain(keys: ReadonlySet<string>): Task[] {
    const again = [...this.#keys].filter(([submission, key]) => keys.has(key) && this.#entries.has(submission));
    for (const [submission] of again) this.#entries.delete(submission);
    return again.map(([submission]) => this.#task(submission));
  }

  #task(submission: FoundSubmission): Task {
    return () => this.#grade(submission, false);
  }

  entries(): ClassEntry[] {
    return this.#options.found.map((one) => this.#entries.get(one)).filter((entry) => entry !== undefined);
  }

  async #grade(submission: FoundSubmission, alone: boolean): Promise<Task | undefined> {
    const { signal, roles, hide = same } = this.#options;
    const { student, path } = submission;
    this.#running.add(submission);
    this.#report();
    for (let attempt = 1; ; attempt++) {
      try {
        const { elsewhere } = this.#options;
        const given = this.#options.optionsFor?.(submission) ?? this.#options;
        const own = elsewhere ? { ...given, send: elsewhere.send } : given;
        const kept = (grade: Grade) => hide((this.#options.verdict ?? same)(grade));
        const known = (key: string, grade: () => Promise<Grade>) =>
          this.#cache.get(key, () => this.#guard.begin(async () => kept(await grade())));
        const shared = { alone, together: this.#together, roles: roles.get(student.id) ?? {}, name: student.id };
        const { hash, key, images, grade: graded, final } = await gradeOne(path, own, signal, known, shared);
        const grade = kept(graded);
        await this.#guard.passed();
        if (grade.status === 'review' && !final && attempt < tries) continue;
        if (this.#guard.trusted) await this.#cache.keep(key, grade, elsewhere?.graderOf(key));
        this.#keys.set(submission, key);
        this.#end(submission, { hash, keys: [key], ...(images.length > 0 ? { images } : {}), grade });
        return undefined;
      } catch (error) {
        signal.throwIfAborted();
        if (isOfTheMachine(error)) throw error;
        await this.#guard.passed();
        if (error instanceof ContentionError) {
          this.#running.delete(submission);
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
    this.#running.delete(submission);
    this.#report({ id: student.id, grade: graded.grade });
  }

  #report(last?: ClassProgress['last']): void {
    const { found, elsewhere } = this.#options;
    const entries = this.#entries;
    const workers = elsewhere?.workers();
    const running = workers ? workers.flatMap((one) => one.running) : [...this.#running].map(({ student }) => student.id);
    this.#options.onProgress({
      queued: Math.max(0, found.length - entries.size - running.length),
      running,
      ...(workers ? { workers } : {}),
      control: this.#guard.active,
      done: entries.size,
      review: [...entries.values()].filter(({ grade }) => grade.status === 'review').length,
      known: this.#cache.known,
      ...(last ? { last } : {}),
    });
  }
}

const same = (grade: Grade): Grade => grade;

/** Where other machines grade, each proves itself. */
const guardedElsewhere = {
  active: false,
  trusted: true,
  begin: <T>(grade: () => Promise<T>): Promise<T> => grade(),
  passed: async () => {},
  again: async () => undefined,
} as const;

/** Converts errors in writing the journal to LabErrors: they stop the class, with a message for users instead of a bug report. */
function withLabErrors({ find, add, confirm, withdraw }: Journal): Pick<Journal, 'find' | 'add' | 'confirm' | 'withdraw'> {
  const writing = <T>(written: Promise<T>): Promise<T> =>
    written.catch((error) => {
      throw asLabError(error);
    });
  return {
    find,
    add: (key, grade, by) => writing(add(key, grade, by)),
    confirm: (by) => writing(confirm(by)),
    withdraw: (whose) => writing(withdraw(whose)),
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
