import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import type { Entry, Grade } from './grade.ts';
import type { Found } from './intake/find.ts';
import type { Journal } from './journal.ts';
import { type Bench, gradeOne, unjudged } from './one.ts';
import { Crowded } from './stop.ts';

export interface Classing extends Bench {
  readonly found: readonly Found[];
  readonly jobs: number;
  readonly journal: Journal;
  /** A right solution: it must get all points, before the class, in its middle and after it, or the machine is at fault. */
  readonly control: string;
  readonly signal: AbortSignal;
  onProgress(progress: ClassProgress): void;
}

/** How far a class is. */
interface ClassProgress {
  readonly queued: number;
  readonly running: readonly string[];
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
const ofTheMachine: ReadonlySet<string> = new Set(['E_CLEAN', 'E_CONTROL', 'E_ENGINE_LOST', 'E_ENGINE_UNREACHABLE', 'E_STATE']);

/**
 * Grades a class, some submissions at a time. What is decided is in the journal before it counts, so whoever starts it again goes on. The same
 * content is graded once. Results are in the order found. Throws LabError E_CONTROL where the reference solution loses a point, the machine's
 * errors, and the signal's reason at an abort; what was decided stays in the journal.
 */
export async function gradeClass(classing: Classing): Promise<Omit<Entry, 'overrides'>[]> {
  const { found, jobs, journal, signal } = classing;
  const entries = new Map<Found, Omit<Entry, 'overrides'>>();
  const running = new Set<string>();
  const graded = new Map<string, Promise<Grade>>();
  let known = 0;
  const tell = (last?: { id: string; grade: Grade }) =>
    classing.onProgress({
      queued: found.length - entries.size - running.size,
      running: [...running],
      done: entries.size,
      review: [...entries.values()].filter(({ grade }) => grade.status === 'review').length,
      known,
      ...(last ? { last } : {}),
    });

  const look = async (key: string, grade: () => Promise<Grade>): Promise<Grade> => {
    const before = journal.find(key);
    if (before) {
      known += 1;
      return before;
    }
    const under = graded.get(key) ?? grade();
    graded.set(key, under);
    under.catch(() => graded.delete(key));
    return under;
  };
  const first = control(classing);
  // whoever waits for it hears of it
  first.catch(() => undefined);
  const crowded: Found[] = [];
  const one = async (submission: Found, alone = false): Promise<void> => {
    const { student, source, path } = submission;
    const end = (hash: string, grade: Grade) => {
      entries.set(submission, { student, source, hash, grade });
      running.delete(student.id);
      tell({ id: student.id, grade });
    };
    for (let at = 1; ; at++) {
      try {
        const { hash, key, grade } = await gradeOne(path, classing, signal, look, alone);
        if (grade.status === 'review' && at < tries) {
          graded.delete(key);
          continue;
        }
        // Nothing counts before the reference solution has passed.
        await first;
        if (grade.status !== 'review' && !journal.find(key)) await journal.add(key, grade);
        graded.delete(key);
        return end(hash, grade);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Crowded) {
          running.delete(student.id);
          return void crowded.push(submission);
        }
        if (error instanceof LabError && ofTheMachine.has(error.code)) throw error;
        if (at >= tries) return end('', unjudged(classing.rubric, error));
      }
    }
  };

  const grade =
    (submission: Found, alone = false) =>
    async () => {
      running.add(submission.student.id);
      tell();
      await one(submission, alone);
    };
  // The reference solution takes a place in the queue as everybody does: at its beginning, in its middle and at its end. One alone is no class.
  const middle = Math.ceil(found.length / 2);
  const again = found.length > 1 ? [() => control(classing)] : [];
  const queue = [
    () => first,
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
  for (const submission of crowded) await grade(submission, true)();
  return withTwins(found.map((submission) => entries.get(submission)).filter((entry) => entry !== undefined));
}

/** Who handed in the same as somebody before says so. */
function withTwins(entries: readonly Omit<Entry, 'overrides'>[]): Omit<Entry, 'overrides'>[] {
  const first = new Map<string, string>();
  return entries.map((entry) => {
    const twin = entry.hash === '' ? undefined : first.get(entry.hash);
    if (twin === undefined) first.set(entry.hash, entry.student.id);
    return twin === undefined ? entry : { ...entry, sameAs: twin };
  });
}

async function control(classing: Classing): Promise<void> {
  const { grade } = await gradeOne(classing.control, classing, classing.signal, (_, work) => work());
  if (grade.status === 'graded' && grade.points === grade.max) return;
  const lost = grade.checks.filter(({ points, max }) => points < max);
  const why = lost[0]
    ? `${lost[0].id}: ${lost[0].actual?.en ?? lost[0].because?.en ?? ''}`
    : (grade.review?.en ?? grade.refusals[0]?.text.en ?? '');
  throw new LabError(
    'E_CONTROL',
    text(
      `the reference solution got ${grade.points ?? 'no'} of ${grade.max} points: the machine is at fault, not the class (${why})`,
      `參考解答得到 ${grade.points ?? '無'}／${grade.max} 分：問題出在這台機器，不是學生（${why}）`,
    ),
    text(
      'look with `lab doctor` and grade with fewer --jobs; what was decided is kept, and the same command goes on',
      '用 `lab doctor` 檢查，並減少 --jobs；已經評好的會保留，再執行同樣的指令就會繼續',
    ),
  );
}
