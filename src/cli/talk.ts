import { createInterface } from 'node:readline/promises';
import type { Text } from '../lab/text.ts';
import { truncate } from '../report/layout.ts';
import type { Cli } from './context.ts';

/** What a command says while it works, on stderr: one live line on a terminal, plain lines elsewhere. */
export interface CliTalk {
  progress(line: Text): void;
  /** A yes-or-no question; absent where nobody is there to answer. */
  readonly ask?: (question: Text) => Promise<boolean>;
  /** Takes the live line away. */
  end(): void;
}

export function talkOn({ err, lang, unattended, signal }: Cli): CliTalk {
  let live = false;
  let last = '';
  const end = () => {
    if (live) err.write('\r\x1b[K');
    live = false;
  };
  const ask = async (question: Text): Promise<boolean> => {
    end();
    const lines = createInterface({ input: process.stdin, output: err.stream });
    try {
      const answer = await lines.question(`${question[lang]} [y/N] `, { signal });
      return /^\s*(y|yes|是|好)\s*$/i.test(answer);
    } finally {
      lines.close();
    }
  };
  return {
    progress: (line) => {
      if (line[lang] === last) return;
      last = line[lang];
      if (!err.interactive) return err.write(`${line[lang]}\n`);
      err.write(`\r\x1b[K${err.paint.dim(truncate(line[lang], err.columns - 1))}`);
      live = true;
    },
    ...(unattended ? {} : { ask }),
    end,
  };
}
