import { $, type ProcessOutput } from 'zx/core';
import { anySignal } from './any-signal.ts';

/** Folders of administrator programs, added to every user's PATH. */
const systemPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A PATH with these folders before those of this process, and the system's after them. */
export const pathWith = (...front: readonly string[]): string =>
  [...new Set([...front, ...(process.env.PATH ?? '').split(':').filter(Boolean), ...systemPath])].join(':');

export interface Settings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
  readonly input?: string;
}

/** zx's `$`: silent, never throws, fixed language; zx quotes the arguments. The caller judges the output. */
export const shell = ({ env = {}, cwd, signal, input }: Settings = {}) =>
  $({
    quiet: true,
    // a separate process group: this process passes Ctrl-C on, and ending the group ends all its processes (without `ps`, which small systems lack)
    detached: true,
    nothrow: true,
    env: { ...process.env, PATH: pathWith(), LC_ALL: 'C', ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { signal: forMany(signal) }),
    ...(input === undefined ? {} : { input }),
  });

/** By its source. */
const shared = new WeakMap<AbortSignal, AbortSignal>();

/** The same signal for any number of programs at once, without Node's warning of a leak. It lives as long as its source. */
function forMany(signal: AbortSignal): AbortSignal {
  const own = shared.get(signal) ?? anySignal(signal);
  shared.set(signal, own);
  return own;
}

/** The last lines that a program wrote, for an error's message. */
export const lastLines = (output: string, count = 5): string => output.trimEnd().split('\n').slice(-count).join('\n');

/** The error output of a program: its stderr, else its stdout. */
export const complaint = (output: ProcessOutput, count?: number): string =>
  lastLines(output.stderr.trim() ? output.stderr : output.stdout, count);
