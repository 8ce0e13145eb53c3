import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { printable, textOf } from '../../formats/untrusted-text.ts';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Remark, Student } from '../types.ts';
import { isArchiveName, isJunk } from './archive-entry.ts';
import { collectedFile, collectedFolder } from './collected.ts';
import { leftOut, reasonToLeaveOut } from './left-out.ts';
import { canvasLabels, type Label, moodleLabel, plainLabel } from './lms-filenames.ts';
import { matching } from './match-roster.ts';
import { findNamed } from './named-path.ts';
import { isBare, isProjectFile } from './project.ts';
import { Refused } from './refusal.ts';
import type { Roster } from './roster.ts';
import { archiveTree, type Child, childrenIn, folderTree, type Tree } from './tree.ts';

export interface FoundSubmission {
  readonly student: Student;
  /** As the teacher named it, printable. */
  readonly source: string;
  /** Absolute; bytes if it is not UTF-8. It may continue inside an archive: `/x/class.zip/ann`. */
  readonly path: string | Buffer;
}

/** What is known about submissions besides their names. */
export interface Naming {
  /** A student may have several submissions. */
  readonly several?: boolean;
  /** The ID of the student whose submission this is, by its source; undefined: its name says it. */
  studentOf?(source: string): string | undefined;
}

/** Everything that the paths contain: each entry is a submission or listed in `leftOut`. */
export interface FoundClass {
  readonly found: readonly FoundSubmission[];
  /** Students of the roster without a submission. */
  readonly missing: readonly Student[];
  /** Entries among the submissions that are not submissions, with the reason. */
  readonly leftOut: readonly Remark[];
}

/** A submission by its name in a folder; '' is the folder itself. */
interface Entry {
  readonly name: string;
  readonly label: Label;
}

interface Listed {
  readonly entries: readonly Entry[];
  readonly leftOut: readonly Remark[];
}

/**
 * The submissions at these paths: each path is one, or a folder or an archive of them, in order of names. `stacks`: folder names
 * of the projects, for submissions with several. IDs are printable. Throws LabError E_SUBMISSION for a path without submissions,
 * for two submissions of one student unless it may have `several`, and if a student cannot be determined.
 */
export async function findSubmissions(
  paths: readonly string[],
  roster?: Roster,
  stacks: readonly string[] = [],
  { several = false, studentOf: listed }: Naming = {},
): Promise<FoundClass> {
  const found: FoundSubmission[] = [];
  const left: Remark[] = [];
  for (const [index, given] of paths.entries()) {
    const nth = paths.slice(0, index).filter((one) => one === given).length;
    const named = await findNamed(given, nth).catch((error: NodeJS.ErrnoException) => {
      throw problem(text(`${given} can't be read (${error.code})`, `無法讀取 ${given}（${error.code}）`), giveSubmissions, error);
    });
    const { real, name, shown: path } = named;
    const { tree, entries, leftOut: none } = await entriesOf(path, real, name, roster, stacks);
    for (const entry of entries) {
      const source = entry.name === '' ? path : join(path, printable(entry.name));
      const id = listed?.(source);
      const known = id === undefined ? undefined : (roster?.students.find((one) => one.id === id) ?? { id: printable(id) });
      const student = known ?? studentOf(entry, entry.name === '' ? name : entry.name, source, roster);
      const full = entry.name === '' || !tree ? real : Buffer.concat([real, Buffer.from('/'), tree.bytesOf(entry.name)]);
      found.push({ student, source, path: textOf(full) ?? full });
    }
    left.push(...none);
  }
  const sources = new Map<string, string>();
  for (const { student, source } of found) {
    const before = sources.get(student.id);
    if (before !== undefined && !several) {
      throw problem(
        text(`${student.id} has two submissions: ${before} and ${source}`, `${student.id} 有兩份作業：${before} 與 ${source}`),
        text(
          'remove one of them, or rename the one that belongs to another student; with `attempts` in the rubric, a student may have several',
          '請移除其中一份，或把不屬於這位學生的那份改名；評分標準有 `attempts` 時，學生可以有多份作業',
        ),
      );
    }
    sources.set(student.id, source);
  }
  return { found, missing: roster?.students.filter(({ id }) => !sources.has(id)) ?? [], leftOut: left };
}

