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
  /** Resolves as soon as what it wrote (stdout, or the stream named) contains this; rejects if the program ends without it. */
  until(said: string, stream?: 'stdout' | 'stderr'): Promise<void>;
}

/** Starts the built program, as `npx lab` would, with an environment of its own; `node`: another Node's program. */
export function startBin(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string = root, node = process.execPath): Started {
  const child = spawn(node, [join(root, 'dist/src/cli/main.js'), ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
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
    until: (said, stream = 'stdout') =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!(stream === 'stdout' ? stdout : stderr).includes(said)) return;
          waiters.delete(look);
          resolve();
        };
        waiters.add(look);
        look();
        ended.then(() => reject(new Error(`it ended without saying "${said}":\n${stdout}${stderr}`)), reject);
      }),
  };
}

/**
 * Sends SIGTERM, and resolves when the program has ended. One that goes on is killed after 45 s, and its `signal` shows it: less than the 60 s that a
 * request to an engine may take, so that the end of that does not pass for one by the signal.
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

/** What makes the program use this very engine, with a state folder of its own, in English and without a terminal. */
export const envFor = (engine: Engine, state: string): NodeJS.ProcessEnv => ({
  ...process.env,
  ...engine.compose.env,
  LANG: 'C',
  LC_ALL: 'C',
  XDG_STATE_HOME: state,
});
