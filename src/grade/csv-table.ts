import { CsvError, parse } from 'csv-parse/sync';
import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';
import { loadPlain } from '../platform/plain-file.ts';

/** A row of a CSV file that a teacher writes, and its line. */
export interface TableRow<C extends string, O extends string = never> {
  readonly row: Readonly<Record<C, string> & Partial<Record<O, string>>>;
  readonly line: number;
}

/**
 * Reads a CSV file (UTF-8) with these columns in any order, upper or lower case; `optional` ones may be absent, others are ignored. Undefined: there is no such file. Throws LabError E_SUBMISSION with file
 * and line, and `hint`, if it cannot be read or parsed, or if a column is absent or occurs twice.
 */
export async function loadTable<C extends string, O extends string = never>(
  path: string,
  columns: readonly C[],
  hint: Text,
  optional: readonly O[] = [],
): Promise<readonly TableRow<C, O>[] | undefined> {
  const written = await loadPlain(path, { code: 'E_SUBMISSION', hint, maxBytes: 64_000_000 });
  if (written === undefined) return undefined;
  const wrong = (line: number, why: Text) => wrongLine(path, line, why, hint);
  try {
    const rows = parse<Readonly<Record<string, string>>>(decoded(written, path), {
      columns: (names: readonly string[]) => headerOf(names, columns, optional, wrong),
      info: true,
      trim: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as { record: TableRow<C, O>['row']; info: { lines: number } }[];
    // A quoted value may span several lines; the parser reports the record's last line.
    const breaks = (row: TableRow<C, O>['row']) => Object.values(row).join('').split('\n').length - 1;
    return rows.map(({ record, info }) => ({ row: record, line: info.lines - breaks(record) }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const [what = ''] = error.message.split(':');
    throw wrong(Number(error['lines']), text(`no CSV: ${what}`, `不是有效的 CSV：${what}`));
  }
}

/** The error for a line of such a file. */
export const wrongLine = (path: string, line: number, why: Text, hint: Text): LabError =>
  new LabError('E_SUBMISSION', text(`${path}:${line}: ${why.en}`, `${path}:${line}：${why['zh-TW']}`), hint);

function decoded(written: Buffer, path: string): string {
  try {
    // One kind of line ending: the parser counts Windows line endings twice within quotes.
    return new TextDecoder('utf-8', { fatal: true }).decode(written).replace(/\r\n?/g, '\n');
  } catch (error) {
    const message = text(`${path} is not in UTF-8`, `${path} 的編碼不是 UTF-8`);
    throw new LabError('E_SUBMISSION', message, text('save it as “CSV UTF-8”', '請另存成「CSV UTF-8」'), { cause: error });
  }
}

function headerOf(
  names: readonly string[],
  columns: readonly string[],
  optional: readonly string[],
  wrong: (line: number, why: Text) => LabError,
): string[] {
  const header = names.map((name) => name.trim().toLowerCase());
  const times = (name: string) => header.filter((one) => one === name).length;
  const off = columns.find((name) => times(name) !== 1) ?? optional.find((name) => times(name) > 1);
  if (off !== undefined)
    throw wrong(
      1,
      header.includes(off)
        ? text(`the column ${off} occurs twice`, `欄位 ${off} 出現了兩次`)
        : text(`there is no column ${off}`, `沒有欄位 ${off}`),
    );
  return header;
}
