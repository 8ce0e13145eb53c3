import { realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Student } from '../grade.ts';
import { isArchiveName } from './item.ts';
import { canvasLabels, type Label, moodleLabel, plainLabel } from './layout.ts';
import { matching } from './match.ts';
import { bareNames, isComposeName } from './project.ts';
import { Refused } from './refusal.ts';
import type { Roster } from './roster.ts';
import { archiveTree, type Child, folderTree, type Tree } from './tree.ts';

export interface Found {
  readonly student: Student;
  /** As the teacher named it. */
  readonly source: string;
  /** Absolute. It may go on inside an archive: `/x/class.zip/ann`. */
  readonly path: string;
}

/** A submission by its name in a folder; '' is the folder itself. */
interface Entry {
  readonly name: string;
  readonly label: Label;
}

/**
 * The submissions that paths mean: each is one, or a folder or an archive of them, in order of names. With a roster, `missing` are those who handed in
 * nothing. `stacks`: what the folders of projects are called where a submission has several. Throws LabError E_SUBMISSION for a path that holds none, for
 * two that would be one student's, and where it can not be told whose one is.
 */
export async function findSubmissions(
  paths: readonly string[],
  roster?: Roster,
  stacks: readonly string[] = [],
): Promise<{ found: readonly Found[]; missing: readonly Student[] }> {
  const found: Found[] = [];
  for (const path of paths) {
    const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
      throw problem(text(`${path} can't be read (${error.code})`, `無法讀取 ${path}（${error.code}）`), giveSubmissions, error);
    });
    // what `.` is called is known only in full
    const name = basename(resolve(path));
    for (const entry of await entriesOf(path, real, name, roster, stacks)) {
      const source = entry.name === '' ? path : join(path, entry.name);
      const student = studentOf(entry, entry.name === '' ? name : entry.name, source, roster);
      found.push({ student, source, path: join(real, entry.name) });
    }
  }
  const sources = new Map<string, string>();
  for (const { student, source } of found) {
    const before = sources.get(student.id);
    if (before !== undefined) {
      throw problem(
        text(`two submissions are ${student.id}'s: ${before} and ${source}`, `${student.id} 有兩份作業：${before} 與 ${source}`),
        text('leave one of them out, or rename the one that is not theirs', '請拿掉其中一份，或把不屬於這位學生的那份改名'),
      );
    }
    sources.set(student.id, source);
  }
  return { found, missing: roster?.students.filter(({ id }) => !sources.has(id)) ?? [] };
}

async function entriesOf(
  path: string,
  real: string,
  name: string,
  roster: Roster | undefined,
  stacks: readonly string[],
): Promise<readonly Entry[]> {
  const itself: Entry = { name: '', label: labelOf(name) };
  const here = await stat(real);
  if (!here.isDirectory() && !(here.isFile() && isArchiveName(name))) {
    throw problem(text(`${path} is neither a folder nor an archive`, `${path} 不是資料夾，也不是壓縮檔`), giveSubmissions);
  }
  let tree: Tree;
  try {
    tree = here.isDirectory() ? folderTree(real) : await archiveTree(real);
  } catch (error) {
    // why, is told when it is unpacked
    if (error instanceof Refused) return [itself];
    throw error;
  }
  const entries = await listOf(tree, name, roster, stacks);
  if (entries === 'itself') return [itself];
  if (entries.length > 0) return entries;
  throw problem(text(`there is no submission in ${path}`, `${path} 裡沒有任何作業`), giveSubmissions);
}

/** What a folder holds, unless it is a submission itself. */
async function listOf(
  tree: Tree,
  name: string,
  roster: Roster | undefined,
  stacks: readonly string[],
): Promise<readonly Entry[] | 'itself'> {
  const top = await tree.children('');
  if (top.length === 0) return tree.isArchive ? 'itself' : [];
  if (top.some(isComposeFile) || isBare(top)) return 'itself';
  const [only] = top;
  const wraps = tree.isArchive && top.length === 1 && only?.kind === 'folder' && !isSystems(only.name);
  const base = wraps ? only.name : '';
  const children = wraps ? await tree.children(base) : top;
  if (wraps && children.some(isComposeFile)) return 'itself';
  const entries = label(children, wraps ? base : name);
  const known = entries.filter(
    ({ label: one, name: own }) => one.layout !== 'plain' || (roster && matching(one, own, roster).length > 0),
  );
  const holding: string[] = [];
  for (const { name: own } of entries) if (await looksLikeOne(tree, join(base, own))) holding.push(own);
  // folders that are named as stacks are nobody's names
  if (holding.length > 0 && holding.every((own) => stacks.includes(own))) return 'itself';
  if (known.length === 0 && isOneInAll(tree, entries, holding, await tree.hasGit(base))) return 'itself';
  return entries.map((entry) => ({ ...entry, name: join(base, entry.name) }));
}

