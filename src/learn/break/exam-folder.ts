import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExamFault } from '../../lab/exam.ts';
import { type ExamFile, examFileName, parseExamFile } from '../../lab/exam-file.ts';
import { replaceFile } from '../../platform/atomic-file.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { onPath } from '../../platform/system-error.ts';
import { copyWithFault } from './practice.ts';

/** An exam's folder: a folder for each fault, the result file and a README. */

const maxBytes = 1_000_000;

/**
 * Creates the folder `dir`, which must not exist. `sourceOf`: the files of a stack without a fault. Throws the system's error, with the code EEXIST if it
 * exists, and an Error if a file does not contain what a fault replaces.
 */
export async function createExam(
  dir: string,
  options: {
    readonly faults: readonly ExamFault[];
    readonly file: ExamFile;
    readonly readme: string;
    sourceOf(stack: string): string;
  },
): Promise<void> {
  await onPath(dir, () => mkdir(dir));
  for (const { folder, fault } of options.faults) await copyWithFault(join(dir, folder), options.sourceOf(fault.stack), fault);
  await onPath(dir, () => writeFile(join(dir, 'README.md'), options.readme));
  await saveExam(dir, options.file);
}

/** The result file of the exam's folder `dir`; undefined: it is none. Throws ZodError, SyntaxError or NotPlainError for a file that is not valid. */
export async function loadExam(dir: string): Promise<ExamFile | undefined> {
  try {
    return parseExamFile((await readPlain(join(dir, examFileName), { maxBytes })).toString('utf8'));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Replaces the file as a whole: a crash leaves the old one or the new one. */
export async function saveExam(dir: string, file: ExamFile): Promise<void> {
  const path = join(dir, examFileName);
  await onPath(path, () => replaceFile(path, [`${JSON.stringify(file, null, 2)}\n`]));
}
