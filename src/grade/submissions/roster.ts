import { CsvError, parse } from 'csv-parse/sync';
import { LabError } from '../../lab/error.ts';
import { langs, type Text, text } from '../../lab/text.ts';
import { loadPlain } from '../../platform/plain-file.ts';
import type { Student } from '../types.ts';

/** A class, in the order of its file. */
export interface Roster {
  readonly students: readonly Student[];
}

type Row = Readonly<Record<string, string>>;

/** Header names in use, in lower case. The first one with a value counts. */
const idNames = [
  ['id', 'student id', 'student_id', 'studentid', 'student number', 'sid', '學號'],
  ['sis user id', 'id number', 'idnumber', 'roster_identifier', 'sis login id', 'username', 'login', 'github_username'],
];
const nameNames = ['name', 'full name', 'student name', 'student', '姓名', '全名'];
const emailNames = ['email', 'email address', 'e-mail', '電子郵件', '電子郵件信箱', '信箱'];

/** Columns that export formats need, or by which submissions are found. All others are ignored. */
const kept = [
  'Student',
  'ID',
  'SIS User ID',
  'SIS Login ID',
  'Integration ID',
  'Root Account',
  'Section',
  'Identifier',
  'Full name',
  'Email address',
  'Status',
  'Grade can be changed',
  'Last modified (submission)',
  'Last modified (grade)',
  'Username',
  'github_username',
  'student_repository_name',
];

/**
 * Loads a roster: a CSV with columns id, name and email, or an export of Canvas's gradebook, Moodle's grading worksheet or list
 * of participants, or GitHub Classroom. A pipe is read until the signal. Throws LabError E_SUBMISSION, with file and line, for
 * content that cannot be parsed and for a duplicate ID.
 */
export async function loadRoster(path: string, signal?: AbortSignal): Promise<Roster> {
  const { header, rows } = tableOf(await written(path, signal), path);
  const isCanvas = header.includes('SIS Login ID') || header.includes('SIS User ID');
  const lines = new Map<string, number>();
  const students = rows
    // Canvas's extra lines: whether grades are posted, and the points possible
    .filter(({ row }) => !isCanvas || !/^(?:|points possible)$/i.test(row['Student']?.trim() ?? ''))
    .map(({ row, line }) => {
      const student = studentOf(row, isCanvas);
      if (student.id === '') throw wrong(path, line, text('no ID', '沒有學號或其他識別碼'));
      const before = lines.get(student.id);
      if (before !== undefined) {
        throw wrong(path, line, text(`${student.id} is already in line ${before}`, `${student.id} 已經在第 ${before} 行`));
      }
      lines.set(student.id, line);
      return student;
    });
  if (students.length === 0) throw wrong(path, 1, text('no student', '沒有任何學生'));
  return { students };
}

function studentOf(row: Row, isCanvas: boolean): Student {
  const low = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value.trim()]));
  const first = (names: readonly string[]) =>
    names.map((name) => low.get(name)).find((value) => value !== undefined && value !== '');
  const [plain = [], others = []] = idNames;
  // Canvas's own ID is an internal number; Moodle's is "Participant 123", Classroom's is chosen by the teacher.
  const identifier = low.has('full name') ? /\d+$/.exec(low.get('identifier') ?? '')?.[0] : low.get('identifier');
  const id = isCanvas
    ? (first(others) ?? low.get('id'))
    : (first(plain) ?? first(others.slice(0, 3)) ?? (identifier || first(others)));
  const both = [low.get('first name'), low.get('last name') ?? low.get('surname')].filter((part) => part).join(' ');
  const name = first(nameNames) ?? both;
  const email = first(emailNames);
  const lang = langs.find((one) => one.toLowerCase() === low.get('lang')?.toLowerCase().replace('_', '-'));
  const columns = Object.fromEntries(kept.flatMap((one) => (row[one] === undefined ? [] : [[one, row[one]]])));
  return {
    id: id ?? '',
    ...(name === '' ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(lang === undefined ? {} : { lang }),
    ...(Object.keys(columns).length === 0 ? {} : { columns }),
  };
}

function tableOf(source: string, path: string): { header: readonly string[]; rows: readonly { row: Row; line: number }[] } {
  const top = source.split('\n', 1)[0] ?? '';
  const [delimiter = ','] = [',', ';', '\t'].sort((a, b) => top.split(b).length - top.split(a).length);
  try {
    let header: string[] = [];
    const rows = parse<Row>(source, {
      delimiter,
      info: true,
      columns: (names: readonly string[]) => {
        header = headerOf(names, path);
        return header;
      },
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as { record: Row; info: { lines: number } }[];
    return { header, rows: rows.map(({ record, info }) => ({ row: record, line: info.lines })) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const [what = ''] = error.message.split(':');
    throw wrong(path, Number(error['lines']), text(`not valid CSV: ${what}`, `不是有效的 CSV：${what}`));
  }
}

function headerOf(names: readonly string[], path: string): string[] {
  const header = names.map((name) => name.trim());
  const known = new Set([...idNames.flat(), 'identifier']);
  if (!header.some((name) => known.has(name.toLowerCase()))) {
    const seen = header.join(', ').slice(0, 120);
    throw wrong(path, 1, text(`no column identifies the students: ${seen}`, `沒有可以識別學生的欄位：${seen}`));
  }
  const twice = header.find((name, at) => name !== '' && header.indexOf(name) !== at);
  if (twice !== undefined) throw wrong(path, 1, text(`the column ${twice} occurs twice`, `欄位 ${twice} 出現了兩次`));
  return header;
}

async function written(path: string, signal: AbortSignal | undefined): Promise<string> {
  const loading = { code: 'E_SUBMISSION', hint: howToFix, maxBytes: 64_000_000 } as const;
  const bytes = await loadPlain(path, { ...loading, ...(signal ? { pipe: signal } : {}) });
  if (!bytes) throw new LabError('E_SUBMISSION', text(`there is no file ${path}`, `沒有檔案 ${path}`), howToFix);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
  } catch (error) {
    const message = text(`${path} is not in UTF-8`, `${path} 的編碼不是 UTF-8`);
    throw new LabError('E_SUBMISSION', message, text('save it as “CSV UTF-8”', '請另存成「CSV UTF-8」'), { cause: error });
  }
}

const wrong = (path: string, line: number, why: Text): LabError =>
  new LabError('E_SUBMISSION', text(`${path}:${line}: ${why.en}`, `${path}:${line}：${why['zh-TW']}`), howToFix);

const howToFix = text(
  'a roster is a CSV with the columns id, name, email, or what Canvas, Moodle or GitHub Classroom exports',
  '名單是有 id、name、email 欄位的 CSV，或 Canvas、Moodle、GitHub Classroom 匯出的檔案',
);
