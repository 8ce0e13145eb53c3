import { isDeepStrictEqual } from 'node:util';
import { LabError } from '../lab/error.ts';
import { type StackSpec, serviceNames } from '../lab/stack.ts';
import { type Text, text } from '../lab/text.ts';
import type { Lab } from '../lab/tutorial.ts';
import { gradeOne, type SharedClass, type SubmissionOptions } from './grade-submission.ts';
import { imageFor } from './policy/images.ts';
import type { Rubric } from './rubric/rubric.ts';
import type { Grade } from './types.ts';
import { unjudged } from './ungraded.ts';

/** The reference solution, and the options for grading it. */
export interface Control {
  /** Its folder. */
  readonly path: string;
  readonly spec: StackSpec;
  /** What is performed on it; left out: what is performed on submissions. */
  readonly lab?: Lab;
  /** The class's rubric, adapted to the reference solution. */
  readonly rubric: Rubric;
  /** The same with the standard rubric's images and limits; left out if they are equal. */
  readonly standard?: Rubric;
}

/**
 * Determines how to grade a class's reference solution: with the checks, points, images and limits of the class's rubric.
 * `standard`: the rubric included with the tutorial; `spec`: the stack as the tutorial defines it; `images`: the base images of
 * the tutorial's stacks.
 */
export function controlOf(
  path: string,
  spec: StackSpec,
  { rubric, standard, images }: { readonly rubric: Rubric; readonly standard: Rubric; readonly images: readonly string[] },
): Control {
  const own = forControl(rubric, spec, images);
  const other = { ...own, images: forControl(standard, spec, images).images, limits: standard.limits };
  return { path, spec, rubric: own, ...(isDeepStrictEqual(own, other) ? {} : { standard: other }) };
}

/**
 * Rules of a rubric about how submissions are written (names, other stacks, deductions, permitted images, what is not shown) do not apply to the
 * reference solution: it has only one form and keeps its own names. The rubric defines the images that it runs on.
 */
const forControl = (rubric: Rubric, spec: StackSpec, images: readonly string[]): Rubric => ({
  ...rubric,
  services: serviceNames(spec),
  without: [],
  notes: {},
  notShown: 0,
  parts: {},
  images: images.map((ref) => ({ match: ref, as: imageFor(ref, rubric.images) ?? ref })),
});

/**
 * Grades the reference solution. `passed`: it got all points before, with the same rubric, so the rubric is not the cause. Throws
 * LabError E_CONTROL if it loses a point on this machine, E_RUBRIC_INVALID if only this rubric's images or limits cause that, and
 * what `gradeOne` throws.
 */
export async function control(
  { path, spec, lab, rubric, standard }: Control,
  options: SubmissionOptions,
  signal: AbortSignal,
  { passed, ...company }: SharedClass & { readonly passed: boolean },
): Promise<void> {
  const gradeBy = async (by: Rubric): Promise<Grade> => {
    try {
      return (
        await gradeOne(path, { ...options, ...(lab ? { lab } : {}), spec, rubric: by }, signal, (_, work) => work(), company)
      ).grade;
    } catch (error) {
      // a build or a start that fails with the rubric's images is also compared
      if (error instanceof LabError && error.code === 'E_COMMAND_FAILED') return unjudged({ ...options, rubric: by }, error);
      throw error;
    }
  };
  const grade = await gradeBy(rubric);
  if (hasAll(grade)) return;
  const rubricIsWrong = !passed && standard !== undefined && hasAll(await gradeBy(standard));
  throw rubricIsWrong ? rubricAtFault(rubric, grade) : machineAtFault(grade);
}

const hasAll = ({ status, points, max }: Grade): boolean => status === 'graded' && points === max;

function whyOf({ checks, review, refusals }: Grade): Text {
  const deducted = checks.find(({ points, max }) => points < max);
  if (!deducted) return review ?? refusals[0]?.text ?? text('', '');
  const saw = deducted.actual ?? deducted.because ?? text('', '');
  return text(`${deducted.id}: ${saw.en}`, `${deducted.id}：${saw['zh-TW']}`);
}

function rubricAtFault({ path }: Rubric, grade: Grade): LabError {
  const why = whyOf(grade);
  const { points, max } = grade;
  return new LabError(
    'E_RUBRIC_INVALID',
    text(
      `${path}: the reference solution got ${points ?? 'no'} of ${max} points with the images and limits of this rubric, and all points with the standard ones (${why.en})`,
      `${path}：參考解答用這份評分標準的映像檔與限制只得到 ${points ?? '無'}／${max} 分，用內建的則得到滿分（${why['zh-TW']}）`,
    ),
    text(
      'compare `images` and `limits` with the standard rubric, and change what this check needs; nothing of the class was graded',
      '請把 `images` 與 `limits` 和內建的評分標準比較，修改這項檢查需要的部分；還沒有評任何一份作業',
    ),
  );
}

function machineAtFault(grade: Grade): LabError {
  const why = whyOf(grade);
  const { points, max } = grade;
  return new LabError(
    'E_CONTROL',
    text(
      `the reference solution got ${points ?? 'no'} of ${max} points: the machine is at fault, not the class (${why.en})`,
      `參考解答得到 ${points ?? '無'}／${max} 分：問題出在這台機器，不是學生（${why['zh-TW']}）`,
    ),
    text(
      'run `lab doctor`, then the same command with fewer --jobs. It resumes, and grades again what was graded since the reference solution last got all points',
      '請用 `lab doctor` 檢查，並以較少的 --jobs 評分；再執行一次同樣的指令就會繼續，參考解答上次得到滿分之後評分的作業會重新評分',
    ),
  );
}
