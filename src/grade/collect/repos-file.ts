import { dirname, resolve } from 'node:path';
import { parseMoment } from '../../formats/moment.ts';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { loadTable, wrongLine } from '../csv-table.ts';
import { textOfCell } from '../export/csv.ts';
import { isJunk, withoutEnding } from '../submissions/archive-entry.ts';
import { moodleLabel } from '../submissions/lms-filenames.ts';
import { keyOf, partsOf } from '../submissions/names/safe-paths.ts';
import type { Extension } from '../term/extensions-file.ts';
import { isBranchName } from './mirror.ts';
import { parseRepository, type Repository } from './repository.ts';

/** A student's repository, and until when a commit counts. */
export interface Wanted {
  /** Also the name of the student's folder. */
  readonly student: string;
  readonly repository: Repository;
  readonly branch?: string;
  readonly dueMs: number;
}

/** What the deadlines depend on. */
export interface Deadlines {
  /** For students without a deadline of their own. */
  readonly beforeMs: number | undefined;
  /** Of times without an offset. */
  readonly zone: string;
  readonly extensions: ReadonlyMap<string, Extension>;
}

/** The columns of `gh classroom assignment-grades` that name the student and the repository. */
const classroom = ['roster_identifier', 'github_username', 'student_repository_url'] as const;

/**
 * Reads the list of repositories: columns `student`, `repository`, and if present `branch` and `due`; or the columns of GitHub Classroom. Throws LabError
 * E_SUBMISSION, with file and line, for a line that is wrong, and for an extension of a student who is not listed.
 */
export async function loadRepos(path: string, deadlines: Deadlines): Promise<readonly Wanted[]> {
  const rows = await loadTable(path, [], howToFix, ['student', 'repository', 'branch', 'due', ...classroom]);
  if (!rows) throw new LabError('E_SUBMISSION', text(`there is no file ${path}`, `沒有檔案 ${path}`), howToFix);
  const lines = new Map<string, number>();
  const all = rows.map(({ row, line }): Wanted => {
    const wrong = (why: Text) => wrongLine(path, line, why, howToFix);
    const written = row.repository ?? row.student_repository_url;
    if (row.student === undefined && row.roster_identifier === undefined && row.github_username === undefined)
      throw wrongLine(path, 1, noColumn('student'), howToFix);
    if (written === undefined) throw wrongLine(path, 1, noColumn('repository'), howToFix);
    const student = textOfCell(row.student ?? (row.roster_identifier || row.github_username || ''));
    if (student === '') throw wrong(text('no student', '缺少學生'));
    if (!isFolderName(student)) throw wrong(text(`${student} can't be the name of a folder`, `${student} 不能作為資料夾名稱`));
    const before = lines.get(keyOf(student));
    if (before !== undefined) throw wrong(text(`${student} is already in line ${before}`, `${student} 已經在第 ${before} 行`));
    lines.set(keyOf(student), line);
    const repository = parseRepository(textOfCell(written), dirname(resolve(path)));
    if ('wrong' in repository) throw wrong(repository.wrong);
    const branch = row.branch || undefined;
    if (branch !== undefined && !isBranchName(branch)) throw wrong(text(`${branch} is not a branch`, `${branch} 不是分支名稱`));
    return { student, repository, ...(branch ? { branch } : {}), dueMs: dueOf(student, row.due, deadlines, wrong) };
  });
  if (all.length === 0) throw wrongLine(path, 1, text('no student', '沒有任何學生'), howToFix);
  const unknown = [...deadlines.extensions.keys()].find((student) => !all.some((one) => one.student === student));
  if (unknown === undefined) return all;
  throw new LabError(
    'E_SUBMISSION',
    text(`${unknown} has an extension, but is not in ${path}`, `${unknown} 有延長期限，但不在 ${path} 裡`),
    text('correct the name in one of the files', '請修正其中一個檔案裡的名稱'),
  );
}

function dueOf(
  student: string,
  own: string | undefined,
  { beforeMs, zone, extensions }: Deadlines,
  wrong: (why: Text) => LabError,
): number {
  const parsed = own ? parseMoment(own, zone, { dateMeans: 'end', twice: 'later' }) : undefined;
  if (parsed && 'wrong' in parsed) throw wrong(text(`due: ${parsed.wrong.en}`, `due：${parsed.wrong['zh-TW']}`));
  const due = extensions.get(student)?.dueMs ?? parsed?.ms ?? beforeMs;
  if (due === undefined)
    throw wrong(
      text(`${student} has no deadline: fill in due, or use --before`, `${student} 沒有截止時間：請填寫 due，或加上 --before`),
    );
  return due;
}

const noColumn = (name: string): Text => text(`there is no column ${name}`, `沒有欄位 ${name}`);

/** Names that `lab grade` shows unchanged, and that no program reads as an option or a formula. */
function isFolderName(name: string): boolean {
  const named = partsOf(Buffer.from(name));
  const isOne = 'parts' in named && named.parts.length === 1 && named.parts[0] === name;
  const isPlain = /^[\p{L}\p{N}_][^/\\:*?"<>|]{0,99}$/u.test(name) && !/[. ]$/.test(name) && name.normalize('NFC') === name;
  const isOwn = keyOf(name) !== 'collected.csv';
  return isOne && isPlain && isOwn && !isJunk(name) && withoutEnding(name) === name && moodleLabel(name) === 'none';
}

const howToFix = text(
  'the columns are student, repository, and if you like branch and due; or those of GitHub Classroom: roster_identifier, github_username, student_repository_url',
  '欄位是 student、repository，也可以有 branch 與 due；或 GitHub Classroom 的 roster_identifier、github_username、student_repository_url',
);
