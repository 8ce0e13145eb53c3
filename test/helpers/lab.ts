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
  /** Laid over ours. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Hears what the program says on stderr, piece by piece, and may send it a signal. */
  readonly onStderr?: (said: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** The built program (`npm run build`), with these arguments, without a terminal. */
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
 * The same without a process: a tenth of the work, for calls that end before an engine is asked for. What src/cli/main.ts does around it (streams, signals)
 * is proven by `lab`. One at a time, as it takes this process's streams.
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

/** Keeps what is written to a stream of this process, which is no terminal meanwhile. */
function take(stream: NodeJS.WriteStream): { text(): string; release(): void } {
  let said = '';
  const { write, isTTY, columns } = stream;
  const keep = (chunk: string | Uint8Array): boolean => {
    said += chunk;
    return true;
  };
  Object.assign(stream, { write: keep, isTTY: false, columns: undefined });
  return { text: () => said, release: () => void Object.assign(stream, { write, isTTY, columns }) };
}
