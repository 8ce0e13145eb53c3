import { statSync } from 'node:fs';
import { basename, dirname, sep } from 'node:path';
import { type Compose, composeLine } from '../docker/compose/compose.ts';
import { findOwnFolder } from '../docker/learner-project.ts';
import { composeComplaint } from '../formats/compose-complaint.ts';
import { composeFileNames } from '../formats/compose-file.ts';
import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';
import { readHostFile } from '../platform/host-file.ts';
import { runLine } from '../platform/shell.ts';
import type { Clock } from '../run/clock.ts';
import type { FileFault } from './state.ts';

/** A learner's folder while live mode runs: whether it still exists, and whether Compose can use its file. */
export interface OwnFolder {
  /** Throws LabError E_PROJECT_UNKNOWN if the folder was removed or renamed, also if another has its name now. */
  assertThere(): void;
  /** A file was written, by its path below the folder. Reads the Compose file again if it is that one. */
  changed(path: string): void;
}

export interface OwnFolderOptions {
  readonly dir: string;
  readonly compose: Compose;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Receives a fault of the Compose file with its line; undefined: it is corrected. */
  report(fault: FileFault | undefined): void;
  /** Receives an error that is no fault of the file. */
  failed(error: unknown): void;
}

/** An editor writes a file in several steps: it is read this long after the last one. */
const savedMs = 100;

/** Describes a learner's folder that exists now. Throws as `assertThere` does. */
export function ownFolder(options: OwnFolderOptions): OwnFolder {
  const { dir, clock, signal, report, failed } = options;
  const first = inode(dir);
  let fault: FileFault | undefined;
  let last: AbortSignal | undefined;
  const read = async (saved: AbortSignal) => {
    const found = await faultIn(options);
    // saved once more meanwhile: it is read again
    if (signal.aborted || last !== saved || found?.seen.en === fault?.seen.en) return;
    fault = found;
    report(found);
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
        if (last === saved && !signal.aborted) read(saved).catch((error: unknown) => signal.aborted || failed(error));
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

async function faultIn(options: OwnFolderOptions): Promise<FileFault | undefined> {
  const { dir, env } = options;
  try {
    const found = await findOwnFolder(dir, env, []);
    return found?.dir === dir
      ? await complaintOf(options, basename(found.path))
      : { seen: text(`There is no Compose file in ${dir} any more.`, `${dir} 裡已經沒有 Compose 檔。`) };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return placed(dir, error);
  }
}

/** A fault with its place: `compose.yaml:11: …` in place of the whole path, if the line is known. */
function placed(dir: string, { text: why, hint }: LabError): FileFault {
  // a quote that is not closed is noticed at the end of the file
  const [, line] = why.en.includes('Missing closing') ? [] : (/ at line (\d+)/.exec(why.en) ?? []);
  const [, name] = /^(\S+): /.exec(why.en.replace(`${dir}${sep}`, '')) ?? [];
  const place = name === undefined || line === undefined ? undefined : `${name}:${line}`;
  const short = (said: string) => said.replace(`${dir}${sep}`, '').replace(name ?? '', place ?? name ?? '');
  return { seen: text(short(why.en), short(why['zh-TW'])), tryNext: place === undefined ? hint : correctAt(place) };
}

const correctAt = (place: string): Text =>
  text(
    `correct ${place}; \`docker compose config\` checks the file`,
    `請修正 ${place}；\`docker compose config\` 可以檢查這個檔案`,
  );

/** What Compose itself says about a file that is YAML: an unknown key, a network that is not defined. Undefined: it can use it. */
async function complaintOf({ dir, compose, env, signal }: OwnFolderOptions, name: string): Promise<FileFault | undefined> {
  const defined = Object.entries({ ...env, ...compose.env }).filter((one): one is [string, string] => one[1] !== undefined);
  const line = composeLine(compose, 'config -q').started;
  const { exitCode, tail } = await runLine(line, { cwd: dir, env: Object.fromEntries(defined), signal });
  const file = exitCode === 0 ? undefined : await readHostFile(dir, name);
  const found = file && composeComplaint(tail, file.kind === 'file' ? file.text : '');
  if (!found) return undefined;
  const place = found.line === undefined ? name : `${name}:${found.line}`;
  return { seen: text(`${place}: ${found.said}`, `${place}：${found.said}`), tryNext: correctAt(place) };
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
