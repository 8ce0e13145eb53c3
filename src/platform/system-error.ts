import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';

/** The operating system refused an operation: full disk, read-only folder, no permission. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error &&
  'code' in error &&
  'syscall' in error &&
  typeof error.code === 'string' &&
  /^E[A-Z]+$/.test(error.code);

/** Adds the path to a system error. Node omits it for operations on an open file, such as `write`. */
export function namingPath(error: unknown, path: string): unknown {
  if (!isSystemError(error) || error.path !== undefined) return error;
  error.path = path;
  error.message += ` '${path}'`;
  return error;
}

/** Does work on a file or folder and adds its path to a system error. */
export async function onPath<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw namingPath(error, path);
  }
}

export const isFull = ({ code }: NodeJS.ErrnoException): boolean => code === 'ENOSPC' || code === 'EDQUOT';

/** The error for a refused operation: what, where, and what to do. */
export function refusedBySystem(error: NodeJS.ErrnoException): LabError {
  const { path, message, code, syscall } = error;
  if (syscall === 'uv_cwd') return noCurrentFolder(error);
  if (!isFull(error))
    return new LabError('E_STATE', text(`the system refused: ${message}`, `系統拒絕了操作：${message}`), adviceOn(error), {
      cause: error,
    });
  return new LabError(
    'E_STATE',
    path === undefined
      ? text(`the disk is full: ${message}`, `磁碟已滿：${message}`)
      : text(`the disk is full: ${path} could not be written (${code})`, `磁碟已滿：無法寫入 ${path}（${code}）`),
    path === undefined
      ? text('free disk space: `df -h` shows which disk is full', '請清出空間：`df -h` 可以看出哪個磁碟已滿')
      : text(
          'free space on the disk of that file (`df -h` shows it), then run the same command again',
          '請在那個檔案所在的磁碟清出空間（`df -h` 可以查看），再執行一次同樣的指令',
        ),
    { cause: error },
  );
}

const noCurrentFolder = (cause: Error): LabError =>
  new LabError(
    'E_USAGE',
    text('the current folder no longer exists', '目前所在的資料夾已經不存在'),
    text('go to a folder that exists (`cd`), then give the command again', '請先切換到存在的資料夾（`cd`），再執行一次'),
    { cause },
  );

const adviceOn = ({ code }: NodeJS.ErrnoException): Text => {
  if (code === 'EROFS')
    return text('that disk is read-only: use a folder on another one', '那個磁碟是唯讀的：請改用其他磁碟上的資料夾');
  if (code === 'EACCES' || code === 'EPERM') return text('check the permissions there: `ls -ld`', '請用 `ls -ld` 檢查讀寫權限');
  return text('check that this path exists and can be read and written', '請確認這個路徑存在，而且可以讀寫');
};
