import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { isSystemError, refusedBySystem } from '../../platform/system-error.ts';

/** The engine refused a request: `status` is the HTTP status, the message is the engine's. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Hint for a Docker that stopped during a run. */
export const startAgain = text(
  'start Docker again; then `lab clean` removes what a run has left on it',
  '請重新啟動 Docker，再用 `lab clean` 移除執行時留下的資源',
);

/** Returns a LabError as it is and converts errors of the engine and the system. Rethrows anything else: it is a bug. */
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
    text('check with `lab doctor`, then run it again', '請用 `lab doctor` 檢查，再執行一次'),
    { cause: error },
  );
}
