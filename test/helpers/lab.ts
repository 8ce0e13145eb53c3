import { spawn } from 'node:child_process';
import { join } from 'node:path';
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
