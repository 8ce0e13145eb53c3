import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';
import { unlessAborted } from '../platform/any-signal.ts';
import type { Cli } from './context.ts';

const goesOn: Text = text(
  'completed work is kept; run the same command again to continue',
  '已完成的部分會保留；再執行一次同樣的指令就會繼續',
);

/**
 * For work that can be abandoned at any time: an interrupt ends it immediately, even while it waits. Reports it as
 * `interruptible` does.
 */
export const abandonable = <T>(cli: Cli, work: () => Promise<T>, hint = goesOn): Promise<T> =>
  interruptible(cli, () => unlessAborted(work(), cli.signal), hint);

/** Runs work that an interrupt ends: any error that it throws afterwards becomes E_INTERRUPTED, with a hint. */
export async function interruptible<T>({ signal }: Cli, work: () => Promise<T>, hint = goesOn): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new LabError('E_INTERRUPTED', text('interrupted', '已中斷'), hint, { cause });
  }
}

/**
 * Runs work that removes what it made if it is interrupted, and is then reported as interrupted. If it throws a LabError,
 * something could not be removed, which is more important: that error is thrown.
 */
export async function cleaningUp<T>({ signal }: Cli, message: Text, hint: Text, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!signal.aborted || cause instanceof LabError) throw cause;
    throw new LabError('E_INTERRUPTED', message, hint, { cause });
  }
}
