import { createInterface } from 'node:readline/promises';
import { singleLine } from '../formats/untrusted-text.ts';
import type { Text } from '../lab/text.ts';
import { truncate } from '../report/terminal/layout.ts';
import type { Cli } from './context.ts';

/** Progress of a command on stderr: one live line on a terminal, plain lines elsewhere. */
export interface Prompts {
  progress(line: Text): void;
  /** Asks a yes-or-no question; absent without a terminal. */
  readonly ask?: (question: Text) => Promise<boolean>;
  /** Removes the live line. */
  end(): void;
}

const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

export function promptsOn({ err, lang, unattended, signal }: Cli): Prompts {
  let ticking: NodeJS.Timeout | undefined;
  let last = '';
  let sinceMs = 0;
  let frame = 0;
  const draw = () => {
    const seconds = Math.floor((performance.now() - sinceMs) / 1000);
    const line = `${frames[frame++ % frames.length]} ${last}${seconds > 0 ? `  ${seconds} s` : ''}`;
    err.overwrite(err.paint.dim(truncate(line, err.columns - 1)));
  };
  const end = () => {
    if (ticking) err.overwrite('');
    clearInterval(ticking);
    ticking = undefined;
  };
  const ask = async (question: Text): Promise<boolean> => {
    end();
    const lines = createInterface({ input: process.stdin, output: err.stream });
    try {
      const answer = await lines.question(`${singleLine(question[lang])} [y/N] `, { signal });
      return /^\s*(y|yes|是|好)\s*$/i.test(answer);
    } finally {
      lines.close();
    }
  };
  return {
    progress: (line) => {
      if (line[lang] === last) return;
      last = line[lang];
      sinceMs = performance.now();
      if (!err.interactive) return err.write(`${last}\n`);
      draw();
      ticking ??= setInterval(draw, 80);
    },
    ...(unattended ? {} : { ask }),
    end,
  };
}
