import { createHash } from 'node:crypto';
import { chmod, mkdir, open, rename, symlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { isInvisible, textOf } from '../../formats/untrusted-text.ts';
import { onPath } from '../../platform/system-error.ts';
import type { Remark } from '../types.ts';
import { type ExtractedEntry, type IntakeLimits, type Item, isJunk } from './archive-entry.ts';
import { settleNames } from './names/odd-names.ts';
import { keyOf, leadsTo, partsOf } from './names/safe-paths.ts';
import { type RefusalCode, Refused, refusal } from './refusal.ts';

/** What all nested archives of a submission have used of the limits. */
export interface Used {
  bytes: number;
  files: number;
}

/** Maximum number of refusals reported for one submission. */
const most = 20;
/** Bytes that an archive may unpack to before its ratio is checked. */
const freeBytes = 1024 * 1024;
/** Maximum number of ignored junk files for each accepted file. */
const junkEach = 20;
const longestTarget = 1024;

/**
 * Writes the items of a submission into a folder. The folder contains no link while files are written, so nothing can be written
 * outside: links are created last, and only those that stay inside. Modes are set here: a file is 0644 or 0755.
 */
export class Extractor {
  readonly refusals: Remark[] = [];
  /** Remarks about names that could not be decoded; such entries are in the folder under an escaped name. */
  readonly notes: Remark[] = [];
  readonly #dir: string;
  readonly #limits: IntakeLimits;
  readonly #used: Used;
  readonly #packed: number | undefined;
  readonly #landed = new Map<string, ExtractedEntry>();
  readonly #odd = { names: new Map<string, Uint8Array>(), targets: new Map<string, Uint8Array>() };
  #bytes = 0;
  #passed = 0;

  /** `dir` is absolute and created here. `packed`: size in bytes of the archive with the items. */
  constructor(dir: string, limits: IntakeLimits, used: Used, packed?: number) {
    this.#dir = dir;
    this.#limits = limits;
    this.#used = used;
    this.#packed = packed;
  }

  /**
   * Extracts all items, then creates the links. Throws Refused if continuing makes no sense, and the signal's reason on abort.
   */
  async takeAll(items: AsyncIterable<Item>, signal: AbortSignal): Promise<readonly ExtractedEntry[]> {
    await mkdir(this.#dir);
    await chmod(this.#dir, 0o755);
    for await (const item of items) {
      signal.throwIfAborted();
      await this.#take(item, signal);
      if (this.refusals.length >= most) break;
    }
    const all = await this.#settle([...this.#landed.values()]);
    await this.#makeLinks(all);
    return all;
  }

  /** All names are judged together, so none is decoded before all are known. */
  async #settle(landed: readonly ExtractedEntry[]): Promise<readonly ExtractedEntry[]> {
    if (this.#odd.names.size + this.#odd.targets.size === 0) return landed;
    const { all, renames, escaped, dropped } = settleNames(landed, this.#odd);
    for (const [from, to] of renames) await rename(join(this.#dir, from), join(this.#dir, to));
    const about = [
      ...escaped.map((path) => refusal('name-not-utf8', path)),
      ...dropped.map((path) => refusal('link-not-utf8', path)),
    ];
    this.notes.push(...about.slice(0, most));
    return all;
  }

  /** False, here and below: it was refused or ignored. */
  async #take(item: Item, signal: AbortSignal): Promise<boolean> {
    const named = partsOf(item.path);
    if ('problem' in named) return this.#refuse(named.problem, named.shown);
    const { parts, odd } = named;
    for (const [at, bytes] of odd) this.#odd.names.set(parts.slice(0, at + 1).join('/'), Uint8Array.from(bytes));
    const path = parts.join('/');
    if (parts.some(isJunk)) {
      this.#passed += 1;
      if (this.#passed > this.#limits.files * junkEach) throw new Refused('too-many-files');
      return false;
    }
    if (item.kind === 'special') return this.#refuse('special-file', path);
    const isTop = path === '';
    if (isTop && item.kind === 'folder') return false;
    if (isTop) return this.#refuse('archive-damaged');
    if (!(await this.#makeFolders(parts.slice(0, -1)))) return false;
    if (item.kind === 'folder') return this.#makeFolders(parts);
    if (this.#landed.has(keyOf(path))) return this.#refuse('names-collide', path);
    if (item.kind === 'link') return this.#addLink(path, item.target ?? new Uint8Array());
    if (item.kind === 'hard-link') return this.#copy(path, item.target ?? new Uint8Array(), signal);
    return this.#write(path, item, signal);
  }

  async #makeFolders(parts: readonly string[]): Promise<boolean> {
    for (let count = 1; count <= parts.length; count++) {
      const path = parts.slice(0, count).join('/');
      const before = this.#landed.get(keyOf(path));
      if (before && before.path !== path) return this.#refuse('names-collide', path);
      if (before && before.kind !== 'folder') return this.#refuse('path-through-file', path);
      if (before) continue;
      this.#add({ path, kind: 'folder' });
      await mkdir(join(this.#dir, path));
      await chmod(join(this.#dir, path), 0o755);
    }
    return true;
  }

  async #write(path: string, { size = 0, executable = false, read }: Item, signal: AbortSignal): Promise<boolean> {
    if (size > this.#limits.fileBytes) throw new Refused('file-too-large', path);
    const chunks = read?.() ?? [];
    const file = await open(join(this.#dir, path), 'wx', 0o600);
    const sum = createHash('sha256');
    try {
      let bytes = 0;
      for await (const chunk of chunks) {
        signal.throwIfAborted();
        bytes += chunk.length;
        if (bytes > this.#limits.fileBytes) throw new Refused('file-too-large', path);
        this.#count(chunk.length);
        sum.update(chunk);
        await onPath(join(this.#dir, path), () => file.appendFile(chunk));
      }
      await file.chmod(executable ? 0o755 : 0o644);
    } finally {
      await file.close();
    }
    this.#add({ path, kind: 'file', executable, sha256: sum.digest('hex') });
    return true;
  }

  #addLink(path: string, target: Uint8Array): boolean {
    const named = textOf(target);
    if (target.length > longestTarget) return this.#refuse('name-too-long', path);
    if (named === '' || (named !== undefined && isInvisible(named))) return this.#refuse('name-invisible', path);
    if (named === undefined) this.#odd.targets.set(path, Uint8Array.from(target));
    this.#add({ path, kind: 'link', target: named ?? '' });
    return true;
  }

  /** A hard link in an archive becomes a copy: no two files of a submission share data. */
  async #copy(path: string, target: Uint8Array, signal: AbortSignal): Promise<boolean> {
    const named = partsOf(target);
    const source = 'parts' in named ? this.#landed.get(keyOf(named.parts.join('/'))) : undefined;
    if (source?.kind !== 'file') return this.#refuse('link-leaves-folder', path);
    const read = () => readBack(join(this.#dir, source.path));
    return this.#write(path, { path: new Uint8Array(), kind: 'file', executable: source.executable, read }, signal);
  }

  async #makeLinks(all: readonly ExtractedEntry[]): Promise<void> {
    const links = all.filter((one) => one.kind === 'link');
    const targets = new Map(links.map(({ path, target }) => [keyOf(path), target]));
    for (const { path, target } of links) {
      const where = leadsTo(path, targets);
      if (where !== 'inside') this.#refuse(where === 'outside' ? 'link-leaves-folder' : 'link-circle', path);
      else await symlink(target, join(this.#dir, path));
    }
  }

  #add(one: ExtractedEntry): void {
    this.#used.files += 1;
    if (this.#used.files > this.#limits.files) throw new Refused('too-many-files');
    this.#landed.set(keyOf(one.path), one);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#used.bytes += bytes;
    if (this.#used.bytes > this.#limits.bytes) throw new Refused('too-large');
    if (this.#packed !== undefined) assertRatio(this.#bytes, this.#packed, this.#limits);
  }

  #refuse(code: RefusalCode, path?: string): false {
    if (this.refusals.length < most) this.refusals.push(refusal(code, path));
    return false;
  }
}

/** Throws Refused if an archive of `packed` bytes unpacks to more than permitted. */
export function assertRatio(bytes: number, packed: number, { ratio }: IntakeLimits): void {
  if (bytes > Math.max(freeBytes, packed * ratio)) throw new Refused('archive-ratio');
}

async function* readBack(path: string): AsyncIterable<Uint8Array> {
  const file = await open(path, 'r');
  yield* file.createReadStream();
}

/**
 * SHA-256, hexadecimal, of everything below `top` ('' is all): paths, kinds, targets, executable bits, bytes. Only empty folders
 * count.
 */
export function hashOf(all: readonly ExtractedEntry[], top: string): string {
  const below = all.filter(({ path }) => top === '' || path.startsWith(`${top}/`));
  const parents = new Set(below.map(({ path }) => posix.dirname(path)));
  const lines = below
    .filter(({ path, kind }) => kind !== 'folder' || !parents.has(path))
    .map((one) => {
      const path = one.path.slice(top === '' ? 0 : top.length + 1).normalize('NFC');
      if (one.kind === 'file') return [path, 'file', one.executable ? 'x' : '-', one.sha256];
      return one.kind === 'link' ? [path, 'link', one.target] : [path, 'folder'];
    })
    .map((parts) => parts.join('\0'))
    .sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
