import { type FSWatcher, watch } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import type { Replica } from '../../../lab/facts.ts';
import { type FilePosition, listHostFolder, readAdded, realPathOf } from '../../../platform/host-file.ts';
import { isSystemError } from '../../../platform/system-error.ts';
import type { Clock } from '../../../run/clock.ts';
import { LineSplitter } from './log-frames.ts';

export interface FileLines {
  /** The container that writes the file. */
  readonly container: string;
  /** Below the stack's folder. */
  readonly path: string;
  readonly lines: readonly string[];
  /** They were in the file when it was first read. */
  readonly isHistory: boolean;
  /** Lines before these were left out. */
  readonly isCut: boolean;
}

export interface FollowFilesOptions {
  /** The stack's folder. */
  readonly dir: string;
  readonly clock: Pick<Clock, 'after'>;
  listen(lines: FileLines): void;
  failed(error: unknown): void;
}

/** The shortest time between two reads of a folder's files. */
const readMs = 20;

interface Followed {
  /** The container that has it mounted and runs, or ran last; undefined: several run. */
  container: string | undefined;
  /** Below the stack's folder. */
  readonly folder: string;
  /** Omitted: each file in the folder. */
  readonly file: string | undefined;
  readonly watcher: FSWatcher;
  readonly files: Map<number, FilePosition & { readonly lines: LineSplitter }>;
  isReading: boolean;
  /** All its files have been read before. */
  wasRead: boolean;
  isChanged: boolean;
}

/**
 * Follows the files below the stack's folder that its containers can write: a proxy whose logs are mounted writes none to its own log. Lines in a folder that several
 * running containers can write are left out: they do not show which of them wrote them.
 */
export class FollowFiles {
  readonly #options: FollowFilesOptions;
  readonly #followed = new Map<string, Followed>();
  #isClosed = false;

  constructor(options: FollowFilesOptions) {
    this.#options = options;
  }

  /** Follows what is mounted now, besides what was. */
  async sync(replicas: readonly Replica[]): Promise<void> {
    for (const [path, containers] of await this.#mounted(replicas)) {
      const known = this.#followed.get(path) ?? (await this.#begin(path));
      if (known) known.container = containers.length === 1 ? containers[0] : undefined;
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { watcher } of this.#followed.values()) watcher.close();
    this.#followed.clear();
  }

  /** The paths below the stack's folder that running containers can write, and which containers. */
  async #mounted(replicas: readonly Replica[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    for (const { id, mounts } of replicas.filter(({ state }) => state === 'running'))
      for (const { type, writable, source } of mounts) {
        if (type !== 'bind' || !writable) continue;
        const path = relative(this.#options.dir, await realPathOf(source));
        if (path === '' || path === '..' || path.startsWith('../') || isAbsolute(path)) continue;
        found.set(path, [...(found.get(path) ?? []), id]);
      }
    return found;
  }

  async #begin(path: string): Promise<Followed | undefined> {
    try {
      const full = join(this.#options.dir, path);
      const isFile = (await lstat(full)).isFile();
      if (this.#isClosed) return undefined;
      const watcher = watch(isFile ? dirname(full) : full, { persistent: false });
      const place = isFile ? { folder: dirname(path), file: basename(path) } : { folder: path, file: undefined };
      const followed = {
        ...place,
        container: undefined,
        watcher,
        files: new Map(),
        isReading: false,
        wasRead: false,
        isChanged: false,
      };
      watcher.on('change', () => this.#changed(followed));
      watcher.on('error', () => {
        watcher.close();
        this.#followed.delete(path);
      });
      this.#followed.set(path, followed);
      this.#changed(followed);
      return followed;
    } catch (error) {
      // removed meanwhile, or not readable: there is nothing to follow
      if (isSystemError(error)) return undefined;
      throw error;
    }
  }

  #changed(followed: Followed): void {
    followed.isChanged = true;
    if (followed.isReading || this.#isClosed) return;
    followed.isReading = true;
    this.#readWhileChanged(followed).catch(this.#options.failed);
  }

  async #readWhileChanged(followed: Followed): Promise<void> {
    try {
      while (followed.isChanged && !this.#isClosed) {
        followed.isChanged = false;
        await this.#read(followed);
        followed.wasRead = true;
        await new Promise<void>((resolve) => {
          this.#options.clock.after(readMs).addEventListener('abort', () => resolve(), { once: true });
        });
      }
    } finally {
      followed.isReading = false;
    }
  }

  async #read(followed: Followed): Promise<void> {
    const { dir, listen } = this.#options;
    const { folder, file, files } = followed;
    for (const name of file === undefined ? await listHostFolder(dir, folder) : [file]) {
      const path = join(folder, name);
      const added = await readAdded(dir, path, files);
      if (!added || this.#isClosed) continue;
      const { position, text, isCut } = added;
      const splitter = files.get(position.inode)?.lines ?? new LineSplitter();
      files.set(position.inode, { ...position, lines: splitter });
      const lines = splitter.push(text);
      const { container } = followed;
      if (container !== undefined && (lines.length > 0 || isCut))
        listen({ container, path, lines, isHistory: !followed.wasRead, isCut });
    }
  }
}
