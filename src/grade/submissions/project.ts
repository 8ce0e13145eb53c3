import { basename } from 'node:path/posix';
import { composeFileNames } from '../../formats/compose-file.ts';
import { examFileName } from '../../lab/exam-file.ts';
import type { Remark } from '../types.ts';
import type { ExtractedEntry } from './archive-entry.ts';
import { isArchiveName } from './archive-entry.ts';
import { refusal } from './refusal.ts';

/** The relevant content of a folder. */
interface Held {
  readonly name: string;
  readonly kind: string;
}
/** What makes a folder a submission: a Compose file, or the result file of an exam. */
export const isProjectFile = (one: Held): boolean => isComposeFile(one) || (one.name === examFileName && one.kind !== 'folder');

const isComposeFile = ({ name, kind }: Held): boolean => isComposeName(name) && kind !== 'folder';

const isComposeName = (name: string): boolean => composeFileNames.includes(name);

/** Names at the top of a repository without a working tree. */
const bareNames = ['HEAD', 'objects', 'refs'];
export const isBare = (all: readonly Held[]): boolean => bareNames.every((name) => all.some((one) => one.name === name));

export type Project =
  | { readonly kind: 'project'; readonly top: string; readonly composeFile: string }
  /** The submission is inside this, which must be unpacked. */
  | { readonly kind: 'archive' | 'repository'; readonly path: string }
  | { readonly kind: 'refused'; readonly remark: Remark };

/**
 * Finds the Compose file: at the top, or one folder down; otherwise what to unpack to find it. `top` is '' for the top. Of
 * several folders with a Compose file, the one named `own` is used, also inside a single wrapping folder.
 */
export function findProject(all: readonly ExtractedEntry[], own: string): Project {
  const { folders, kinds, has } = contentOf(all);
  const holding = folders.filter((top) => composeFileNames.some((name) => has(top, name)));
  const wrapped = folders.length === 2 ? `${folders[1]}/${own}` : '';
  if (holding.length === 0 && composeFileNames.some((name) => has(wrapped, name))) holding.push(wrapped);
  const exam = examIn(all);
  if (exam !== undefined && !holding.includes('') && !holding.includes(own)) return refused('exam', exam);
  const top = holding.find((one) => one === '') ?? holding.find((one) => one === own) ?? holding[0];
  if (top !== undefined) {
    const isOneOf = top !== '' && top !== own && holding.length > 1;
    if (isOneOf) return refused('several-projects', holding[1]);
    const composeFile = composeFileNames.find((name) => has(top, name)) ?? '';
    return { kind: 'project', top, composeFile };
  }
  return packedIn(all, folders, kinds);
}

/** What to unpack to find the project; or the reason that there is none. */
function packedIn(all: readonly ExtractedEntry[], folders: readonly string[], kinds: ReadonlyMap<string, string>): Project {
  const bare = folders.filter((one) => bareNames.every((name) => kinds.has(below(one, name))));
  const archives = all
    .filter(({ path, kind }) => kind === 'file' && path.split('/').length <= 2 && isArchiveName(path))
    .map(({ path }) => path);
  if (bare.length + archives.length > 1) return refused('several-projects', archives[1] ?? bare[1]);
  if (bare[0] !== undefined) return { kind: 'repository', path: bare[0] };
  if (archives[0] !== undefined) return { kind: 'archive', path: archives[0] };
  const named = (isName: (name: string) => boolean) =>
    all.find(({ path, kind }) => kind !== 'folder' && isName(path.split('/').at(-1) ?? ''));
  // a file of another name may be meant as one: then something was handed in
  const deeper = named(isComposeName) ?? named((name) => /\.ya?ml(?:\.txt)?$/i.test(name) || /compose/i.test(name));
  return refused('no-compose-file', deeper?.path);
}

/**
 * Finds the folder `own` of an exam, whose result file is at the top or in a single folder there: exactly this folder, whatever else is there. Without a
 * Compose file in it nothing was handed in for it.
 */
export function findExamFolder(all: readonly ExtractedEntry[], own: string): Project {
  const exam = findExam(all);
  if (exam.kind !== 'project') return exam;
  const { has } = contentOf(all);
  const top = below(exam.top, own);
  const composeFile = composeFileNames.find((name) => has(top, name));
  return composeFile === undefined ? refused('no-compose-file', undefined) : { kind: 'project', top, composeFile };
}

/** The result file of an exam with the folder of a fault beside it, at the top or one folder down: an exam, which is graded otherwise. */
function examIn(all: readonly ExtractedEntry[]): string | undefined {
  const { folders, has } = contentOf(all);
  const holds = (top: string) =>
    has(top, examFileName) && all.some(({ path }) => path.startsWith(below(top, 'fault-')) && isComposeName(basename(path)));
  const top = folders.find(holds);
  return top === undefined ? undefined : below(top, examFileName);
}

/** Finds an exam; `composeFile` is its result file. */
export function findExam(all: readonly ExtractedEntry[]): Project {
  const { folders, kinds, has } = contentOf(all);
  const [top, other] = folders.filter((one) => has(one, examFileName));
  if (top !== undefined && (top === '' || other === undefined)) return { kind: 'project', top, composeFile: examFileName };
  const packed = packedIn(all, folders, kinds);
  return packed.kind === 'refused' ? refused('no-exam', undefined) : packed;
}

/** The folders at the top, '' for the top itself, and what is in them. */
function contentOf(all: readonly ExtractedEntry[]) {
  const folders = ['', ...all.filter(({ path, kind }) => kind === 'folder' && !path.includes('/')).map(({ path }) => path)];
  const kinds = new Map(all.map(({ path, kind }) => [path, kind]));
  const has = (top: string, name: string) => ['file', 'link'].includes(kinds.get(below(top, name)) ?? '');
  return { folders, kinds, has };
}

const below = (top: string, name: string): string => (top === '' ? name : `${top}/${name}`);

const refused = (code: 'several-projects' | 'no-compose-file' | 'exam' | 'no-exam', at: string | undefined): Project => ({
  kind: 'refused',
  remark: refusal(code, at),
});