/** One submission whose project lies a folder down, or is not there at all; not a class. */
function isOneInAll(tree: Tree, entries: readonly Entry[], holding: readonly string[], isRepository: boolean): boolean {
  if (entries.length > 0 && holding.length === 0) return true;
  const [only] = holding;
  if (only === undefined || holding.length > 1) return false;
  // a lone archive in a folder is the first of a class
  if (isArchiveName(only) && !tree.isArchive) return isRepository;
  return entries.length === 1 || isRepository;
}

/** Children that may be submissions, with what their names tell. */
function label(children: readonly Child[], above: string): Entry[] {
  const files = children.filter(({ kind }) => kind === 'file').map(({ name }) => name);
  const canvas = canvasLabels(files.filter((name) => isArchiveName(name) || /_\d+_/.test(name)));
  const cloned = above.endsWith('-submissions') ? above.slice(0, -'submissions'.length) : '';
  const entries = children.flatMap(({ name, kind }): Entry[] => {
    if (kind === 'other') return [];
    const moodle = moodleLabel(name);
    if (moodle === undefined) return [];
    if (moodle !== 'none') return [{ name, label: moodle }];
    const own = canvas.get(name);
    if (own) return [{ name, label: own }];
    return kind === 'file' && !isArchiveName(name) ? [] : [{ name, label: plainLabel(name, cloned) }];
  });
  // Systems put all files that a student uploaded side by side. With an archive among them, the others are reports and pictures.
  const packed = new Set(entries.filter(({ name }) => isArchiveName(name)).map(({ label: one }) => one.id));
  const isLoose = ({ name }: Entry) => files.includes(name) && !isArchiveName(name);
  const first = (entry: Entry) => entries.find((one) => isLoose(one) && one.label.id === entry.label.id) === entry;
  return entries.filter((entry) => !isLoose(entry) || (!packed.has(entry.label.id) && first(entry)));
}

async function looksLikeOne(tree: Tree, path: string): Promise<boolean> {
  if (isArchiveName(path) || (await tree.hasGit(path))) return true;
  const children = await childrenOf(tree, path);
  return isBare(children) || children.some(({ name }) => isArchiveName(name)) || (await hasProject(tree, path));
}

/** At the top or one folder down. */
async function hasProject(tree: Tree, path: string): Promise<boolean> {
  const children = await childrenOf(tree, path);
  if (children.some(isComposeFile)) return true;
  for (const { name, kind } of children)
    if (kind === 'folder' && (await childrenOf(tree, join(path, name))).some(isComposeFile)) return true;
  return false;
}

/** None where it is a file or a link, or nobody may look: that is told when it is unpacked. */
const childrenOf = async (tree: Tree, path: string): Promise<readonly Child[]> => {
  const above = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const own = (await tree.children(above)).find(({ name }) => name === basename(path));
  if (own?.kind !== 'folder') return [];
  return tree.children(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES' || error.code === 'ENOENT') return [];
    throw error;
  });
};

const isComposeFile = ({ name, kind }: Child): boolean => isComposeName(name) && kind !== 'folder';
const isBare = (children: readonly Child[]): boolean => bareNames.every((name) => children.some((one) => one.name === name));
const isSystems = (name: string): boolean => moodleLabel(name) !== 'none';
const labelOf = (name: string): Label => {
  const moodle = moodleLabel(name);
  return moodle === undefined || moodle === 'none' ? plainLabel(name, '') : moodle;
};

function studentOf({ label: own }: Entry, name: string, source: string, roster: Roster | undefined): Student {
  const nobody: Student = { id: own.id, ...(own.name === undefined ? {} : { name: own.name }) };
  const meant = roster ? matching(own, basename(name), roster) : [];
  const [first, second] = meant;
  if (first && second) {
    throw problem(
      text(`${source} may be ${first.id}'s or ${second.id}'s`, `無法分辨 ${source} 是 ${first.id} 還是 ${second.id} 的作業`),
      text("rename it to the student's ID", '請用學生的學號重新命名'),
    );
  }
  return first ?? nobody;
}

const problem = (what: Text, hint: Text, cause?: unknown): LabError => new LabError('E_SUBMISSION', what, hint, { cause });

const giveSubmissions = text(
  'give a folder of submissions, one folder or archive (.zip, .tar, .tar.gz) for each student',
  '請指定放作業的資料夾，每位學生一個資料夾或壓縮檔（.zip、.tar、.tar.gz）',
);
