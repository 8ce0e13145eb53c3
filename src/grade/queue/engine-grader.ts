import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { removeFolder } from '../../platform/remove-folder.ts';
import { removeEntry, runDir, tryRunLock, writeEntry } from '../../run/journal.ts';
import { ContentionError, isOfTheMachine, Together, tries } from '../errors.ts';
import { optionsOf } from '../exam/grade-exam.ts';
import { gradeOne, type SharedClass, type SubmissionOptions } from '../grade-submission.ts';
import type { ClassRules } from '../load-class.ts';
import type { OpenedClass } from '../open-class.ts';
import { control } from '../reference-solution.ts';
import type { Grade } from '../types.ts';
import { unjudged } from '../ungraded.ts';
import { AloneGate } from './alone-gate.ts';
import { type GradeOrder, type Order, type Result, sentError } from './messages.ts';

/** Performs orders on this machine's engine. */
export interface EngineGrader extends AsyncDisposable {
  /**
   * Grades a submission, with its packed files, or the reference solution. Throws LabError if the machine fails, and the signal's reason on abort.
   */
  perform(order: Order, files: Buffer, signal: AbortSignal): Promise<Result>;
}

/** `rounds`: how often the reference solution has passed in this process. */
export async function openGrader(rules: ClassRules, opened: OpenedClass, rounds: { passed: number }): Promise<EngineGrader> {
  const { grading, controls, engine } = opened;
  const { homes, clock } = grading;
  // packed submissions: a killed worker leaves no data of students, the next one removes it
  const id = grading.runId();
  const dir = runDir(homes, id);
  const lock = await tryRunLock(homes, id);
  if (!lock) throw new Error(`the run ${id} is under way already`);
  await writeEntry(homes, { id, startedAt: clock.time(), endpoint: engine.api.endpoint, dir, of: 'grade' });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const gate = new AloneGate();
  const together = new Together();
  /** Alone, if the engine's shared limits were reached. */
  const onEngine = <T>(work: (shared: SharedClass) => Promise<T>): Promise<T> =>
    gate
      .beside(() => work({ together }))
      .catch((error) => {
        if (!(error instanceof ContentionError)) throw error;
        return gate.alone(() => work({ together, alone: true }));
      });

  const gradeReference = async (signal: AbortSignal): Promise<Result> => {
    try {
      for (const one of controls)
        await onEngine((shared) => control(one, grading, signal, { ...shared, passed: rounds.passed > 0 }));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof LabError)) throw error;
      return { kind: 'reference', round: rounds.passed, failed: sentError(error) };
    }
    rounds.passed += 1;
    return { kind: 'reference', round: rounds.passed };
  };

  const gradeSubmission = async (order: GradeOrder, files: Buffer, signal: AbortSignal): Promise<Result> => {
    const { part, composeFile } = order;
    const own: SubmissionOptions = {
      ...(part === undefined
        ? grading
        : optionsOf(
            grading,
            rules.exam?.parts.find(({ folder }) => folder === part),
          )),
      project: () => ({ kind: 'project', top: '', composeFile }),
    };
    const file = join(dir, `${grading.runId()}.tar.gz`);
    try {
      await writeFile(file, files, { mode: 0o600 });
      return await onEngine((shared) => gradeFile(file, own, order, signal, shared, rounds));
    } finally {
      await rm(file, { force: true });
    }
  };

  return {
    perform: (order, files, signal) =>
      order.kind === 'reference' ? gradeReference(signal) : gradeSubmission(order, files, signal),
    [Symbol.asyncDispose]: async () => {
      await removeFolder(dir);
      await removeEntry(homes, id);
      await lock.release();
    },
  };
}

async function gradeFile(
  file: string,
  options: SubmissionOptions,
  { key, answers, notes }: GradeOrder,
  signal: AbortSignal,
  shared: SharedClass,
  rounds: { readonly passed: number },
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      // with other images it would be another grade
      const known = async (found: string, grade: () => Promise<Grade>) =>
        found === key ? grade() : unjudged(options, new Error('the images differ'));
      const made = await gradeOne(file, options, signal, known, { ...shared, roles: answers, notes });
      if (made.images.length > 0 && made.key !== key) return { kind: 'images', images: made.images };
      if (made.key !== key) throw new Error('what was sent is not what was read');
      if (made.grade.status === 'review' && !made.final && attempt < tries) continue;
      return { kind: 'grade', grade: made.grade, final: made.final, round: rounds.passed };
    } catch (error) {
      signal.throwIfAborted();
      if (isOfTheMachine(error) || error instanceof ContentionError) throw error;
      if (attempt < tries) continue;
      return { kind: 'grade', grade: unjudged(options, error), final: true, round: rounds.passed };
    }
  }
}
