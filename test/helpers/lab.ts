import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { program } from '../../src/cli/args.ts';
import { langOf } from '../../src/cli/context.ts';
import { formatError } from '../../src/cli/format-error.ts';
import { LabError } from '../../src/lab/error.ts';
import { root } from '../../src/platform/package-root.ts';

export interface LabResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LabOptions {
  /** Added to the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Called with all of stderr so far after each chunk; may send the program a signal. */
  readonly onStderr?: (stderr: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the built program (`npm run build`) with these arguments, without a terminal. */
export function lab(args: readonly string[], options: LabOptions = {}): Promise<LabResult> {
  const env = { ...process.env, LANG: 'C', LC_ALL: 'C', ...options.env };
  const child = spawn(process.execPath, [join(root, 'dist/src/cli/main.js'), ...args], {
    cwd: options.cwd ?? root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onStderr?.(stderr, (signal) => child.kill(signal));
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ exitCode: code ?? -1, stdout, stderr }));
  });
}

/**
 * The same without a new process: ten times as fast, for calls that end before they use an engine. `lab` covers src/cli/main.ts (streams, signals). Only one call
 * at a time, because it captures the streams of this process.
 */
export async function labInProcess(args: readonly string[]): Promise<LabResult> {
  const argv = [process.execPath, 'lab', ...args];
  const lang = langOf(argv, { LC_ALL: 'C' });
  const [stdout, stderr] = [take(process.stdout), take(process.stderr)];
  try {
    const exitCode = await program(argv, lang, new AbortController().signal);
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { exitCode: error.exitCode, stdout: stdout.text(), stderr: stderr.text() + formatError(error, lang) };
  } finally {
    stdout.release();
    stderr.release();
  }
}

/** Captures the output to a stream of this process. Until `release`, the stream is not a terminal. */
function take(stream: NodeJS.WriteStream): { text(): string; release(): void } {
  let captured = '';
  const { write, isTTY, columns } = stream;
  const keep = (chunk: string | Uint8Array): boolean => {
    captured += chunk;
    return true;
  };
  Object.assign(stream, { write: keep, isTTY: false, columns: undefined });
  return { text: () => captured, release: () => void Object.assign(stream, { write, isTTY, columns }) };
}
