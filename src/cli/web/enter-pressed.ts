import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { ReadStream } from 'node:tty';

/**
 * Resolves at Enter, or at an abort; without a terminal, and after its end, at an abort alone. What was typed before does not count. Nothing is read before: a
 * program in the background stops when it reads from the terminal.
 */
export async function enterPressed(stdin: ReadStream, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const aborted = once(signal, 'abort');
  if (!stdin.isTTY) return void (await aborted);
  let lines = 0;
  let pressed: () => void = () => undefined;
  const onData = () => {
    lines += 1;
    pressed();
  };
  // an error, such as that for a program in the background, is the end of the input
  stdin.on('data', onData).on('error', () => undefined);
  try {
    // a terminal passes on one line in a turn
    for (let before = -1; before < lines; await turn()) before = lines;
    const entered = new Promise<void>((resolve) => {
      pressed = resolve;
    });
    await Promise.race([entered, aborted]);
  } finally {
    stdin.off('data', onData).pause();
  }
}
