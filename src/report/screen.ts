import { appendFileSync, fstatSync } from 'node:fs';
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
    write: (text) => writeAll(stream, text),
    interactive: terminal && !env.CI,
    get columns() {
      return stream.columns || 80;
    },
    paint: pc.createColors(options.color !== false && !env.NO_COLOR && wanted),
    stream,
  };
}

/** Into a file all of it, or the stream's error: Node's own stream takes for written what a full disk cut off. */
function writeAll(stream: NodeJS.WriteStream & { readonly fd?: number }, text: string): void {
  const { fd } = stream;
  if (fd === undefined || !fstatSync(fd).isFile()) return void stream.write(text);
  try {
    appendFileSync(fd, text);
  } catch (error) {
    stream.emit('error', error);
  }
}
