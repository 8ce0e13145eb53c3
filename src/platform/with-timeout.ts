import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';

/**
 * What `work` resolves to within `timeoutMs`; it is handed a signal to let go by. Throws LabError E_PROBE where it takes longer,
 * whatever the work waits for: `what` says of what, as in `the log of web`.
 */
export async function withTimeout<T>(timeoutMs: number, what: Text, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const enough = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      enough.abort();
      reject(tooLate(timeoutMs, what));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(enough.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

const tooLate = (timeoutMs: number, what: Text): LabError =>
  new LabError(
    'E_PROBE',
    text(`${what.en} did not end within ${timeoutMs} ms`, `${what['zh-TW']}沒有在 ${timeoutMs} 毫秒內結束`),
    text('see whether the machine is overloaded, then run it again', '看看這台機器是否太忙，再執行一次'),
  );
