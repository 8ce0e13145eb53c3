import { parseMoment } from '../../formats/moment.ts';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { loadTable, wrongLine } from '../csv-table.ts';
import { textOfCell } from '../export/csv.ts';

/** A submission's time in a teacher's file. */
export interface ListedTime {
  readonly student: string;
  /** The name of the folder or archive; left out: the student's only submission. */
  readonly folder?: string;
  /** Left out: not known. */
  readonly ms?: number;
  /** What the file says about where the time is from. */
  readonly from?: string;
}

/**
 * Reads a file of `--times`: the columns `student` and `time`, and if present `source` or `folder` (the submission's folder or archive) and
 * `time_source`. `zone` is of times without an offset; undefined: they need one. Throws LabError E_SUBMISSION if there is no such file, and with file
 * and line for invalid content.
 */
export async function loadTimes(path: string, zone: string | undefined): Promise<readonly ListedTime[]> {
  const rows = await loadTable(path, ['student', 'time'], howToFix, ['source', 'folder', 'time_source']);
  if (!rows) throw new LabError('E_SUBMISSION', text(`there is no file ${path}`, `沒有檔案 ${path}`), howToFix);
  const lines = new Map<string, number>();
  return rows.flatMap(({ row, line }): ListedTime[] => {
    const wrong = (why: Text) => wrongLine(path, line, why, howToFix);
    const student = textOfCell(row.student);
    if (student === '') throw wrong(text('no student', '缺少學生'));
    const folder = textOfCell(row.source || row.folder || '');
    // a student without a submission has neither
    if (row.time === '' && folder === '') return [];
    const key = JSON.stringify([student, folder]);
    const before = lines.get(key);
    if (before !== undefined)
      throw wrong(
        text(
          `line ${before} is about ${student} already; name the folder of each submission in a column source`,
          `第 ${before} 行已經是 ${student}；請在 source 欄位寫每份作業的資料夾`,
        ),
      );
    lines.set(key, line);
    const parsed = row.time === '' ? undefined : parseMoment(row.time, zone);
    if (parsed && 'wrong' in parsed) throw wrong(text(`time: ${parsed.wrong.en}`, `time：${parsed.wrong['zh-TW']}`));
    return [
      {
        student,
        ...(folder === '' ? {} : { folder }),
        ...(parsed ? { ms: parsed.ms } : {}),
        ...(row.time_source ? { from: row.time_source } : {}),
      },
    ];
  });
}

const howToFix = text(
  'correct the file of --times; its columns are student, time, and if you like source (the folder) and time_source',
  '請修正 --times 的檔案；欄位是 student、time，也可以有 source（資料夾）與 time_source',
);
