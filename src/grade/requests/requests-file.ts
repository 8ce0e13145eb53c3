import { type Text, text } from '../../lab/text.ts';
import { loadTable, wrongLine } from '../csv-table.ts';
import { textOfCell } from '../export/csv.ts';
import type { Rubric } from '../rubric/rubric.ts';
import type { RegradeRequest } from '../types.ts';

/** A line of requests.csv. */
export interface WrittenRequest extends Omit<RegradeRequest, 'about'> {
  readonly student: string;
}

const columns = ['student', 'check', 'reason', 'decision', 'answer'] as const;

/**
 * Reads requests.csv: the columns `student`, `check` (empty: the total), `reason` (of the student), `decision` (`accepted`, `rejected`, empty: open) and
 * `answer`. None if the file does not exist. Throws LabError E_SUBMISSION with file and line for invalid content, an unknown check, a rejection without an
 * answer, and two open requests about the same item. `studentOf`: the ID of a student as written.
 */
export async function loadRequests(
  path: string,
  { checks }: Pick<Rubric, 'checks'>,
  studentOf: (written: string) => string = (written) => written,
): Promise<readonly WrittenRequest[]> {
  const rows = (await loadTable(path, columns, howToFix)) ?? [];
  const open = new Map<string, number>();
  return rows.map(({ row, line }) => {
    const wrong = (why: Text) => wrongLine(path, line, why, howToFix);
    const { check, reason, answer } = row;
    if (row.student === '') throw wrong(text('no student', '缺少學生'));
    if (check !== '' && !checks[check]) throw wrong(text(`there is no check ${check}`, `沒有檢查 ${check}`));
    if (reason === '') throw wrong(text('no reason', '缺少理由'));
    const decision = decisionOf(row.decision, wrong);
    if (decision === undefined && answer !== '')
      throw wrong(text('an answer without a decision: accepted or rejected', '有回覆但沒有決定：請寫 accepted 或 rejected'));
    if (decision === 'rejected' && answer === '')
      throw wrong(text('no answer: the student reads why it was rejected', '缺少回覆：學生會看到不接受的原因'));
    const student = studentOf(textOfCell(row.student));
    const key = JSON.stringify([student, check]);
    const before = open.get(key);
    if (decision === undefined && before !== undefined)
      throw wrong(text(`line ${before} is an open request about the same`, `第 ${before} 行是同一項、尚未決定的申請`));
    if (decision === undefined) open.set(key, line);
    return {
      student,
      ...(check === '' ? {} : { check }),
      reason,
      ...(decision === undefined ? {} : { decision }),
      ...(answer === '' ? {} : { answer }),
    };
  });
}

function decisionOf(written: string, wrong: (why: Text) => Error): RegradeRequest['decision'] {
  const decision = written.toLowerCase();
  if (decision === '') return undefined;
  if (decision === 'accepted' || decision === 'rejected') return decision;
  throw wrong(
    text(
      `a decision is accepted, rejected or empty, saw "${written}"`,
      `決定必須是 accepted、rejected 或空白，實際是「${written}」`,
    ),
  );
}

const howToFix = text(
  'correct requests.csv; its columns are student, check (empty: the total), reason, decision (accepted, rejected, empty: open), answer',
  '請修正 requests.csv；欄位是 student、check（留空代表總分）、reason、decision（accepted、rejected，留空代表未決定）、answer',
);
