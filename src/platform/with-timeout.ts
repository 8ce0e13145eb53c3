import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';

/**
 * The result of `work` within `timeoutMs`; it receives a signal to stop. Throws LabError E_PROBE if it takes longer, whatever it waits for. `what`
 * names the work, as in `the log of web`.
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
    text('check whether the machine is overloaded, then run it again', '請檢查這台機器是否負載過高，再執行一次'),
  );
