import { CsvError, parse } from 'csv-parse/sync';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { loadPlain } from '../../platform/plain-file.ts';
import { textOfCell } from '../export/csv.ts';
import type { Rubric } from '../rubric/rubric.ts';
import type { Override } from '../types.ts';

const columns = ['student', 'check', 'points', 'reason'] as const;
type Row = Readonly<Record<(typeof columns)[number], string>>;

/**
 * Reads overrides.csv: columns `student`, `check` (empty: the total), `points`, `reason`, in any order; other columns are
 * ignored, and so are rows without points (not decided yet) and repeated headers (of an appended file). Returns none if the file does not exist. Throws LabError E_SUBMISSION with file and line for invalid content, for two
 * lines about the same item of a student, and, with a rubric, for an unknown check and points out of range. `studentOf`: the ID of a student as written.
 */
export async function loadOverrides(
  path: string,
  rubric?: Pick<Rubric, 'max' | 'checks'>,
  studentOf: (written: string) => string = (written) => written,
): Promise<readonly Override[]> {
  const written = await loadPlain(path, { code: 'E_SUBMISSION', hint: howToFix, maxBytes: 64_000_000 });
  if (written === undefined) return [];
  const seen = new Map<string, number>();
  const rows = rowsOf(decoded(written, path), path).filter(({ row }) => row.points !== '' && !isHeader(row));
  return rows.map(({ row, line }) => {
    const wrong = (why: Text) => wrongLine(path, line, why);
    const read = overrideOf(row, wrong);
    const word = { ...read, student: studentOf(read.student) };
    if (rubric) assertWithin(word, rubric.max, (id) => rubric.checks[id]?.points, wrong);
    const key = JSON.stringify([word.student, word.check]);
    const before = seen.get(key);
    if (before !== undefined) throw wrong(text(`line ${before} is about the same already`, `第 ${before} 行已經寫過同一項`));
    seen.set(key, line);
    return word;
  });
}

const isHeader = (row: Row): boolean => columns.every((name) => row[name].replace('\ufeff', '').toLowerCase() === name);

/**
 * Throws LabError E_SUBMISSION if the list of open grades has points: `lab grade` writes that file again, and the decisions would be lost.
 */
export async function assertUndecided(path: string, into: string): Promise<void> {
  if ((await loadOverrides(path)).length === 0) return;
  throw new LabError(
    'E_SUBMISSION',
    text(`${path} has points, but decisions are read from ${into} only`, `${path} 裡有分數，但決定只會從 ${into} 讀取`),
    text(
      `move these lines to ${into} (or rename the file), then run the same command again`,
      `請把這些行移到 ${into}（或直接改檔名），再執行一次同樣的指令`,
    ),
  );
}

/** The error for a valid override that does not fit the grade. */
export const wrongOverride = ({ student }: Override, why: Text): LabError =>
  new LabError('E_SUBMISSION', text(`override for ${student}: ${why.en}`, `${student} 的人工評分：${why['zh-TW']}`), howToFix);

/** `worth`: the maximum points of a check; undefined: no such check. */
export function assertWithin(
  { check, points }: Override,
  max: number,
  worth: (check: string) => number | undefined,
  wrong: (why: Text) => LabError,
): void {
  const most = check === undefined ? max : worth(check);
  if (most === undefined) throw wrong(text(`there is no check ${check}`, `沒有檢查 ${check}`));
  if (!(points >= 0 && points <= most))
    throw wrong(text(`${points} points is not from 0 to ${most}`, `${points} 分不在 0 到 ${most} 之間`));
}

function decoded(written: Buffer, path: string): string {
  try {
    // One kind of line ending: the parser counts Windows line endings twice within quotes.
    return new TextDecoder('utf-8', { fatal: true }).decode(written).replace(/\r\n?/g, '\n');
  } catch (error) {
    const message = text(`${path} is not in UTF-8`, `${path} 的編碼不是 UTF-8`);
    throw new LabError('E_SUBMISSION', message, text('save it as “CSV UTF-8”', '請另存成「CSV UTF-8」'), { cause: error });
  }
}

function rowsOf(source: string, path: string): { readonly row: Row; readonly line: number }[] {
  try {
    const rows = parse<Row>(source, {
      columns: (names: readonly string[]) => headerOf(names, path),
      info: true,
      trim: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as { record: Row; info: { lines: number } }[];
    // A quoted reason may span several lines; the parser reports the record's last line.
    const breaks = (row: Row) => Object.values(row).join('').split('\n').length - 1;
    return rows.map(({ record, info }) => ({ row: record, line: info.lines - breaks(record) }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const [what = ''] = error.message.split(':');
    throw wrongLine(path, Number(error['lines']), text(`no CSV: ${what}`, `不是有效的 CSV：${what}`));
  }
}

function headerOf(names: readonly string[], path: string): string[] {
  const header = names.map((name) => name.trim().toLowerCase());
  const wrong = columns.find((name) => header.filter((one) => one === name).length !== 1);
  if (wrong !== undefined)
    throw wrongLine(
      path,
      1,
      header.includes(wrong)
        ? text(`the column ${wrong} occurs twice`, `欄位 ${wrong} 出現了兩次`)
        : text(`there is no column ${wrong}`, `沒有欄位 ${wrong}`),
    );
  return header;
}

function overrideOf({ student, check, points, reason }: Row, wrong: (why: Text) => LabError): Override {
  if (student === '') throw wrong(text('no student', '缺少學生'));
  if (check !== '' && !/^[\w-]+\/[\w-]+$/.test(check))
    throw wrong(
      text(`${check} is no check such as up/networks-are-as-drawn`, `${check} 不是檢查的名稱，例如 up/networks-are-as-drawn`),
    );
  if (!/^\d+(\.\d{1,2})?$/.test(points))
    throw wrong(
      text(
        `points are to be a number from 0, at most two decimals, saw "${points}"`,
        `points 應該是 0 以上的數字，小數最多兩位，實際是「${points}」`,
      ),
    );
  if (reason === '') throw wrong(text('no reason: the student reads it', '缺少理由：學生會看到這項內容'));
  return { student: textOfCell(student), ...(check === '' ? {} : { check }), points: Number(points), reason };
}

const wrongLine = (path: string, line: number, why: Text): LabError =>
  new LabError('E_SUBMISSION', text(`${path}:${line}: ${why.en}`, `${path}:${line}：${why['zh-TW']}`), howToFix);

const howToFix = text(
  'correct overrides.csv; its columns are student, check (empty: the total), points, reason',
  '請修正 overrides.csv；欄位是 student、check（留空代表總分）、points、reason',
);
