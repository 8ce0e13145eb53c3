import { setMaxListeners } from 'node:events';
import { $, type ProcessOutput } from 'zx/core';
import { anySignal } from './any-signal.ts';

/** Where programs of an administrator are, whoever's PATH this is. */
const systemPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A PATH with these folders in front of those of this process, and the system's behind. */
export const pathWith = (...front: readonly string[]): string =>
  [...new Set([...front, ...(process.env.PATH ?? '').split(':').filter(Boolean), ...systemPath])].join(':');

export interface Settings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
  readonly input?: string;
}

/** zx's `$`, silent, never throwing, in a fixed language; arguments are quoted by zx. What it printed is for the caller to judge. */
export const shell = ({ env = {}, cwd, signal, input }: Settings = {}) =>
  $({
    quiet: true,
    // a process group of its own: Ctrl-C is ours to pass on, and ending it ends all of it (without `ps`, which small systems lack)
    detached: true,
    nothrow: true,
    env: { ...process.env, PATH: pathWith(), LC_ALL: 'C', ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { signal: forMany(signal) }),
    ...(input === undefined ? {} : { input }),
  });

/** The same signal for any number of programs at once, without Node's warning of a leak. */
function forMany(signal: AbortSignal): AbortSignal {
  const own = anySignal(signal);
  setMaxListeners(0, own);
  return own;
}

/** The last lines that a program wrote, for an error's message. */
export const lastLines = (output: string, count = 5): string => output.trimEnd().split('\n').slice(-count).join('\n');

/** What it complained of: its stderr, else its stdout. */
export const complaint = (output: ProcessOutput, count?: number): string =>
  lastLines(output.stderr.trim() ? output.stderr : output.stdout, count);
