import { type FSWatcher, watch } from 'node:fs';
import { sep } from 'node:path';
import { progressFolder } from './progress.ts';

export interface FileChanges {
  close(): void;
}

/** Drafts and backups of editors, and folders that no step is about. */
const ignored = new RegExp(
  `^(?:${progressFolder.replace('.', '\\.')}|\\.git|node_modules)(?:/|$)|~$|\\.sw[a-z]$|(?:^|/)(?:4913|\\.#[^/]*)$`,
);

/** Whether a change of this file, below a learner's folder, can be the learner's work. */
export const isOfInterest = (path: string): boolean => !ignored.test(path);

/** Calls `listen` with the path of each file that changes below a folder, with `/`. `failed`: changes can no longer be seen. */
export function watchFiles(dir: string, listen: (path: string) => void, failed: (error: Error) => void): FileChanges {
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(dir, { recursive: true, persistent: false }, (_, name) => {
      const path = name?.split(sep).join('/');
      if (path !== undefined && isOfInterest(path)) listen(path);
    });
    watcher.on('error', failed);
  } catch (error) {
    failed(error as Error);
  }
  return { close: () => watcher?.close() };
}
