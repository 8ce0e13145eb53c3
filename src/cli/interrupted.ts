import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';
import { unlessAborted } from '../platform/any-signal.ts';
import type { Cli } from './context.ts';

const goesOn: Text = text(
  'what was complete stays; the same command again does the rest',
  '已完成的部分會保留；再執行一次就會完成其餘的',
);

/** Work that can be left at any moment: an interrupt ends it at once, whatever it waits for, and is reported as `interruptible` does. */
export const abandonable = <T>(cli: Cli, work: () => Promise<T>, hint = goesOn): Promise<T> =>
  interruptible(cli, () => unlessAborted(work(), cli.signal), hint);

/** Work that an interrupt ends: then it is told as one (E_INTERRUPTED), whatever it broke off with, with what to do. */
export async function interruptible<T>({ signal }: Cli, work: () => Promise<T>, hint = goesOn): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new LabError('E_INTERRUPTED', text('interrupted', '已中斷'), hint, { cause });
  }
}
