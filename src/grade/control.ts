import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import { type Bench, type Company, gradeOne } from './one.ts';

/**
 * Grades the reference solution at `path`. Throws LabError E_CONTROL where it loses a point, and what `gradeOne` throws.
 */
export async function control(path: string, bench: Bench, signal: AbortSignal, company: Company): Promise<void> {
  const { grade } = await gradeOne(path, bench, signal, (_, work) => work(), company);
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
      'look with `lab doctor` and grade with fewer --jobs; the same command goes on, and those graded since the reference solution last got all points are graded again',
      '用 `lab doctor` 檢查，並減少 --jobs；再執行同樣的指令就會繼續，參考解答上次拿到滿分之後評的那些會重新評分',
    ),
  );
}
