import { parseMoment } from '../../formats/moment.ts';
import { type Text, text } from '../../lab/text.ts';
import { loadTable, wrongLine } from '../csv-table.ts';
import { textOfCell } from '../export/csv.ts';

/** What the teacher granted a student. */
export interface Extension {
  readonly dueMs?: number;
  /** In addition to those of the rubric. */
  readonly graceDays?: number;
  readonly reason: string;
}

/**
 * Reads extensions.csv: columns `student`, `due` (empty: as in the rubric), `graceDays`, `reason`. `zone` is of times without an offset. None if the
 * file does not exist. Throws LabError E_SUBMISSION with file and line for invalid content and for two lines about a student.
 */
export async function loadExtensions(path: string, zone: string): Promise<ReadonlyMap<string, Extension>> {
  const rows = (await loadTable(path, ['student', 'due', 'gracedays', 'reason'], howToFix)) ?? [];
  const found = new Map<string, Extension>();
  for (const { row, line } of rows) {
    const wrong = (why: Text) => wrongLine(path, line, why, howToFix);
    const student = textOfCell(row.student);
    if (student === '') throw wrong(text('no student', '缺少學生'));
    if (found.has(student)) throw wrong(text(`another line is about ${student} already`, `已有另一行是 ${student}`));
    if (row.due === '' && row.gracedays === '') throw wrong(text('neither due nor graceDays', 'due 和 graceDays 都沒有填'));
    if (row.gracedays !== '' && !/^\d{1,3}$/.test(row.gracedays))
      throw wrong(
        text(`graceDays is to be a whole number, saw "${row.gracedays}"`, `graceDays 應該是整數，實際是「${row.gracedays}」`),
      );
    if (row.reason === '') throw wrong(text('no reason: the student reads it', '缺少理由：學生會看到這項內容'));
    const due = row.due === '' ? undefined : parseMoment(row.due, zone, { dateMeans: 'end', twice: 'later' });
    if (due && 'wrong' in due) throw wrong(text(`due: ${due.wrong.en}`, `due：${due.wrong['zh-TW']}`));
    found.set(student, {
      ...(due ? { dueMs: due.ms } : {}),
      ...(row.gracedays === '' ? {} : { graceDays: Number(row.gracedays) }),
      reason: row.reason,
    });
  }
  return found;
}

const howToFix = text(
  'correct extensions.csv; its columns are student, due, graceDays, reason',
  '請修正 extensions.csv；欄位是 student、due、graceDays、reason',
);
