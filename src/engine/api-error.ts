import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';

/** The engine said no: `status` is HTTP's, the message its own. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What to do about an engine that has gone in the middle of a run. */
export const startAgain = text(
  'start the engine again (`lab engine up`, or Docker); then `lab clean` removes what a run has left on it',
  '請重新啟動引擎（`lab engine up`，或 Docker），再用 `lab clean` 移除執行時留在上面的東西',
);

/** What the operating system refused: a full disk, a read-only folder, no permission. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error &&
  'code' in error &&
  'syscall' in error &&
  typeof error.code === 'string' &&
  /^E[A-Z]+$/.test(error.code);

const refusedBySystem = (error: NodeJS.ErrnoException): LabError => {
  if (error.syscall === 'uv_cwd') return noCurrentFolder(error);
  return new LabError(
    'E_STATE',
    text(`the system refused: ${error.message}`, `系統拒絕了操作：${error.message}`),
    text('see whether the disk is full or the folder is read-only', '看看磁碟是否已滿，或資料夾是否唯讀'),
    { cause: error },
  );
};

const noCurrentFolder = (cause: Error): LabError =>
  new LabError(
    'E_USAGE',
    text('the current folder no longer exists', '目前所在的資料夾已經不存在'),
    text('go to a folder that exists (`cd`), then give the command again', '請先切換到存在的資料夾（`cd`），再執行一次'),
    { cause },
  );

/** Errors of ours, the engine's and the system's are told as they are; anything else is a bug, and goes on up. */
export function asLabError(error: unknown): LabError {
  if (error instanceof LabError) return error;
  if (isSystemError(error)) return refusedBySystem(error);
  if (!(error instanceof ApiError)) throw error;
  return new LabError(
    'E_ENGINE_API',
    text(
      `the engine refused (HTTP ${error.status}): ${error.message}`,
      `引擎拒絕了請求（HTTP ${error.status}）：${error.message}`,
    ),
    text('look with `lab doctor`, then run it again', '用 `lab doctor` 檢查，再執行一次'),
    { cause: error },
  );
}