async function entriesOf(
  path: string,
  real: Buffer,
  name: string,
  roster: Roster | undefined,
  stacks: readonly string[],
): Promise<Listed & { tree?: Tree }> {
  const itself: Listed = { entries: [{ name: '', label: labelOf(name) }], leftOut: [] };
  const here = await stat(real);
  if (!here.isDirectory() && !(here.isFile() && isArchiveName(name))) {
    throw problem(text(`${path} is neither a folder nor an archive`, `${path} 不是資料夾，也不是壓縮檔`), giveSubmissions);
  }
  let tree: Tree;
  try {
    tree = here.isDirectory() ? folderTree(real) : await archiveTree(real);
  } catch (error) {
    // unpacking it reports the reason
    if (error instanceof Refused) return itself;
    throw error;
  }
  const listed = await listOf(tree, name, roster, stacks);
  if (listed === 'itself') return itself;
  if (listed.entries.length > 0) return { ...listed, tree };
  throw problem(text(`there is no submission in ${path}`, `${path} 裡沒有任何作業`), giveSubmissions);
}

/** The submissions in a folder, unless it is a submission itself. What `lab collect` wrote is a class, also with one student. */
async function listOf(
  tree: Tree,
  name: string,
  roster: Roster | undefined,
  stacks: readonly string[],
): Promise<Listed | 'itself'> {
  const all = await tree.children('');
  const isCollected = all.some((one) => one.name === collectedFolder);
  const top = await sorted(tree, '', isCollected ? all.filter((one) => !isOfCollect(one)) : all);
  if (isCollected) {
    const { entries, leftOut: loose } = label(top.children, '');
    return { entries, leftOut: [...top.leftOut, ...loose] };
  }
  if (top.children.length === 0) return tree.isArchive ? 'itself' : { entries: [], leftOut: top.leftOut };
  if (top.children.some(isProjectFile) || isBare(top.children)) return 'itself';
  const [only] = top.children;
  const wraps = tree.isArchive && top.children.length === 1 && only?.kind === 'folder' && !isSystems(only.name);
  const base = wraps ? only.name : '';
  const inside = wraps ? await sorted(tree, base, await tree.children(base)) : top;
  if (wraps && inside.children.some(isProjectFile)) return 'itself';
  const { entries, leftOut: loose } = label(inside.children, wraps ? base : name);
  const known = entries.filter(
    ({ label: one, name: own }) => one.layout !== 'plain' || (roster && matching(one, own, roster).length > 0),
  );
  const holding: string[] = [];
  for (const { name: own } of entries) if (await looksLikeOne(tree, join(base, own))) holding.push(own);
  // folders that are named as stacks are not students
  if (holding.length > 0 && holding.every((own) => stacks.includes(own))) return 'itself';
  if (known.length === 0 && isOneInAll(tree, entries, holding, await tree.hasGit(base))) return 'itself';
  return {
    entries: entries.map((entry) => ({ ...entry, name: join(base, entry.name) })),
    leftOut: [...top.leftOut, ...(wraps ? inside.leftOut : []), ...loose],
  };
}

const isOfCollect = ({ name }: Child): boolean => name === collectedFolder || name === collectedFile;

/** What may be a submission, and what cannot be one by its name. */
async function sorted(
  tree: Tree,
  base: string,
  all: readonly Child[],
): Promise<{ children: readonly Child[]; leftOut: readonly Remark[] }> {
  const children: Child[] = [];
  const left: Remark[] = [];
  for (const child of all) {
    const code = await reasonToLeaveOut(tree, base === '' ? child.name : `${base}/${child.name}`, child);
    if (code === undefined) children.push(child);
    else left.push(leftOut(code, printable(child.name)));
  }
  return { children, leftOut: left };
}

/** One submission whose project is one folder down or absent; not a class. */
function isOneInAll(tree: Tree, entries: readonly Entry[], holding: readonly string[], isRepository: boolean): boolean {
  if (entries.length > 0 && holding.length === 0) return true;
  const [only] = holding;
  if (only === undefined || holding.length > 1) return false;
  // a lone archive in a folder is the first of a class
  if (isArchiveName(only) && !tree.isArchive) return isRepository;
  return entries.length === 1 || isRepository;
}

