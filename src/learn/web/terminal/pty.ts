import { type Text, text } from '../../../lab/text.ts';

/** The module that makes pseudo-terminals. */
export type PtyModule = Pick<typeof import('@lydell/node-pty'), 'spawn'>;

/** An optional package with a part for each system: where it has none, the page has no terminal. Otherwise why it cannot be used. */
export async function loadPty(platform: NodeJS.Platform): Promise<PtyModule | { readonly why: Text }> {
  // the program's other parts find processes by /proc and signals
  if (platform === 'win32') return { why: unavailable('Windows') };
  try {
    const { spawn } = await import('@lydell/node-pty');
    return { spawn };
  } catch (error) {
    return { why: unavailable((error as NodeJS.ErrnoException).code ?? 'unknown') };
  }
}

const unavailable = (reason: string): Text =>
  text(
    `The page has no terminal on this machine (node-pty: ${reason}). Type the commands in a terminal of your own, in the folder below.`,
    `這台機器上的頁面沒有終端機（node-pty：${reason}）。請在你自己的終端機輸入指令，先切換到下面的資料夾。`,
  );
