import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { archiveItems, classLimits } from './archive.ts';
import { isJunk } from './item.ts';
import { partsOf } from './names.ts';

export interface Child {
  readonly name: string;
  readonly kind: 'folder' | 'file' | 'link' | 'other';
}

/** Names in a folder or an archive: enough to tell where submissions are. */
export interface Tree {
  readonly isArchive: boolean;
  /** What lies at `path` ('' is the top), by name, without what no student handed in. */
  children(path: string): Promise<readonly Child[]>;
  /** True for a git repository with a working tree. */
  hasGit(path: string): Promise<boolean>;
}

const byName = (a: Child, b: Child): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
const isHidden = (name: string): boolean => name.startsWith('.') || isJunk(name);

/** Throws LabError E_SUBMISSION, in `children`, for names that are no text. */
export function folderTree(dir: string): Tree {
  return {
    isArchive: false,
    hasGit: (path) =>
      lstat(join(dir, path, '.git')).then(
        () => true,
        () => false,
      ),
    children: async (path) => {
      const found = await readdir(join(dir, path), { withFileTypes: true });
      const strange = found.find(({ name }) => name.includes('\ufffd'));
      if (strange) throw notText(join(dir, path), strange.name);
      return found
        .filter(({ name }) => !isHidden(name))
        .map((one): Child => {
          const kind = one.isDirectory() ? 'folder' : one.isFile() ? 'file' : one.isSymbolicLink() ? 'link' : 'other';
          return { name: one.name, kind };
        })
        .sort(byName);
    },
  };
}

/** Reads an archive's names once. Throws Refused for one that can not be read. */
export async function archiveTree(archive: string): Promise<Tree> {
  const folders = new Map<string, Map<string, Child>>([['', new Map()]]);
  const gits = new Set<string>();
  for await (const { path, kind } of archiveItems(archive, '', classLimits, new AbortController().signal)) {
    const named = partsOf(path);
    // a name that can't be used belongs to a submission: it is told when that is unpacked
    const parts = 'parts' in named ? named.parts : [];
    for (const [at, name] of parts.entries()) {
      const above = parts.slice(0, at).join('/');
      if (name === '.git') gits.add(above);
      if (isHidden(name)) break;
      const isLast = at === parts.length - 1;
      const what = !isLast || kind === 'folder' ? 'folder' : kind === 'link' ? 'link' : kind === 'file' ? 'file' : 'other';
      const below = folders.get(above) ?? new Map<string, Child>();
      folders.set(above, below.set(name, { name, kind: below.get(name)?.kind ?? what }));
    }
  }
  return {
    isArchive: true,
    hasGit: async (path) => gits.has(path),
    children: async (path) => [...(folders.get(path)?.values() ?? [])].sort(byName),
  };
}

const notText = (dir: string, name: string): LabError =>
  new LabError(
    'E_SUBMISSION',
    text(`${dir} has a name that is not in UTF-8: ${name}`, `${dir} 裡有編碼不是 UTF-8 的名稱：${name}`),
    text('rename it, then run this again', '請重新命名，再執行一次'),
  );