/** Children that may be submissions, with the information in their names. */
function label(children: readonly Child[], above: string): Listed {
  const files = children.filter(({ kind }) => kind === 'file').map(({ name }) => name);
  const canvas = canvasLabels(files.filter((name) => isArchiveName(name) || /_\d+_/.test(name)));
  const cloned = above.endsWith('-submissions') ? above.slice(0, -'submissions'.length) : '';
  const entries = children.flatMap(({ name, kind }): Entry[] => {
    const moodle = moodleLabel(name);
    if (moodle !== 'none') return moodle ? [{ name, label: moodle }] : [];
    const own = canvas.get(name);
    if (own) return [{ name, label: own }];
    return kind === 'file' && !isArchiveName(name) ? [] : [{ name, label: plainLabel(name, cloned) }];
  });
  // These systems place all files of a student side by side. If one of them is an archive, the others are reports and pictures.
  const packed = new Set(entries.filter(({ name }) => isArchiveName(name)).map(({ label: one }) => one.id));
  const isLoose = ({ name }: Entry) => files.includes(name) && !isArchiveName(name);
  const first = (entry: Entry) => entries.find((one) => isLoose(one) && one.label.id === entry.label.id) === entry;
  const taken = entries.filter((entry) => !isLoose(entry) || (!packed.has(entry.label.id) && first(entry)));
  const [labelled, kept] = [entries, taken].map((some) => new Set(some.map(({ name }) => name)));
  const none = children.filter(({ name }) => !kept?.has(name));
  return {
    entries: taken,
    leftOut: none.map(({ name }) => leftOut(labelled?.has(name) ? 'beside' : 'file', printable(name))),
  };
}

async function looksLikeOne(tree: Tree, path: string): Promise<boolean> {
  if (isArchiveName(path) || (await tree.hasGit(path))) return true;
  const children = await childrenOf(tree, path);
  return isBare(children) || children.some(({ name }) => isArchiveName(name)) || (await hasProject(tree, path));
}

/** At the top or one folder down. */
async function hasProject(tree: Tree, path: string): Promise<boolean> {
  const children = await childrenOf(tree, path);
  if (children.some(isProjectFile)) return true;
  for (const { name, kind } of children)
    if (kind === 'folder' && (await childrenOf(tree, join(path, name))).some(isProjectFile)) return true;
  return false;
}

/** Empty for a file or a link, and for a folder that cannot be read: unpacking reports that. */
const childrenOf = async (tree: Tree, path: string): Promise<readonly Child[]> => {
  const cut = path.lastIndexOf('/');
  const own = (await childrenIn(tree, cut < 0 ? '' : path.slice(0, cut))).find(({ name }) => name === path.slice(cut + 1));
  if (own?.kind !== 'folder') return [];
  return (await childrenIn(tree, path)).filter(({ name }) => !isJunk(name));
};

const isSystems = (name: string): boolean => moodleLabel(name) !== 'none';
const labelOf = (name: string): Label => {
  const moodle = moodleLabel(name);
  return moodle === undefined || moodle === 'none' ? plainLabel(name, '') : moodle;
};

function studentOf({ label: own }: Entry, name: string, source: string, roster: Roster | undefined): Student {
  // a name that is only an ending leaves no ID
  const id = printable(own.id === '' ? basename(name) : own.id);
  const student: Student = { id, ...(own.name === undefined ? {} : { name: printable(own.name) }) };
  const meant = roster ? matching(own, basename(name), roster) : [];
  const [first, second] = meant;
  if (first && second) {
    throw problem(
      text(`${source} may be ${first.id}'s or ${second.id}'s`, `無法分辨 ${source} 是 ${first.id} 還是 ${second.id} 的作業`),
      text("rename it to the student's ID", '請用學生的學號重新命名'),
    );
  }
  return first ?? student;
}

const problem = (what: Text, hint: Text, cause?: unknown): LabError => new LabError('E_SUBMISSION', what, hint, { cause });

const giveSubmissions = text(
  'give a folder of submissions, one folder or archive (.zip, .tar, .tar.gz) for each student',
  '請指定放作業的資料夾，每位學生一個資料夾或壓縮檔（.zip、.tar、.tar.gz）',
);
