import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import type { Cli } from './context.ts';

/** Work that an interrupt ends: then it is told as one (E_INTERRUPTED), whatever it broke off with. */
export async function interruptible<T>({ signal }: Cli, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new LabError(
      'E_INTERRUPTED',
      text('interrupted', '已中斷'),
      text('what was complete stays; the same command again does the rest', '已完成的部分會保留；再執行一次就會完成其餘的'),
      { cause },
    );
  }
}
