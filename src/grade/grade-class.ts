import { asLabError } from '../docker/api/api-error.ts';
import { LabError } from '../lab/error.ts';
import { ContentionError, Together } from './errors.ts';
import { gradeOne, type SubmissionOptions, unjudged } from './grade-submission.ts';
import type { Journal } from './journal.ts';
import { type Control, control } from './reference-solution.ts';
import type { FoundSubmission } from './submissions/find-submissions.ts';
import type { Entry, Grade } from './types.ts';

export interface GradeClassOptions extends SubmissionOptions {
  readonly found: readonly FoundSubmission[];
  readonly jobs: number;
  readonly journal: Journal;
  /** A right solution: it must get all points, before anything is graded, in the middle and at the end. */
  readonly control: Control;
  readonly signal: AbortSignal;
  onProgress(progress: ClassProgress): void;
}

/** How far a class is. */
interface ClassProgress {
  readonly queued: number;
  readonly running: readonly string[];
  /** The reference solution is being graded. */
  readonly control: boolean;
  readonly done: number;
  readonly review: number;
  /** Of those done: decided before, and taken from the journal. */
  readonly known: number;
  /** The one that has just ended. */
  readonly last?: { readonly id: string; readonly grade: Grade };
}

/** How often a submission is tried when it is not its own fault that it could not be judged. */
const tries = 2;

/** Errors that every other submission would meet too: the class stops, and goes on when it is started again. */
const ofTheMachine: ReadonlySet<string> = new Set([
  'E_CLEAN',
  'E_CONTROL',
  'E_ENGINE_LOST',
  'E_ENGINE_START',
  'E_ENGINE_UNREACHABLE',
  'E_RUBRIC_INVALID',
  'E_STATE',
]);

/**
 * Grades a class, some submissions at a time. What is decided is in the journal before it counts, so whoever starts it again goes on. The same
 * content is graded once. Results are in the order found. Throws LabError E_CONTROL or E_RUBRIC_INVALID where the reference solution loses a point, the machine's
 * errors, and the signal's reason at an abort; what was decided stays in the journal, but for what was since the last control that passed where one fails.
 */
