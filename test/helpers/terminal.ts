import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../src/platform/package-root.ts';
import { folder } from './folder.ts';

/** `script` of util-linux, which creates a terminal. */
const program = '/usr/bin/script';
export const hasTerminal = existsSync(program) && existsSync('/bin/bash');

/** A shell with job control on a terminal of 80 columns and 24 rows. */
export interface Terminal {
  /** Everything that was printed. */
  output(): string;
  /** Resolves when the output contains the text, after `from` characters; rejects when the shell ends without it, or after a minute. */
  until(text: string, from?: number): Promise<void>;
  type(keys: string): void;
  /** Sends a signal to the program that `lab` last started. */
  kill(signal: NodeJS.Signals): void;
  /** What the shell wrote to this file. */
  read(name: string): string;
  /** Resolves when the shell has ended. */
  readonly ended: Promise<void>;
  /** Ends the shell and what runs on its terminal. */
  close(): Promise<void>;
}

/** On SIGUSR2, a listener of the program throws. */
const faulty = [
  'import { writeFileSync } from "node:fs"',
  'if (process.env.LAB_TEST_PID) writeFileSync(process.env.LAB_TEST_PID, String(process.pid))',
  'process.on("SIGUSR2", () => { throw new Error("a fault made by the test"); })',
].join(';');

/**
 * Runs a bash script on a terminal. In it, `lab` is the built program, `$NOTES` is a folder for files that `read` returns, and each job has its own process
 * group, so that Ctrl-Z and `fg` work. Without colours.
 */
export function openTerminal(lines: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Terminal {
  const notes = folder();
  const preload = `--import=data:text/javascript,${encodeURIComponent(faulty)}`;
  const lab = `lab() { LAB_TEST_PID="$NOTES/pid" NODE_OPTIONS='${preload}' '${process.execPath}' '${join(root, 'dist/src/cli/main.js')}' "$@"; }`;
  const file = join(folder({ 'typed.sh': ['set -m', 'stty columns 80 rows 24', lab, ...lines].join('\n') }), 'typed.sh');
  const child = spawn(program, ['--quiet', '--return', '--command', `bash '${file}'`, '/dev/null'], {
    cwd,
    env: { ...env, NOTES: notes, CI: '', TERM: 'xterm', NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  const waiters = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    for (const wake of waiters) wake();
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  return {
    output: () => output,
    until: (text, from = 0) =>
      new Promise((resolve, reject) => {
        const missing = (when: string) => reject(new Error(`${when} without "${text}":\n${output.slice(from)}`));
        const late = setTimeout(missing, 60_000, 'a minute passed');
        const check = () => {
          if (!output.includes(text, from)) return;
          waiters.delete(check);
          clearTimeout(late);
          resolve();
        };
        waiters.add(check);
        check();
        ended.then(() => missing('the shell ended'), reject);
      }),
    type: (keys) => child.stdin.write(keys),
    kill: (signal) => process.kill(Number(readFileSync(join(notes, 'pid'), 'utf8')), signal),
    read: (name) => readFileSync(join(notes, name), 'utf8'),
    ended,
    close: async () => {
      // the terminal hangs up
      child.kill('SIGKILL');
      await ended;
    },
  };
}
