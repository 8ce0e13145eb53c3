import type { RunEvent } from '../../lab/event.ts';
import { wordsOf } from '../messages.ts';
import { body } from './check-lines.ts';
import { renderCommand } from './command-text.ts';
import { abridge, widthOf, wrap } from './layout.ts';
import { digest } from './output-digest.ts';
import { fitTable } from './table-rows.ts';
import { edge, marked, type Page } from './text-blocks.ts';

/** A command that is running, and what is kept of its output. */
export interface RunningCommand {
  readonly line: string;
  /** The last lines, of stdout and stderr. */
  readonly output: string[];
  /** The first lines of stdout, without progress. */
  readonly lines: string[];
  /** The number of further lines of stdout. */
  hidden: number;
}

/** Number of lines shown from the end of a failed command's output. */
const tail = 8;
/** Number of lines shown from the start of a command's output, and number of those that a digest is made from. */
const head = 6;
const digested = 1000;
/** BuildKit's plain progress goes to stdout: `#7 [2/4] RUN …`. */
const buildProgress = /^#\d+ /;

export const startedCommand = (line: string): RunningCommand => ({ line, output: [], lines: [], hidden: 0 });

/** Adds a line of output. */
export function keepOutput(command: RunningCommand, line: string, stream: 'stdout' | 'stderr', isBrief: boolean): void {
  command.output.push(line);
  if (command.output.length > tail) command.output.shift();
  if (stream === 'stderr' || buildProgress.test(line)) return;
  if (command.lines.length < (isBrief ? digested : head)) command.lines.push(line);
  else command.hidden += 1;
}

type Finished = Pick<Extract<RunEvent, { kind: 'command-finished' }>, 'line' | 'exitCode' | 'durationMs'>;

/** The lines of a command that has ended, and of its output if it succeeded; `last`: in brief, the output's last line, which follows them. */
interface FinishedLines {
  readonly lines: readonly string[];
  readonly last?: string;
}

/** A command that has ended, and its output if it succeeded. */
export function renderFinished(page: Page, { line, exitCode, durationMs }: Finished, command?: RunningCommand): FinishedLines {
  const words = wordsOf(page.lang);
  const { paint } = page;
  if (page.brief) {
    const failure = exitCode === 0 ? [] : [`${' '.repeat(body + 2)}${paint.red(words.exit(exitCode))}`];
    const output = exitCode === 0 && command ? indented(page, digest(line, command.lines, command.hidden, page.lang)) : [];
    const last = output.pop();
    return { lines: [...renderCommand(page, line, body), ...output, ...failure], ...(last === undefined ? {} : { last }) };
  }
  const time = words.time(durationMs);
  const right = exitCode === 0 ? time : `${words.exit(exitCode)}  ${time}`;
  const prompt = exitCode === 0 ? paint.dim('$') : paint.red('$');
  const output = exitCode === 0 && command ? renderOutput(page, command) : [];
  return { lines: [...marked(page, prompt, line, { indent: body, right }), ...output] };
}

/** A command that had not ended when the step did. */
export function renderUnfinished(page: Page, line: string): string[] {
  const { unfinished } = wordsOf(page.lang);
  if (page.brief) return [...renderCommand(page, line, body), `${' '.repeat(body + 2)}${page.paint.dim(unfinished)}`];
  return marked(page, page.paint.dim('$'), line, { indent: body, right: unfinished });
}

function renderOutput(page: Page, { lines, hidden }: Pick<RunningCommand, 'lines' | 'hidden'>): string[] {
  const more = hidden > 0 ? [wordsOf(page.lang).moreLines(hidden)] : [];
  return indented(page, [...lines, ...more]);
}

/**
 * Output below its command: a line that is slightly too long is wrapped, a row of a wide table is abridged in the middle; in brief, the end of a long line is
 * left out.
 */
function indented(page: Page, lines: readonly string[]): string[] {
  const available = edge(page) - body - 2;
  const fit = (line: string): string[] => {
    if (page.brief) return widthOf(line) <= available ? [line] : shortened(wrap(line, available - 2));
    return widthOf(line) > available * 1.5 ? [abridge(line, available)] : wrap(line, available);
  };
  return (fitTable(lines, available) ?? lines.flatMap(fit)).map((line) => `${' '.repeat(body + 2)}${page.paint.dim(line)}`);
}

/** The number of lines that are shown of one long line of output, each of whole words. */
const mostLines = 2;
const shortened = (lines: readonly string[]): string[] =>
  lines.length <= mostLines ? [...lines] : [...lines.slice(0, mostLines - 1), `${lines[mostLines - 1]} …`];
