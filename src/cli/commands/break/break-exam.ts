import { join, relative, resolve } from 'node:path';
import { LabError } from '../../../lab/error.ts';
import { chooseFaults, type Exam, mostSeed } from '../../../lab/exam.ts';
import { newExamFile } from '../../../lab/exam-file.ts';
import { text } from '../../../lab/text.ts';
import { filesOf, type Tutorial } from '../../../lab/tutorial.ts';
import { createExam } from '../../../learn/break/exam-folder.ts';
import { assets, version } from '../../../platform/package-root.ts';
import { callLine, quoted } from '../../call-line.ts';
import { clock } from '../../clock.ts';
import type { Cli } from '../../context.ts';
import { examCreated, examReadme } from '../../output/exam-lines.ts';
import { usage } from '../../usage.ts';
import { engineOf } from '../start.ts';
import { faultsIn } from './break-folder.ts';

/** A seed for an exam without one; it is printed. */
export const randomSeed = (): number => Math.floor(Math.random() * (mostSeed + 1));

/**
 * `lab break --exam`: creates the folder of an exam, by default `exam`. Exit code 0. Throws LabError E_USAGE if the folder exists, or the tutorial has
 * fewer faults.
 */
export async function startExam(cli: Cli, tutorial: Tutorial, exam: Exam, named = 'exam'): Promise<number> {
  const all = await faultsIn(tutorial);
  if (exam.count > all.length)
    throw usage(
      text(
        `lab break: --exam can't be ${exam.count}; the tutorial has ${all.length} faults`,
        `lab break：--exam 不能是 ${exam.count}；這份教學有 ${all.length} 個問題`,
      ),
      'lab break',
    );
  const faults = chooseFaults(all, exam);
  const target = resolve(cli.cwd, named);
  const path = relative(cli.cwd, target);
  const { engine } = await engineOf(cli);
  const call = callLine(cli.env, process.argv[1] ?? 'lab', cli.cwd, target);
  const next = { call, engine, path: path.startsWith('..') || path === '' ? target : path };
  const startedAt = new Date(clock.time()).toISOString();
  try {
    await createExam(target, {
      faults,
      file: newExamFile({ tutorial: tutorial.id, version, startedAt }, exam, faults),
      readme: examReadme(faults, exam, next, cli.lang),
      sourceOf: (stack) => join(filesOf(tutorial, assets), tutorial.stacks[stack]?.dir ?? ''),
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new LabError(
      'E_USAGE',
      text(`the folder ${named} exists already; nothing is overwritten`, `資料夾 ${named} 已經存在；不會覆寫任何檔案`),
      text(
        `name a new folder: lab break --exam ${exam.count} --seed ${exam.seed} ${quoted(`${named}-2`)}`,
        `請指定新的資料夾：lab break --exam ${exam.count} --seed ${exam.seed} ${quoted(`${named}-2`)}`,
      ),
    );
  }
  cli.out.write(examCreated(cli, faults, exam, next));
  return 0;
}
