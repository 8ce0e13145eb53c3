import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { chooseFaults, type Exam, type ExamFault, fingerprintOf } from '../../lab/exam.ts';
import type { Fault } from '../../lab/fault.ts';
import type { StackSpec } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Lab, Tutorial } from '../../lab/tutorial.ts';
import { mergeLabs } from '../merge-labs.ts';
import type { ImageRule } from '../policy/images.ts';
import { type ExamRubricFile, parseExamRubric } from '../rubric/parse-rubric.ts';
import { hashOfMeaning, loadRubric, type Rubric, standardRubric } from '../rubric/rubric.ts';
import { imagesOf } from '../rubric/validate-rubric.ts';
import { rounded } from '../scoring/points.ts';
import type { Grade } from '../types.ts';

/** An exam of a class: the same faults for all students. Each of its folders is graded as a submission of its own. */
export interface ClassExam extends Exam {
  readonly tutorial: string;
  readonly title: Text;
  /** Of the faults, by this version. */
  readonly fingerprint: string;
  readonly parts: readonly ExamPart[];
  /** What each hint costs that a student's result file admits. */
  readonly hintCosts: number;
}

/** One fault of an exam, and how its folder is judged: it is repaired if the stack loses no point of the stack's own rubric. */
export interface ExamPart extends ExamFault {
  /** What its repair is worth. */
  readonly points: number;
  readonly lab: Lab;
  readonly stack: StackSpec;
  readonly rubric: Rubric;
  /** The same with the images and limits that come with the tutorial. */
  readonly standard: Rubric;
}

/** A valid rubric of an exam. */
type ExamRules = Omit<ExamRubricFile, 'images'> & { readonly images?: readonly ImageRule[] };

/** The ID of a fault's check in grades, rubric and overrides.csv. */
export const checkOf = (folder: string): string => `${folder}${suffix}`;

const suffix = '/repaired';

/** The folders of an exam that are not repaired, by its grade; undefined: it is the grade of no exam. */
export function notRepairedIn({ checks }: Pick<Grade, 'checks'>): readonly string[] | undefined {
  if (checks.length === 0 || !checks.every(({ id }) => id.endsWith(suffix))) return undefined;
  return checks.filter(({ outcome }) => outcome !== 'passed').map(({ id }) => id.slice(0, -suffix.length));
}

/** Points of a fault if the rubric names none. */
const usualPoints = 20;

/** The exam that a teacher names on the command line. */
export const examOf = (tutorial: Tutorial, { count, seed }: Exam): ExamRules => ({
  tutorial: tutorial.id,
  exam: { count, seed, points: usualPoints, hintCosts: 0 },
});

/** Parses the rubric of an exam. Throws LabError E_RUBRIC_INVALID. */
export function parseExam(source: string, path: string, tutorial: Tutorial, faults: readonly Fault[]): ExamRules {
  const { written, wrong } = parseExamRubric(source, path);
  if (written.tutorial !== tutorial.id)
    throw wrong(
      ['tutorial'],
      text(
        `it is for the tutorial ${written.tutorial}, not for ${tutorial.id}`,
        `它適用於教學 ${written.tutorial}，而不是 ${tutorial.id}`,
      ),
    );
  if (written.exam.count > faults.length)
    throw wrong(
      ['exam', 'count'],
      text(`${tutorial.id} has ${faults.length} faults`, `${tutorial.id} 有 ${faults.length} 個問題`),
    );
  const { images, ...rest } = written;
  return { ...rest, ...(images ? { images: imagesOf({ images }, wrong) } : {}) };
}

/**
 * The exam of a class and its rubric: a check for each fault. `path`: the rubric's name in reports. Throws LabError E_RUBRIC_INVALID if the tutorial has
 * no rubric for the stack of a fault.
 */
