import { basename, dirname, join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { type Lang, text } from '../../lab/text.ts';
import { replaceFile } from '../../platform/atomic-file.ts';
import { lock } from '../../platform/lock.ts';
import { shortHash } from '../../platform/state-dirs.ts';
import { onPath } from '../../platform/system-error.ts';
import { loadTable } from '../csv-table.ts';
import { cell, csv, textOfCell } from '../export/csv.ts';
import { lmsFiles } from '../export/formats.ts';
import type { Gradebook, Student } from '../types.ts';
import type { KnownIdentity } from './hide-class.ts';

/** For the owner only. */
const mode = 0o600;
const columns = ['pseudonym', 'id', 'name', 'email', 'source'] as const;
type Row = Readonly<Record<(typeof columns)[number], string>>;

/** The file beside a key file that maps pseudonyms back. */
const identitiesFile = (key: string): string => join(dirname(key), 'identities.csv');

/**
 * Adds a class to `identities.csv` beside the key file: rows of earlier classes stay. Returns its path. Throws LabError E_USAGE if that file is not
 * labwright's, and the system's error if it cannot be written.
 */
export async function writeIdentities(key: string, identities: readonly KnownIdentity[]): Promise<string> {
  const file = identitiesFile(key);
  // another class with this key may be graded at the same time
  await using _ = await lock(`${file}.lock`);
  const before = (await loadTable(file, columns, moveIt).catch(notOurs)) ?? [];
  const rows = new Map(before.map(({ row }): [string, Row] => [textOfCell(row.pseudonym), row]));
  for (const { pseudonym, student, source } of identities) {
    const { id = '', name = '', email = '' } = student ?? {};
    rows.set(pseudonym, { pseudonym, id: cell(id), name: cell(name), email: cell(email), source: cell(source) });
  }
  const table = csv([columns, ...[...rows.values()].map((row) => columns.map((column) => row[column]))], { bom: true });
  await onPath(file, () => replaceFile(file, [table], mode));
  return file;
}

const moveIt = text('move that file away, or keep the key file in another folder', '請移走這個檔案，或把金鑰檔放在別的資料夾');

function notOurs(error: unknown): never {
  if (!(error instanceof LabError)) throw error;
  throw new LabError('E_USAGE', error.text, moveIt, { cause: error });
}

/**
 * Writes the files that an LMS imports beside the key file, because they need real IDs. `out` is in their names: several assignments can have one key. Returns
 * their paths.
 */
export async function writeLmsFiles(
  key: string,
  out: string,
  book: Gradebook,
  identities: readonly KnownIdentity[],
  lang: Lang,
): Promise<readonly string[]> {
  const students = new Map(
    identities.flatMap(({ pseudonym, student }): [string, Student][] => (student ? [[pseudonym, student]] : [])),
  );
  const real = {
    ...book,
    entries: book.entries.map((entry) => ({ ...entry, student: students.get(entry.student.id) ?? entry.student })),
  };
  const folder = basename(out).replaceAll(/[^\p{L}\p{N}_-]/gu, '-');
  const files = lmsFiles(real, lang).map(({ path, parts }) => ({
    file: join(dirname(key), `${path.replace(/\.csv$/, '')}-${folder}-${shortHash(out)}.csv`),
    parts,
  }));
  for (const { file, parts } of files) await onPath(file, () => replaceFile(file, parts(), mode));
  return files.map(({ file }) => file);
}
