import { type FSWatcher, lstatSync, readdirSync, watch } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { isSystemError } from '../platform/system-error.ts';
import { progressFolder } from './progress.ts';

export interface FileChanges {
  close(): void;
}

export interface FileListener {
  /** Receives the path of a file or folder that changed, below the watched folder, with `/`. */
  changed(path: string): void;
  /** Changes can no longer be seen. */
  failed(error: Error): void;
  /** The folder itself may have been moved or removed. */
  moved(): void;
}

/** Drafts and backups of editors, and folders that no step is about. */
const ignored = new RegExp(
  `^(?:${progressFolder.replace('.', '\\.')}|\\.git|node_modules)(?:/|$)|~$|\\.sw[a-z]$|(?:^|/)(?:4913|\\.#[^/]*)$`,
);

/** Whether a change of this file, below a learner's folder, can be the learner's work. */
export const isOfInterest = (path: string): boolean => !ignored.test(path);

/** Systems whose kernels watch a folder with everything below it. */
const isRecursive = process.platform === 'darwin' || process.platform === 'win32';

/** Watches a folder and everything below it. */
export function watchFiles(dir: string, listener: FileListener): FileChanges {
  const changed = (path: string) => {
    if (path !== '' && isOfInterest(path)) listener.changed(path);
  };
  return isRecursive ? watchWhole(dir, listener, changed) : watchEach(dir, listener, changed);
}

function watchWhole(dir: string, { failed, moved }: FileListener, changed: (path: string) => void): FileChanges {
  try {
    const watcher = watch(dir, { recursive: true, persistent: false }, (event, name) => {
      if (event === 'rename') moved();
      if (name !== null) changed(name.split(sep).join('/'));
    });
    watcher.on('error', failed);
    return watcher;
  } catch (error) {
    failed(error as Error);
    return { close: () => undefined };
  }
}

/**
 * Watches each folder by itself. On Linux, Node's own recursive watcher watches each file, and misses every change of a file that was replaced by another, as
 * editors do (seen on Node 20, 22 and 24).
 */
function watchEach(dir: string, { failed, moved }: FileListener, changed: (path: string) => void): FileChanges {
  const watchers = new Map<string, FSWatcher>();
  const pathOf = (full: string) => relative(dir, full).split(sep).join('/');
  const forget = (folder: string) => {
    for (const [path, watcher] of watchers)
      if (path === folder || path.startsWith(folder + sep)) {
        watcher.close();
        watchers.delete(path);
      }
  };
  const onEvent = (folder: string, event: string, name: string | null) => {
    if (event === 'rename' && folder === dir) moved();
    if (name === null) return;
    const full = join(folder, name);
    if (event === 'rename' && isOfInterest(pathOf(full))) {
      // another folder may have taken the place of the one that is watched
      forget(full);
      if (isFolder(full)) add(full);
    }
    changed(pathOf(full));
  };
  const add = (folder: string) => {
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => onEvent(folder, event, name));
      watcher.on('error', failed);
      watchers.set(folder, watcher);
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory() && isOfInterest(pathOf(join(folder, entry.name)))) add(join(folder, entry.name));
    } catch (error) {
      // removed meanwhile, or not readable: nothing in it is the learner's work
      if (folder === dir || !isSystemError(error) || !['ENOENT', 'EACCES', 'ENOTDIR'].includes(error.code ?? ''))
        failed(error as Error);
    }
  };
  add(dir);
  return {
    close: () => {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
