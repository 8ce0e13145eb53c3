/** What a command line that someone ran in a container does, as far as the line itself shows it. */

/** `bash`, `sh -l`, as the engine reports them (with a trailing space): input to a shell is not recorded. */
export const isShell = (line: string): boolean => /^(\S*\/)?(ba|a|z|da)?sh(\s+-[li]+)*\s*$/.test(line);

/** Not an option, as `curl --parallel`, nor a part of a longer word, as `/wait-for`. */
const loop = /(?<![\w-])(?:for|while|until|xargs|watch|parallel)(?![\w-])/;

/** The exit code of a command that was ended with Ctrl-C. */
const interrupted = 130;

/**
 * Whether a command has done its work: it succeeded, or it is a loop that was ended with Ctrl-C. What was typed in a shell cannot be seen: it counts when
 * the shell has ended, with whatever exit code. `exitCode` undefined: it still runs, or it could not be started.
 */
export const hasWorked = (line: string, exitCode: number | undefined): boolean =>
  exitCode !== undefined && (exitCode === 0 || isShell(line) || (exitCode === interrupted && loop.test(line)));

/**
 * How often a command line runs a program that looks the name up: `ping -c 10 web` once, however many packets it sends, and a loop as often as its line says.
 * Infinity: a loop that does not say how often.
 */
export function runsIn(line: string, program: RegExp): number {
  const written = Math.max(1, [...line.matchAll(new RegExp(program.source, 'g'))].length);
  return loop.test(line) ? written * turnsIn(line) : written;
}

function turnsIn(line: string): number {
  const [, numbers] = /\bseq((?:\s+\d+){1,3})/.exec(line) ?? [];
  if (numbers !== undefined) {
    const [first = 1, ...more] = numbers.trim().split(/\s+/).map(Number);
    const last = more.at(-1);
    const step = more.length > 1 ? (more[0] ?? 1) : 1;
    return last === undefined ? first : Math.max(0, Math.floor((last - first) / Math.max(1, step)) + 1);
  }
  const [, from, to] = /\{(\d+)\.\.(\d+)\}/.exec(line) ?? [];
  if (from !== undefined) return Math.abs(Number(to) - Number(from)) + 1;
  const [, words] = /\bfor\s+\w+\s+in((?:[^\S\n]+[\w.:-]+)+)[^\S\n]*[;\n]/.exec(line) ?? [];
  return words === undefined ? Number.POSITIVE_INFINITY : words.trim().split(/\s+/).length;
}
