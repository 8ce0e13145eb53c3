import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';
import { unlessAborted } from '../platform/any-signal.ts';
import type { Cli } from './context.ts';

const goesOn: Text = text(
  'completed work is kept; run the same command again to continue',
  '已完成的部分會保留；再執行一次同樣的指令就會繼續',
);

/** For work that can be abandoned at any moment: an interrupt ends it at once, whatever it waits for, and is reported as by `interruptible`. */
export const abandonable = <T>(cli: Cli, work: () => Promise<T>, hint = goesOn): Promise<T> =>
  interruptible(cli, () => unlessAborted(work(), cli.signal), hint);

/** For work that an interrupt ends: whatever error it then throws becomes E_INTERRUPTED, with a hint. */
export async function interruptible<T>({ signal }: Cli, work: () => Promise<T>, hint = goesOn): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new LabError('E_INTERRUPTED', text('interrupted', '已中斷'), hint, { cause });
  }
}

/**
 * Work that removes what it has made when it is interrupted, and is then reported as interrupted. A LabError that it throws says that something could
 * not be removed, which is worse: that is thrown.
 */
export async function cleaningUp<T>({ signal }: Cli, message: Text, hint: Text, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!signal.aborted || cause instanceof LabError) throw cause;
    throw new LabError('E_INTERRUPTED', message, hint, { cause });
  }
}
