/** One thing in a folder, an archive or a repository, as it is found there. Nothing about it is trusted. */
export interface Item {
  /** Path as bytes, with `/`; folders may end with it. */
  readonly path: Uint8Array;
  readonly kind: 'file' | 'folder' | 'link' | 'hard-link' | 'special';
  /** Its owner may execute it. */
  readonly executable?: boolean;
  /** Bytes, as it claims. */
  readonly size?: number;
  /** What a link of either kind leads to. */
  readonly target?: Uint8Array;
  /** A file's bytes, once, before the next item is asked for. Throws Refused where they are not what was claimed. */
  read?(): AsyncIterable<Uint8Array>;
}

/** How much a submission may be. */
export interface IntakeLimits {
  /** Bytes in all, unpacked. */
  readonly bytes: number;
  /** Files, folders and links in all. */
  readonly files: number;
  /** Bytes unpacked for each byte of an archive; the first MiB is free. */
  readonly ratio: number;
  /** Archives in one another. */
  readonly depth: number;
  /** Bytes of one file. */
  readonly fileBytes: number;
}

const archives = /\.(?:zip|tar|tgz|tar\.gz)$/i;
/** Known by name, and not read. */
const strange = /\.(?:tar\.(?:bz2|xz|zst|lz|z)|tbz2?|txz|tzst|rar|7z|gz|bz2|xz|zst|zipx)$/i;

/** True for a name that says archive, of a kind that is read or not. */
export const isArchiveName = (name: string): boolean => archives.test(name) || strange.test(name);

/** A name without what says archive or repository. */
export const withoutEnding = (name: string): string =>
  name
    .replace(archives, '')
    .replace(strange, '')
    .replace(/\.git$/i, '');

const junkNames = new Set([
  '.git',
  '.hg',
  '.svn',
  '__macosx',
  '.ds_store',
  'thumbs.db',
  'desktop.ini',
  'icon\r',
  '.idea',
  '.vscode',
]);
/** Made by tools on the student's machine, of no use in a container; their links lead out as a rule. */
const madeByTools = new Set(['node_modules', '__pycache__', '.venv', 'venv', '.pytest_cache', '.mypy_cache', '.ruff_cache']);

/** What version control, systems and editors leave beside files: never a submission. `name` is one part of a path. */
export const isSystemName = (name: string): boolean => junkNames.has(name.toLowerCase()) || name.startsWith('._');

/** What tools make in a project. */
export const isToolName = (name: string): boolean => madeByTools.has(name.toLowerCase()) || name.toLowerCase().endsWith('.pyc');

/** What systems and tools leave behind, and is no part of what was handed in. */
export const isJunk = (name: string): boolean => isSystemName(name) || isToolName(name);

/** What has been put in a landing's folder. `path` is below it, with `/`. */
export type ExtractedEntry =
  | { readonly path: string; readonly kind: 'folder' }
  | { readonly path: string; readonly kind: 'file'; readonly executable: boolean; readonly sha256: string }
  | { readonly path: string; readonly kind: 'link'; readonly target: string };