export async function loadClassExam(
  written: ExamRules,
  path: string,
  tutorial: Tutorial,
  faults: readonly Fault[],
): Promise<{ readonly exam: ClassExam; readonly rubric: Rubric }> {
  const { count, seed, points, hintCosts } = written.exam;
  const chosen = chooseFaults(faults, { count, seed });
  const rubrics = await rubricsByStack(tutorial);
  const parts = chosen.map(({ folder, fault }): ExamPart => {
    const own = rubrics.get(fault.stack);
    const stack = tutorial.stacks[fault.stack];
    if (!own || !stack) throw noRubric(tutorial, fault.stack);
    const worth = typeof points === 'number' ? points : points[fault.level];
    return { folder, fault, points: worth, stack, lab: mergeLabs(tutorial, own.labs), ...rulesOf(own, written) };
  });
  const max = rounded(parts.reduce((sum, part) => sum + part.points, 0));
  const [first] = parts;
  if (!first || max === 0)
    throw new LabError(
      'E_RUBRIC_INVALID',
      text(`${path}: all faults together are worth 0 points`, `${path}：所有問題加起來是 0 分`),
      text('write `points` below `exam`', '請在 `exam` 底下寫 `points`'),
    );
  const fingerprint = fingerprintOf(chosen);
  const checks = Object.fromEntries(
    parts.map((part) => [checkOf(part.folder), { points: part.points, visible: true, after: [] }]),
  );
  const hash = hashOfMeaning({ fingerprint, ...written, rubrics: parts.map(({ rubric }) => rubric.hash) });
  const { goals: _, ...base } = first.rubric;
  const images = parts.flatMap(({ rubric }) => rubric.images);
  const packages = [...new Set(parts.flatMap(({ rubric }) => rubric.packages))];
  const none = { unlisted: [], foundation: [], works: [], notes: {}, prescribed: {} };
  const title = text(`Exam: ${count} faults, seed ${seed}`, `測驗：${count} 個問題，種子 ${seed}`);
  return {
    exam: { tutorial: tutorial.id, count, seed, title, fingerprint, parts, hintCosts },
    rubric: {
      ...base,
      ...none,
      path,
      hash,
      max,
      checks,
      images,
      packages,
      labs: [...new Set(parts.flatMap((part) => part.rubric.labs))],
    },
  };
}

/** The rubrics that come with a tutorial, by stack; the standard one comes first. */
async function rubricsByStack(tutorial: Tutorial): Promise<ReadonlyMap<string, Rubric>> {
  const dir = dirname(standardRubric(tutorial));
  const others = (await readdir(dir)).filter((name) => name.endsWith('.yaml')).sort();
  const paths = [...new Set([standardRubric(tutorial), ...others.map((name) => join(dir, name))])];
  const found = new Map<string, Rubric>();
  for (const path of paths) {
    const rubric = await loadRubric(path, tutorial);
    const { stack } = mergeLabs(tutorial, rubric.labs);
    if (!found.has(stack)) found.set(stack, rubric);
  }
  return found;
}

/**
 * A stack's rubric as an exam uses it: no part is replaced, what is not reached is not repaired, and a folder without a Compose file is not either. Files
 * of another stack are judged, and fail.
 */
function partRubric(own: Rubric, given: Partial<Pick<Rubric, 'images' | 'packages' | 'limits'>>): Rubric {
  const rubric: Rubric = { ...own, ...given, parts: {}, notShown: 0, empty: 0, without: [] };
  const { path: _, hash: __, max: ___, ...meaning } = rubric;
  return { ...rubric, hash: hashOfMeaning({ exam: 1, ...meaning }) };
}

const rulesOf = (own: Rubric, { images, packages, limits }: ExamRules): Pick<ExamPart, 'rubric' | 'standard'> => ({
  rubric: partRubric(own, { ...(images ? { images } : {}), ...(packages ? { packages } : {}), ...(limits ? { limits } : {}) }),
  standard: partRubric(own, {}),
});

const noRubric = (tutorial: Tutorial, stack: string): LabError =>
  new LabError(
    'E_RUBRIC_INVALID',
    text(`${tutorial.id} has no rubric for the stack ${stack}`, `${tutorial.id} 沒有 ${stack} 這組服務的評分標準`),
    text(
      `add one to labs/${tutorial.id}/rubrics: each fault is judged by the rubric of its stack`,
      `請在 labs/${tutorial.id}/rubrics 加上一份：每個問題都依它那組服務的評分標準判定`,
    ),
  );
