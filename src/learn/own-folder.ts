import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { findOwnFolder } from '../docker/learner-project.ts';
import { composeFileNames } from '../formats/compose-file.ts';
import { LabError } from '../lab/error.ts';
import { joinTexts, type Text, text } from '../lab/text.ts';
import type { Clock } from '../run/clock.ts';

/** A learner's folder while live mode runs: whether it still exists, and whether its Compose file can be read. */
export interface OwnFolder {
  /** Throws LabError E_PROJECT_UNKNOWN if the folder was removed or renamed, also if another has its name now. */
  assertThere(): void;
  /** A file was written, by its path below the folder. Reads the Compose file again if it is that one. */
  changed(path: string): void;
}

export interface OwnFolderOptions {
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Receives a fault of the Compose file with its line, and later that it is corrected. */
  report(note: Text): void;
  /** Receives an error that is no fault of the file. */
  failed(error: unknown): void;
}

/** An editor writes a file in several steps: it is read this long after the last one. */
const savedMs = 100;

/** Describes a learner's folder that exists now. Throws as `assertThere` does. */
export function ownFolder(options: OwnFolderOptions): OwnFolder {
  const { dir, clock, signal, report, failed } = options;
  const first = inode(dir);
  let fault: Text | undefined;
  let last: AbortSignal | undefined;
  const read = async () => {
    const found = await faultIn(options);
    if (signal.aborted || found?.en === fault?.en) return;
    fault = found;
    report(found ?? text('The Compose file can be read again.', 'Compose 檔已經可以讀取了。'));
  };
  const assertThere = () => {
    if (first === undefined || inode(dir) !== first) throw folderGone(dir);
  };
  assertThere();
  return {
    assertThere,
    changed: (path) => {
      if (dirname(path) !== '.' || !(composeFileNames.includes(path) || path === '.env' || path === composeFileIn(options)))
        return;
      const saved = clock.after(savedMs);
      last = saved;
      saved.addEventListener('abort', () => {
        if (last === saved && !signal.aborted) read().catch(failed);
      });
    },
  };
}

/** Distinguishes the folder from another one that gets its name; undefined: there is none. */
const inode = (dir: string): string | undefined => {
  const found = statSync(dir, { throwIfNoEntry: false });
  return found?.isDirectory() ? `${found.dev} ${found.ino}` : undefined;
};

const composeFileIn = ({ env }: OwnFolderOptions): string => basename(env['COMPOSE_FILE'] ?? '');

async function faultIn({ dir, env }: OwnFolderOptions): Promise<Text | undefined> {
  try {
    const found = await findOwnFolder(dir, env, []);
    return found?.dir === dir
      ? undefined
      : text(`There is no Compose file in ${dir} any more.`, `${dir} 裡已經沒有 Compose 檔。`);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return joinTexts([error.text, error.hint], text('. Try next: ', '。下一步：'));
  }
}

const folderGone = (dir: string): LabError =>
  new LabError(
    'E_PROJECT_UNKNOWN',
    text(`the folder ${dir} was removed or renamed while lab learn ran`, `資料夾 ${dir} 在 lab learn 執行期間被移除或改名了`),
    text(
      'go to the folder of the stack and run `lab learn` again: progress is in that folder; `lab start` creates a new one',
      '請切換到那組服務的資料夾，再執行 `lab learn`：進度保存在那個資料夾裡；`lab start` 會建立新的資料夾',
    ),
  );
