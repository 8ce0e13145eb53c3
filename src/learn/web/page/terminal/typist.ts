/** What types commands into the terminal of the page. */
export interface Typist {
  /** The terminal that is open takes what is typed; undefined: none is. */
  use(send: ((text: string) => void) | undefined): void;
  /** Types a line, character by character, then Enter. Resolves when it is done; false: no terminal is open, or it was closed meanwhile. */
  type(line: string, options: TypeOptions): Promise<boolean>;
}

interface TypeOptions {
  /** Between two characters; 0: all at once. */
  readonly pauseMs: number;
  wait(ms: number): Promise<void>;
}

/** Removes what is on the line already, which would become a part of the command: Ctrl-E goes to its end, and in bash Ctrl-U removes what is before the cursor. */
const clearLine = '\x05\x15';
const enter = '\r';

/** What is sent, one after the other. A line end inside would run a part of it before the person has seen all of it. */
export function keystrokes(line: string, atOnce: boolean): readonly string[] {
  const plain = line.replace(/[\r\n]+/g, ' ').trim();
  return [clearLine, ...(atOnce ? [plain] : plain), enter];
}

export function createTypist(): Typist {
  let send: ((text: string) => void) | undefined;
  return {
    use: (next) => {
      send = next;
    },
    type: async (line, { pauseMs, wait }) => {
      const own = send;
      for (const key of keystrokes(line, pauseMs === 0)) {
        if (!own || send !== own) return false;
        own(key);
        if (pauseMs > 0) await wait(pauseMs);
      }
      return true;
    },
  };
}
