import { fstatSync } from 'node:fs';
import pc from 'picocolors';
import { multiLine } from '../../formats/untrusted-text.ts';
import { appendTo } from '../sinks.ts';

/** A stream for people: how wide it is, whether it is a terminal, and its colours (which do nothing where there are none). */
export interface Screen {
  /** Whoever's text it is: nothing in it steers the terminal, but the colours of `paint`. */
  write(text: string): void;
  /** Text, coloured or not, as `write` puts it on the screen: for a library that writes to the stream itself. */
  visible(text: string): string;
  /** On a terminal: puts a line in the place of the one before it, with the cursor at its end; '' takes it away. */
  overwrite(line: string): void;
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
  const colours = options.color !== false && !env.NO_COLOR && wanted;
  const visible = (text: string) => (colours ? text.split(ours).map(keepColour).join('') : multiLine(text));
  return {
    write: (text) => writeAll(stream, visible(text)),
    visible,
    overwrite: (line) => writeAll(stream, `\r\x1b[K${visible(line)}`),
    interactive: terminal && !env.CI,
    get columns() {
      return stream.columns || 80;
    },
    paint: pc.createColors(colours),
    stream,
  };
}

/** The colours, weights and their ends that anything here is painted with; no others: a text of others must not hide itself. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what a terminal reads
const ours = /(\x1b\[(?:[12]|22|3[1-69])m)/;
/** Every other part is a colour, as `split` leaves them. */
const keepColour = (part: string, at: number): string => (at % 2 === 1 ? part : multiLine(part));

/** Into a file all of it, or the stream's error: Node's own stream takes for written what a full disk cut off. */
function writeAll(stream: NodeJS.WriteStream & { readonly fd?: number }, text: string): void {
  const { fd } = stream;
  if (fd === undefined || !fstatSync(fd).isFile()) return void stream.write(text);
  try {
    appendTo(fd, text);
  } catch (error) {
    stream.emit('error', error);
  }
}
