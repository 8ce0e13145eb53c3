import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { loadTable, wrongLine } from '../csv-table.ts';
import { textOfCell } from '../export/csv.ts';

/**
 * Reads the grace days that students used in earlier assignments: columns `student`, `used`, as in the grace-days.csv that `lab grade` writes. Throws
 * LabError E_SUBMISSION if there is no such file, and with file and line for invalid content.
 */
export async function loadGraceUsed(path: string): Promise<ReadonlyMap<string, number>> {
  const rows = await loadTable(path, ['student', 'used'], howToFix);
  if (!rows) throw new LabError('E_SUBMISSION', text(`there is no file ${path}`, `沒有檔案 ${path}`), howToFix);
  const found = new Map<string, number>();
  for (const { row, line } of rows) {
    const wrong = (why: Text) => wrongLine(path, line, why, howToFix);
    const student = textOfCell(row.student);
    if (student === '') throw wrong(text('no student', '缺少學生'));
    if (found.has(student)) throw wrong(text(`another line is about ${student} already`, `已有另一行是 ${student}`));
    if (!/^\d{1,4}$/.test(row.used))
      throw wrong(text(`used is to be a whole number, saw "${row.used}"`, `used 應該是整數，實際是「${row.used}」`));
    found.set(student, Number(row.used));
  }
  return found;
}

const howToFix = text(
  'name the grace-days.csv of the assignment before; its columns are student, used',
  '請指定前一次作業的 grace-days.csv；欄位是 student、used',
);
