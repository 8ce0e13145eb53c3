import { basename, dirname, join } from 'node:path';
import { faultsOf } from '../../../../labs/faults.ts';
import { LabError } from '../../../lab/error.ts';
import { chooseFaults, fingerprintOf } from '../../../lab/exam.ts';
import { type ExamFile, examFileName, withClaim } from '../../../lab/exam-file.ts';
import type { Fault } from '../../../lab/fault.ts';
import { text } from '../../../lab/text.ts';
import type { Tutorial } from '../../../lab/tutorial.ts';
import { loadExam, saveExam } from '../../../learn/break/exam-folder.ts';
import { loadProgress, type Progress, progressFile, saveProgress } from '../../../learn/break/practice.ts';
import { findTutorial } from '../../tutorials.ts';
import { usage } from '../../usage.ts';

/** The folders that `lab break` created: a practice folder, or a folder of an exam. */

export interface Practice {
  /** Its folder, absolute. */
  readonly dir: string;
  readonly tutorial: Tutorial;
  readonly fault: Fault;
  readonly progress: Progress;
  /** Its name in its exam; left out: it belongs to none. */
  readonly examFolder?: string;
  /** Saves a change of the progress that the folder has now: another `lab break` may have changed it. Throws LabError E_STATE for a file that is not valid. */
  update(change: (now: Progress) => Progress): Promise<Progress>;
}

/** The faults of a tutorial. `command`: the one that needs them. Throws LabError E_USAGE if it has none. */
export async function faultsIn(tutorial: Tutorial, command = 'lab break'): Promise<readonly Fault[]> {
  const faults = await faultsOf[tutorial.id]?.();
  if (faults) return faults;
  throw usage(
    text(`the tutorial ${tutorial.id} has no faults to practise on`, `教學 ${tutorial.id} 沒有可以練習的問題`),
    command,
  );
}

/**
 * What can be checked in the folder `cwd`: the practice folder that it is, or all of the exam that it is. Throws LabError E_PROJECT_UNKNOWN if it is
 * neither, E_STATE for a file that is not valid, and E_LAB_UNKNOWN for faults of another version.
 */
export async function practicesAt(cwd: string): Promise<readonly [Practice, ...Practice[]]> {
  const progress = await progressAt(cwd);
  if (progress) return [await practiceOf(cwd, progress)];
  const exam = await examAt(cwd);
  if (exam) return practicesOf(cwd, exam);
  const above = dirname(cwd);
  // another program's file of this name is none of an exam
  const whole = /^fault-\d+$/.test(basename(cwd)) ? await examAt(above) : undefined;
  const here = whole && (await practicesOf(above, whole)).find(({ examFolder }) => examFolder === basename(cwd));
  if (here) return [here];
  throw new LabError(
    'E_PROJECT_UNKNOWN',
    text(`${cwd} is no practice folder of \`lab break\``, `${cwd} 不是 \`lab break\` 的練習資料夾`),
    text('create one: lab break; then cd into it', '請先建立：lab break；再用 cd 進入'),
  );
}

/** See `loadProgress`; throws LabError E_STATE for a file that is not valid. */
export const progressAt = (dir: string): Promise<Progress | undefined> =>
  loadProgress(dir).catch((error: unknown) => {
    throw invalid(progressFile(dir), 'lab break <number>', 'lab break <編號>', error);
  });

async function practiceOf(dir: string, progress: Progress): Promise<Practice> {
  const tutorial = findTutorial(progress.tutorial);
  const fault = (await faultsIn(tutorial))[progress.number - 1];
  const update = async (change: (now: Progress) => Progress): Promise<Progress> => {
    const next = change((await progressAt(dir)) ?? progress);
    await saveProgress(dir, next);
    return next;
  };
  if (fault) return { dir, tutorial, fault, progress, update };
  throw new LabError(
    'E_LAB_UNKNOWN',
    text(`this version has no fault ${progress.number}`, `這個版本沒有問題 ${progress.number}`),
    text('create a new folder: lab break', '請建立新的資料夾：lab break'),
  );
}

const examAt = (dir: string): Promise<ExamFile | undefined> =>
  loadExam(dir).catch((error: unknown) => {
    throw invalid(
      join(dir, examFileName),
      'lab break --exam <count> --seed <seed>',
      'lab break --exam <數量> --seed <種子>',
      error,
    );
  });

async function practicesOf(dir: string, exam: ExamFile): Promise<[Practice, ...Practice[]]> {
  const tutorial = findTutorial(exam.tutorial);
  const faults = chooseFaults(await faultsIn(tutorial), exam);
  const [first, ...others] = faults;
  if (!first || fingerprintOf(faults) !== exam.fingerprint)
    throw new LabError(
      'E_LAB_UNKNOWN',
      text(
        `labwright ${exam.version} created this exam; this version has other faults for the seed ${exam.seed}`,
        `這份測驗由 labwright ${exam.version} 建立；這個版本用種子 ${exam.seed} 會選出不同的問題`,
      ),
      text(`use that version, or create a new exam`, `請使用那個版本，或建立新的測驗`),
    );
  const one = ({ folder, fault }: (typeof faults)[number]): Practice => {
    const number = faults.findIndex((it) => it.folder === folder) + 1;
    const progressIn = ({ faults: claims, startedAt }: ExamFile): Progress => {
      const { hints = 0, checks = 0, repairedAt } = claims.find((it) => it.folder === folder) ?? {};
      const solved = repairedAt === undefined ? {} : { solvedAt: repairedAt };
      return { tutorial: tutorial.id, number, startedAt, hints, checks, ...solved };
    };
    return {
      dir: join(dir, folder),
      tutorial,
      fault,
      examFolder: folder,
      progress: progressIn(exam),
      update: async (change) => {
        const now = (await examAt(dir)) ?? exam;
        const next = change(progressIn(now));
        const { hints, checks, solvedAt } = next;
        await saveExam(
          dir,
          withClaim(now, { folder, hints, checks, ...(solvedAt === undefined ? {} : { repairedAt: solvedAt }) }),
        );
        return next;
      },
    };
  };
  return [one(first), ...others.map(one)];
}

const invalid = (file: string, en: string, zhTW: string, cause: unknown): LabError =>
  new LabError(
    'E_STATE',
    text(`${file} is not valid`, `${file} 的內容無效`),
    text(`correct the file, or remove the folder and create it again: ${en}`, `請修正檔案，或移除資料夾後重新建立：${zhTW}`),
    { cause },
  );
