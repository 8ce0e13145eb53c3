/** An entry of a folder, an archive or a repository, as found there. Nothing about it is trusted. */
export interface Item {
  /** Path as bytes, with `/`; folders may end with it. */
  readonly path: Uint8Array;
  readonly kind: 'file' | 'folder' | 'link' | 'hard-link' | 'special';
  /** Whether its owner may execute it. */
  readonly executable?: boolean;
  /** Size in bytes, as declared. */
  readonly size?: number;
  /** The target of a symbolic or hard link. */
  readonly target?: Uint8Array;
  /** A file's bytes, once, before the next item is requested. Throws Refused if they differ from what was declared. */
  read?(): AsyncIterable<Uint8Array>;
}

/** Limits for a submission. */
export interface IntakeLimits {
  /** Total bytes, unpacked. */
  readonly bytes: number;
  /** Total number of files, folders and links. */
  readonly files: number;
  /** Bytes unpacked for each byte of an archive; the first MiB is exempt. */
  readonly ratio: number;
  /** Depth of nested archives. */
  readonly depth: number;
  /** Bytes of one file. */
  readonly fileBytes: number;
}

const archives = /\.(?:zip|tar|tgz|tar\.gz)$/i;
/** Archive formats that are recognized by name, but not read. */
const strange = /\.(?:tar\.(?:bz2|xz|zst|lz|z)|tbz2?|txz|tzst|rar|7z|gz|bz2|xz|zst|zipx)$/i;

/** Whether a name is that of an archive, of a supported format or not. */
export const isArchiveName = (name: string): boolean => archives.test(name) || strange.test(name);

/** A name without the ending of an archive or repository. */
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
/** Created by tools on the student's machine and useless in a container; their links usually lead outside. */
const madeByTools = new Set(['node_modules', '__pycache__', '.venv', 'venv', '.pytest_cache', '.mypy_cache', '.ruff_cache']);

/** Files of version control, systems and editors: never a submission. `name` is one part of a path. */
export const isSystemName = (name: string): boolean => junkNames.has(name.toLowerCase()) || name.startsWith('._');

/** Files that tools create in a project. */
export const isToolName = (name: string): boolean => madeByTools.has(name.toLowerCase()) || name.toLowerCase().endsWith('.pyc');

/** Files of systems and tools that are not part of a submission. */
export const isJunk = (name: string): boolean => isSystemName(name) || isToolName(name);

/** An entry in an extractor's folder. `path` is relative to it, with `/`. */
export type ExtractedEntry =
  | { readonly path: string; readonly kind: 'folder' }
  | { readonly path: string; readonly kind: 'file'; readonly executable: boolean; readonly sha256: string }
  | { readonly path: string; readonly kind: 'link'; readonly target: string };
