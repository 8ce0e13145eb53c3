import { fstatSync } from 'node:fs';
import pc from 'picocolors';
import { multiLine } from '../../formats/untrusted-text.ts';
import { appendTo } from '../sinks.ts';

/** A stream for users: its width, whether it is a terminal, and its colours (which have no effect without a terminal). */
export interface Screen {
  /** Writes text from any source: the colours of `paint` are its only control sequences. */
  write(text: string): void;
  /** Text, coloured or not, as `write` prints it: for a library that writes to the stream itself. */
  visible(text: string): string;
  /** A terminal with a movable cursor. False: plain lines only. */
  readonly interactive: boolean;
  readonly columns: number;
  readonly paint: ReturnType<typeof pc.createColors>;
  /** The stream itself, for a library that needs one. */
  readonly stream: NodeJS.WriteStream;
}

/** `CI` and a dumb terminal make it plain; `NO_COLOR` (any non-empty value) removes the colours, `FORCE_COLOR` enables them. */
export function screenOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv, options: { color?: boolean } = {}): Screen {
  const terminal = stream.isTTY === true && env.TERM !== 'dumb';
  const wanted = env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : terminal && !env.CI;
  const colours = options.color !== false && !env.NO_COLOR && wanted;
  const visible = (text: string) => (colours ? text.split(ours).map(keepColour).join('') : multiLine(text));
  return {
    write: (text) => writeAll(stream, visible(text)),
    visible,
    interactive: terminal && !env.CI,
    get columns() {
      return stream.columns || 80;
    },
    paint: pc.createColors(colours),
    stream,
  };
}

/** The only colours, weights and resets that are printed as such: other control sequences in a text stay visible. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what a terminal reads
const ours = /(\x1b\[(?:[12]|22|3[1-69])m)/;
/** Every other part is a colour, because `split` keeps captured separators. */
const keepColour = (part: string, at: number): string => (at % 2 === 1 ? part : multiLine(part));

/** Writes all of it to a file, or throws the stream's error: Node's own stream treats data that a full disk cut off as written. */
function writeAll(stream: NodeJS.WriteStream & { readonly fd?: number }, text: string): void {
  const { fd } = stream;
  if (fd === undefined || !fstatSync(fd).isFile()) return void stream.write(text);
  try {
    appendTo(fd, text);
  } catch (error) {
    stream.emit('error', error);
  }
}
