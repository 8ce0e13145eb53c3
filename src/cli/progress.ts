import type { Text } from '../lab/text.ts';
import type { Cli } from './context.ts';

/** What goes on before a command's own output: one line that is written over on a terminal, a line each elsewhere. */
export interface Progress {
  tell(line: Text): void;
  /** Takes the line away. */
  end(): void;
  /** Does something that needs the screen for itself. */
  around<T>(work: () => Promise<T>): Promise<T>;
}

export function progressLine(cli: Cli): Progress {
  let last = '';
  const wipe = () => {
    if (last && cli.err.interactive) cli.err.write('\r\u001b[2K');
    last = '';
  };
  return {
    tell: (line) => {
      const said = line[cli.lang];
      if (said === last) return;
      wipe();
      last = said;
      cli.err.write(cli.err.interactive ? cli.err.paint.dim(said.slice(0, cli.err.columns - 1)) : `${said}\n`);
    },
    end: wipe,
    around: (work) => {
      wipe();
      return work();
    },
  };
}
