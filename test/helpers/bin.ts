import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Engine } from '../../src/docker/engine.ts';
import { root } from '../../src/platform/package-root.ts';

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the output (stdout, or the given stream) contains this so many times; rejects with the output if the program ends before, or after 3 min. */
  until(text: string | RegExp, stream?: 'stdout' | 'stderr', times?: number): Promise<void>;
}

/** A text that has not appeared by then does not appear, however slow the machine is. */
const longestWaitMs = 180_000;

/** Starts the built program as `npx lab` does, with only the given environment. `node`: the path of another Node executable. */
export const startBin = (args: readonly string[], env: NodeJS.ProcessEnv, cwd: string = root, node = process.execPath): Started =>
  startProgram(node, [join(root, 'dist/src/cli/main.js'), ...args], env, cwd);

/** Starts a program with only the given environment. */
export function startProgram(file: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string = root): Started {
  const child = spawn(file, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const waiters = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const wake of waiters) wake();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const wake of waiters) wake();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    until: (text, stream = 'stdout', times = 1) =>
      new Promise((resolve, reject) => {
        const lacks = (when: string) => reject(new Error(`${when} without the output "${text}":\n${stdout}${stderr}`));
        // the limit of the file would end the test without a word about what was printed instead
        const limit = setTimeout(() => lacks(`${longestWaitMs / 1000} s passed`), longestWaitMs);
        const check = () => {
          if ((stream === 'stdout' ? stdout : stderr).split(text).length <= times) return;
          waiters.delete(check);
          clearTimeout(limit);
          resolve();
        };
        waiters.add(check);
        check();
        ended.then(() => lacks('the program ended'), reject).finally(() => clearTimeout(limit));
      }),
  };
}

/**
 * Sends SIGTERM and resolves when the program has ended. If the program keeps running, it is killed after 45 s, and `signal` shows this. A request to an
 * engine may take 60 s; the limit is shorter, so a program that ends because its request timed out cannot pass the test.
 */
export async function terminate({ child, ended }: Started): Promise<Ended> {
  child.kill('SIGTERM');
  const guard = setTimeout(() => child.kill('SIGKILL'), 45_000);
  try {
    return await ended;
  } finally {
    clearTimeout(guard);
  }
}

export const runBin = (args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string, node?: string): Promise<Ended> =>
  startBin(args, env, cwd, node).ended;

/** The environment in which the program uses this engine and its own state folder, in English. */
export const envFor = (engine: Engine, state: string): NodeJS.ProcessEnv => ({
  ...process.env,
  ...engine.compose.env,
  LANG: 'C',
  LC_ALL: 'C',
  XDG_STATE_HOME: state,
});
