import { createInterface } from 'node:readline/promises';
import { singleLine } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import type { Step } from '../../lab/tutorial.ts';
import type { Cli } from '../context.ts';
import { usage } from '../usage.ts';

/** For `--step`: a function that waits for Enter before each step but the first. Throws E_USAGE without a terminal. */
export function stepPrompt({
  out,
  err,
  lang,
  signal,
}: Pick<Cli, 'out' | 'err' | 'lang' | 'signal'>): (step: Step) => Promise<void> {
  // stdout may be a report
  const screen = err.interactive ? err : out;
  if (!process.stdin.isTTY || !screen.interactive)
    throw usage(
      text(
        'lab run: --step waits for the Enter key, which needs a terminal',
        'lab run：--step 會等待按下 Enter，需要在終端機裡執行',
      ),
      'lab run',
    );
  let isFirst = true;
  return async (step) => {
    if (isFirst) {
      isFirst = false;
      return;
    }
    const title = singleLine(step.title[lang]);
    const question = lang === 'en' ? `Enter: ${title} (Ctrl-C ends the run) ` : `按 Enter 繼續：${title}（Ctrl-C 結束執行）`;
    screen.write('\n');
    const lines = createInterface({ input: process.stdin, output: screen.stream });
    // in raw mode, Ctrl-C is a character; Ctrl-D closes the interface and answers nothing
    const interrupt = () => process.kill(process.pid, 'SIGINT');
    lines.once('SIGINT', interrupt).once('close', interrupt);
    try {
      await lines.question(screen.paint.dim(question), { signal });
    } finally {
      lines.off('close', interrupt).close();
    }
  };
}
