import { setTimeout as pause } from 'node:timers/promises';
import { quote } from '../formats/quote.ts';
import { withoutControls } from '../formats/untrusted-text.ts';

export interface CommandOptions {
  readonly cwd: string;
  /** The complete environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  /** An abort ends the command and all processes that it started. */
  readonly signal: AbortSignal;
  /** Each line that it prints, without control characters. */
  onLine?(line: string, stream: 'stdout' | 'stderr'): void;
}

export interface CommandResult {
  readonly exitCode: number;
  /** The last lines of output, stdout and stderr in order of arrival. */
  readonly tail: readonly string[];
}

const tailLines = 40;
/** How long a command may take to end after SIGTERM before it is killed. */
const graceMs = 4000;

/** A template as one line of shell, its values quoted. */
export const shellLine = (pieces: TemplateStringsArray, values: readonly (string | number)[]): string =>
  pieces.reduce((line, piece, at) => line + quote(String(values[at - 1])) + piece);

/** The running process groups. A process that exits early ends them. */
const groups = new Set<number>();
process.on('exit', () => {
  for (const pid of groups) kill(pid, 'SIGKILL');
});

/** Loads while other work precedes the first command. */
const zx = import('zx/core');

/** Runs one line of shell. Resolves with any exit code; an abort rejects with the signal's reason once all processes have ended. */
export async function runLine(line: string, options: CommandOptions): Promise<CommandResult> {
  const { $ } = await zx;
  options.signal.throwIfAborted();
  // Detached: its own process group. A terminal's Ctrl-C reaches only this process, and one kill reaches everything the command started.
  const child = $({
    cwd: options.cwd,
    env: { ...options.env },
    shell: 'sh',
    prefix: '',
    detached: true,
    nothrow: true,
    quiet: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    // the line is already written for the shell
    quote: (written) => written,
  })`${line}`;
  const { pid } = child;
  if (pid) groups.add(pid);
  const tail: string[] = [];
  const take = (stream: 'stdout' | 'stderr') => (text: string) => {
    const clean = withoutControls(text);
    if (!clean.trim()) return;
    tail.push(clean);
    if (tail.length > tailLines) tail.shift();
    options.onLine?.(clean, stream);
  };
  eachLine(child.stdout, take('stdout'));
  eachLine(child.stderr, take('stderr'));

  let hard: NodeJS.Timeout | undefined;
  const end = () => {
    kill(pid, 'SIGTERM');
    hard = setTimeout(() => kill(pid, 'SIGKILL'), graceMs);
  };
  options.signal.addEventListener('abort', end, { once: true });
  try {
    const { exitCode } = await child;
    // Processes that the command started may still clean up; they have the same grace period. Bounded, because a group never ends where no process
    // reaps zombies.
    const untilMs = performance.now() + graceMs + 1000;
    while (options.signal.aborted && kill(pid, 0) && performance.now() < untilMs) await pause(20);
    options.signal.throwIfAborted();
    return { exitCode: exitCode ?? 1, tail };
  } finally {
    clearTimeout(hard);
    options.signal.removeEventListener('abort', end);
    if (pid) groups.delete(pid);
  }
}

/** Sends a signal to a process group; false if it has no process left. 0 only checks. */
function kill(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (!pid) return false;
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r/);
    rest = lines.pop()?.slice(-10_000) ?? '';
    for (const line of lines) take(line);
  });
  stream.on('end', () => take(rest));
}
