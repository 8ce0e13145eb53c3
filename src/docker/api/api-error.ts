import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { isSystemError, refusedBySystem } from '../../platform/system-error.ts';

/** The engine said no: `status` is HTTP's, the message its own. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What to do about a Docker that has gone in the middle of a run. */
export const startAgain = text(
  'start Docker again; then `lab clean` removes what a run has left on it',
  '請重新啟動 Docker，再用 `lab clean` 移除執行時留在上面的東西',
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
