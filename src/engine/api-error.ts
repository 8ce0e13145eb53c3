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

/** Errors of ours and the engine's are told as they are; anything else is a bug, and goes on up. */
export function asLabError(error: unknown): LabError {
  if (error instanceof LabError) return error;
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
