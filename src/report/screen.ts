import pc from 'picocolors';

/** A stream for people: how wide it is, whether it is a terminal, and its colours (which do nothing where there are none). */
export interface Screen {
  write(text: string): void;
  /** A terminal whose cursor can be moved. False: plain lines only. */
  readonly interactive: boolean;
  readonly columns: number;
  readonly paint: ReturnType<typeof pc.createColors>;
  /** The stream itself, for a library that wants one. */
  readonly stream: NodeJS.WriteStream;
}

/** `CI` and a dumb terminal make it plain; `NO_COLOR` (any value but empty) takes the colours away, `FORCE_COLOR` brings them. */
export function screenOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv, options: { color?: boolean } = {}): Screen {
  const terminal = stream.isTTY === true && env.TERM !== 'dumb';
  const wanted = env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : terminal && !env.CI;
  return {
    write: (text) => void stream.write(text),
    interactive: terminal && !env.CI,
    get columns() {
      return stream.columns || 80;
    },
    paint: pc.createColors(options.color !== false && !env.NO_COLOR && wanted),
    stream,
  };
}