export async function gradeClass(classing: GradeClassOptions): Promise<Omit<Entry, 'overrides'>[]> {
  const { found, jobs, journal, signal } = classing;
  const entries = new Map<FoundSubmission, Omit<Entry, 'overrides'>>();
  const running = new Set<string>();
  const together = new Together();
  const graded = new Map<string, Promise<Grade>>();
  let known = 0;
  let controls = 0;
  const report = (last?: { id: string; grade: Grade }) =>
    classing.onProgress({
      queued: found.length - entries.size - running.size,
      running: [...running],
      control: controls > 0,
      done: entries.size,
      review: [...entries.values()].filter(({ grade }) => grade.status === 'review').length,
      known,
      ...(last ? { last } : {}),
    });

  // What the machine did since it was last right counts no more, nor what is still under way on it.
  let distrusted = false;
  let passed = false;
  const controlled = async (alone = false): Promise<void> => {
    controls += 1;
    report();
    try {
      await control(classing.control, classing, signal, { passed, alone, together });
      passed = true;
      if (!distrusted) await flushed(journal.confirm());
    } catch (error) {
      if (error instanceof LabError && error.code === 'E_CONTROL') {
        distrusted = true;
        await flushed(journal.withdraw());
      }
      // the machine is right, and what is in the journal was graded by other rubrics
      if (error instanceof LabError && error.code === 'E_RUBRIC_INVALID') distrusted = true;
      throw error;
    } finally {
      controls -= 1;
      report();
    }
  };
  // The reference solution comes first, in the place of whatever is graded first; where all is known, the machine has nothing to show.
  let first: Promise<void> | undefined;
  const atWork = new Set<Promise<unknown>>();
  const begin = async (grade: () => Promise<Grade>): Promise<Grade> => {
    if (!first) {
      first = controlled().catch(whenAlone);
      await first;
    }
    const working = grade();
    atWork.add(working);
    return working.finally(() => atWork.delete(working));
  };
  // Everybody waits for it before going on, so nothing else is graded when these have ended.
  const whenAlone = async (error: unknown): Promise<void> => {
    if (!(error instanceof ContentionError)) throw error;
    while (atWork.size > 0) await Promise.allSettled(atWork);
    await controlled(true);
  };
  const look = async (key: string, grade: () => Promise<Grade>): Promise<Grade> => {
    const before = journal.find(key);
    if (before) {
      known += 1;
      return before;
    }
    const there = graded.get(key);
    if (there) return there;
    const under = begin(grade);
    graded.set(key, under);
    // what could not be told is asked again
    const forget = () => graded.delete(key);
    under.then(({ status }) => status === 'review' && forget(), forget);
    return under;
  };
  const kept = new Map<string, Promise<void>>();
  const keep = async (key: string, grade: Grade): Promise<void> => {
    if (distrusted || grade.status === 'review' || journal.find(key)) return;
    const adding = kept.get(key) ?? journal.add(key, grade);
    kept.set(key, adding);
    await flushed(adding);
    graded.delete(key);
  };
  const contended: (() => Promise<void>)[] = [];
  const one = async (submission: FoundSubmission, alone = false): Promise<void> => {
    const { student, source, path } = submission;
    const end = (hash: string, grade: Grade) => {
      entries.set(submission, { student, source, hash, grade });
      running.delete(student.id);
      report({ id: student.id, grade });
    };
    for (let at = 1; ; at++) {
      try {
        const { hash, key, grade, final } = await gradeOne(path, classing, signal, look, { alone, together });
        // Nothing counts before the reference solution has passed.
        await first;
        if (grade.status === 'review' && !final && at < tries) continue;
        await keep(key, grade);
        return end(hash, grade);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof LabError && ofTheMachine.has(error.code)) throw error;
        await first;
        if (error instanceof ContentionError) {
          running.delete(student.id);
          return void contended.push(grade(submission, true));
        }
        if (at >= tries) return end('', unjudged(classing.rubric, error));
      }
    }
  };

  const grade =
    (submission: FoundSubmission, alone = false) =>
    async () => {
      running.add(submission.student.id);
      report();
      await one(submission, alone);
    };
  // Again in the middle and at the end of the queue. One alone is no class.
  const middle = Math.ceil(found.length / 2);
  const later = async () => {
    if (!first) return;
    await controlled().catch((error) => {
      if (!(error instanceof ContentionError)) throw error;
      contended.push(() => controlled(true));
    });
  };
  const again = found.length > 1 ? [later] : [];
  const queue = [
    ...found.slice(0, middle).map((it) => grade(it)),
    ...again,
    ...found.slice(middle).map((it) => grade(it)),
    ...again,
  ].values();
  let failure: { readonly error: unknown } | undefined;
  const work = async () => {
    for (const next of queue) {
      if (failure) return;
      signal.throwIfAborted();
      await next();
    }
  };
  const worker = () =>
    work().catch((error) => {
      failure ??= { error };
    });
  await Promise.all(Array.from({ length: jobs }, worker));
  if (failure) throw failure.error;
  for (const next of contended) await next();
  return withTwins(found.map((submission) => entries.get(submission)).filter((entry) => entry !== undefined));
}

const flushed = (writing: Promise<void>): Promise<void> =>
  writing.catch((error) => {
    throw asLabError(error);
  });

/** Who handed in the same as somebody before says so. */
function withTwins(entries: readonly Omit<Entry, 'overrides'>[]): Omit<Entry, 'overrides'>[] {
  const first = new Map<string, string>();
  return entries.map((entry) => {
    const twin = entry.hash === '' ? undefined : first.get(entry.hash);
    if (twin === undefined) first.set(entry.hash, entry.student.id);
    return twin === undefined ? entry : { ...entry, sameAs: twin };
  });
}
