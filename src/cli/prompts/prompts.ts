import { createInterface } from 'node:readline/promises';
import { singleLine } from '../../formats/untrusted-text.ts';
import type { Text } from '../../lab/text.ts';
import { truncate } from '../../report/terminal/layout.ts';
import { frameMs, spinnerAt } from '../../report/terminal/live.ts';
import { liveRegion } from '../../report/terminal/live-region.ts';
import type { Cli } from '../context.ts';

/** Progress of a command on stderr: one live line on a terminal, plain lines elsewhere. */
export interface Prompts {
  progress(line: Text): void;
  /** Asks a yes-or-no question; absent without a terminal. */
  readonly ask?: (question: Text) => Promise<boolean>;
  /** Removes the live line. */
  end(): void;
}

export function promptsOn({ err, lang, unattended, signal }: Pick<Cli, 'err' | 'lang' | 'unattended' | 'signal'>): Prompts {
  let ticking: NodeJS.Timeout | undefined;
  let last = '';
  let sinceMs = 0;
  const live = liveRegion(err);
  const draw = () => {
    const elapsedMs = performance.now() - sinceMs;
    const seconds = Math.floor(elapsedMs / 1000);
    const line = `${spinnerAt(elapsedMs)} ${last}${seconds > 0 ? `  ${seconds} s` : ''}`;
    live.show([err.paint.dim(truncate(line, err.columns - 1))]);
  };
  const end = () => {
    if (ticking) live.end();
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
      ticking ??= setInterval(draw, frameMs);
    },
    ...(unattended ? {} : { ask }),
    end,
  };
}

/** Stages on stderr: a live line while one is running, a permanent line with its time when the next starts or the work ends. */
export function stagesOn(cli: Cli) {
  const { err, lang } = cli;
  const prompts = promptsOn(cli);
  let now: { readonly stage: Text; readonly since: number } | undefined;
  const end = (): void => {
    prompts.end();
    if (now) err.write(`${now.stage[lang]} ${err.paint.dim(`${((performance.now() - now.since) / 1000).toFixed(1)} s`)}\n`);
    now = undefined;
  };
  const begin = (stage: Text): void => {
    end();
    if (err.interactive) prompts.progress(stage);
    now = { stage, since: performance.now() };
  };
  return { begin, end, ask: prompts.ask };
}
