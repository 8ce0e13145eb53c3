import { lstat, readdir } from 'node:fs/promises';
import { printable, textOf } from '../../formats/untrusted-text.ts';
import { archiveNames } from './archive.ts';
import { certainEncoding, decoded, type Encoding } from './names/encoding.ts';
import { bytePartsOf } from './names/safe-paths.ts';

export interface Child {
  readonly name: string;
  readonly kind: 'folder' | 'file' | 'link' | 'other';
}

/**
 * The names in a folder or an archive, as needed to find submissions. Names are text: those that are not UTF-8 are decoded or
 * escaped.
 */
export interface Tree {
  readonly isArchive: boolean;
  /** The children of `path` ('' is the top), by name. Request the parent folder first. */
  children(path: string): Promise<readonly Child[]>;
  /** Whether it is a git repository with a working tree. */
  hasGit(path: string): Promise<boolean>;
  /** The real bytes of a path from `children`, relative to the top. */
  bytesOf(path: string): Buffer;
}

/** Depth to which names are read: the submissions may be in one folder, and their projects in one more. */
const deepest = 4;
const byName = (a: Child, b: Child): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
const slash = Buffer.from('/');
const below = (above: Buffer, name: Buffer): Buffer => (above.length === 0 ? name : Buffer.concat([above, slash, name]));
const join = (above: string, name: string): string => (above === '' ? name : `${above}/${name}`);

/** Reads each folder on request. Rejects with the system's error. */
export function folderTree(dir: Buffer): Tree {
  const bytes = new Map<string, Buffer>([['', Buffer.alloc(0)]]);
  const bytesOf = (path: string) => bytes.get(path) ?? Buffer.from(path);
  return {
    isArchive: false,
    bytesOf,
    hasGit: (path) =>
      lstat(Buffer.concat([dir, slash, below(bytesOf(path), Buffer.from('.git'))])).then(
        () => true,
        () => false,
      ),
    children: async (path) => {
      const at = bytesOf(path);
      const found = await readdir(below(dir, at), { withFileTypes: true, encoding: 'buffer' });
      const names = textsOf(found.map(({ name }) => name));
      return found
        .map((one, index): Child => {
          const name = names[index] ?? '';
          bytes.set(join(path, name), below(at, one.name));
          const kind = one.isDirectory() ? 'folder' : one.isFile() ? 'file' : one.isSymbolicLink() ? 'link' : 'other';
          return { name, kind };
        })
        .sort(byName);
    },
  };
}

/**
 * The same for folders that the system may refuse: an unreadable folder in a class is reported when it is unpacked, and does not
 * end the run.
 */
export const childrenIn = (tree: Tree, path: string): Promise<readonly Child[]> =>
  tree.children(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined || ofTheMachine.has(error.code)) throw error;
    return [];
  });
/** Out of handles or memory: the next folder would fail too. */
const ofTheMachine = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

interface Node {
  readonly name: Buffer;
  kind: Child['kind'];
  /** By bytes, one character each. */
  readonly children: Map<string, Node>;
}
const nodeOf = (name: Buffer, kind: Child['kind']): Node => ({ name, kind, children: new Map() });

/** Reads an archive's names once. Throws Refused if it cannot be read. */
export async function archiveTree(path: Buffer): Promise<Tree> {
  const top = nodeOf(Buffer.alloc(0), 'folder');
  const distinct = new Map<string, Buffer>();
  for await (const { path: entry, kind } of archiveNames(path, new AbortController().signal)) {
    const parts = bytePartsOf(entry);
    // a path that leaves the archive belongs to no submission: it is listed unchanged
    const strays = entry[0] === slash[0] || parts.some((part) => part.equals(Buffer.from('..')));
    let node = top;
    for (const [at, part] of (strays ? [Buffer.from(entry)] : parts.slice(0, deepest)).entries()) {
      const key = part.toString('latin1');
      distinct.set(key, Buffer.from(part));
      const isLast = strays || at === parts.length - 1;
      const what = strays
        ? 'other'
        : !isLast || kind === 'folder'
          ? 'folder'
          : kind === 'link' || kind === 'file'
            ? kind
            : 'other';
      const next = node.children.get(key) ?? nodeOf(Buffer.from(part), what);
      node.children.set(key, next);
      node = next;
    }
  }
  const archive = judged([...distinct.values()]);
  const bytes = new Map<string, Buffer>();
  const folders = new Map<string, Child[]>();
  const list = (node: Node, above: string, at: Buffer): void => {
    const nodes = [...node.children.values()];
    const names = textsOf(
      nodes.map(({ name }) => name),
      archive,
    );
    const children = nodes.map((one, index): Child => {
      const name = names[index] ?? '';
      bytes.set(join(above, name), below(at, one.name));
      list(one, join(above, name), below(at, one.name));
      return { name, kind: one.kind };
    });
    folders.set(above, children.sort(byName));
  };
  list(top, '', Buffer.alloc(0));
  return {
    isArchive: true,
    bytesOf: (one) => bytes.get(one) ?? Buffer.from(one),
    hasGit: async (one) => folders.get(one)?.some(({ name }) => name === '.git') ?? false,
    children: async (one) => folders.get(one) ?? [],
  };
}

/**
 * The encoding of names some of which are not UTF-8. `all`: also of those that are UTF-8 by chance; `odd`: of the others only.
 */
interface Judged {
  readonly all?: Encoding | undefined;
  readonly odd?: Encoding | undefined;
}
const isOdd = (name: Buffer): boolean => textOf(name) === undefined;
function judged(names: readonly Buffer[]): Judged {
  const odd = names.filter(isOdd);
  return odd.length === 0 ? {} : { all: certainEncoding(names), odd: certainEncoding(odd) };
}

/**
 * The names of one folder as text, no two alike. Names that are not UTF-8 are decoded if their encoding is certain, judged by all
 * names of an archive, which one program wrote, or by those of the folder; otherwise they are escaped.
 */
function textsOf(names: readonly Buffer[], archive: Judged = {}): string[] {
  const plain = (name: Buffer) => textOf(name) ?? printable(name);
  if (!names.some(isOdd)) return names.map(plain);
  const own = archive.all ? archive : judged(names);
  const all = archive.all ?? own.all;
  const odd = all ?? archive.odd ?? own.odd;
  const read = (name: Buffer) => {
    const encoding = isOdd(name) ? odd : all;
    const text = encoding && decoded(name, encoding);
    return text === undefined || /[/\ufffd]/.test(text) ? plain(name) : text;
  };
  // names in UTF-8 do not change: two of a folder may be the same text in two encodings
  const taken = new Set<string>();
  const texts = new Map<Buffer, string>();
  for (const name of [...names].sort((one, other) => Number(isOdd(one)) - Number(isOdd(other)))) {
    let text = taken.has(read(name)) ? plain(name) : read(name);
    while (taken.has(text)) text += '~';
    taken.add(text);
    texts.set(name, text);
  }
  return names.map((name) => texts.get(name) ?? plain(name));
}
