import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { singleLine } from '../../formats/untrusted-text.ts';
import { type ExamFile, examFileName, parseExamFile } from '../../lab/exam-file.ts';
import { text } from '../../lab/text.ts';
import { NotPlainError, readPlain } from '../../platform/plain-file.ts';
import { removeFolder } from '../../platform/remove-folder.ts';
import type { Homes } from '../../platform/state-dirs.ts';
import type { Clock } from '../../run/clock.ts';
import { removeEntry, runDir, tryRunLock, writeEntry } from '../../run/journal.ts';
import type { SubmissionOptions } from '../grade-submission.ts';
import { findExam } from '../submissions/project.ts';
import { refusal } from '../submissions/refusal.ts';
import { intakeLimits, unpack } from '../submissions/unpack.ts';
import type { Remark } from '../types.ts';
import type { ClassExam } from './class-exam.ts';

/** The result file of a submission, if it is for the exam that the class was given; or why it is not. */
export type ReadExam =
  | { readonly ok: true; readonly file: ExamFile }
  | { readonly ok: false; readonly refusals: readonly Remark[] };

const maxBytes = 1_000_000;

/**
 * Reads the result file of a submission, which is unpacked into a folder of its own and removed again. Throws the signal's reason on abort, and system
 * errors.
 */
export async function readExam(
  path: string | Buffer,
  exam: ClassExam,
  { homes, clock, engine, runId }: Pick<SubmissionOptions, 'engine' | 'runId'> & { homes: Homes; clock: Clock },
  signal: AbortSignal,
): Promise<ReadExam> {
  const id = runId();
  const dir = runDir(homes, id);
  const lock = await tryRunLock(homes, id);
  if (!lock) throw new Error(`the run ${id} is under way already`);
  try {
    await writeEntry(homes, { id, startedAt: clock.time(), endpoint: engine.api.endpoint, dir, of: 'grade' });
    await mkdir(dir, { recursive: true, mode: 0o711 });
    const read = await unpack(path, join(dir, 'files'), intakeLimits, signal, findExam);
    if (!read.ok) return { ok: false, refusals: read.refusals };
    return judgeExamFile(await fileIn(read.dir), exam);
  } finally {
    try {
      await removeFolder(dir);
      await removeEntry(homes, id);
    } finally {
      await lock.release();
    }
  }
}

/** Undefined: it is not valid. */
async function fileIn(dir: string): Promise<ExamFile | undefined> {
  try {
    return parseExamFile((await readPlain(join(dir, examFileName), { maxBytes, follow: false })).toString('utf8'));
  } catch (error) {
    if (error instanceof NotPlainError || error instanceof SyntaxError || (error as Error).name === 'ZodError') return undefined;
    throw error;
  }
}

/**
 * Compares what a result file says was given with what the teacher set. It is no evidence: a student can write anything to it. It only shows early that
 * another exam was handed in; what is judged follows from the teacher's count and seed.
 */
export function judgeExamFile(file: ExamFile | undefined, { tutorial, count, seed, fingerprint }: ClassExam): ReadExam {
  if (!file) return { ok: false, refusals: [refusal('exam-invalid', examFileName)] };
  if (file.tutorial !== tutorial || file.count !== count || file.seed !== seed) {
    const other =
      singleLine(file.tutorial) === tutorial
        ? text('', '')
        : text(` of ${singleLine(file.tutorial)}`, `（${singleLine(file.tutorial)}）`);
    return differs(
      text(
        `this is the exam with ${file.count} faults${other.en} and seed ${file.seed}; the class was given ${count} faults and seed ${seed}`,
        `這是 ${file.count} 個問題${other['zh-TW']}、種子 ${file.seed} 的測驗；全班的測驗是 ${count} 個問題、種子 ${seed}`,
      ),
    );
  }
  if (file.fingerprint === fingerprint) return { ok: true, file };
  const made = singleLine(file.version);
  return differs(
    text(
      `labwright ${made} created this exam with other faults than this version has for the seed ${seed}: grade it with that version`,
      `這份測驗由 labwright ${made} 建立，問題和這個版本用種子 ${seed} 選出的不同：請用那個版本評分`,
    ),
  );
}

const differs = (why: Remark['text']): ReadExam => ({
  ok: false,
  refusals: [{ code: 'exam-differs', place: { file: examFileName }, text: why }],
});
