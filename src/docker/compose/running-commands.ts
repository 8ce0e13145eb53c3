import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';
import { quote } from '../../formats/quote.ts';
import { isSystemError } from '../../platform/system-error.ts';

/** A Docker command that somebody runs in a folder. */
export interface RunningCommand {
  readonly pid: number;
  /** As a person types it: `docker compose up -d`. */
  readonly line: string;
}

/**
 * The Docker commands that run now in a folder or below it, by /proc. Empty on systems without /proc; processes of other users are left out. Synchronous: a
 * quick command has ended before an asynchronous call returns, and on a busy machine hundreds of these take seconds; together they take a few milliseconds.
 */
export function runningCommands(dir: string): readonly RunningCommand[] {
  const found = processesIn(dir).flatMap((pid) => {
    const words = orNone(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1));
    const line = words && dockerLine(words);
    return line === undefined ? [] : [{ pid, line }];
  });
  return withoutPlugins(found, (pid) => orNone(() => parentIn(readFileSync(`/proc/${pid}/stat`, 'utf8'))));
}

/** Without the processes that another of the commands started: `docker compose up` starts a plugin, which ends a little earlier. */
export function withoutPlugins(
  commands: readonly RunningCommand[],
  parentOf: (pid: number) => number | undefined,
): readonly RunningCommand[] {
  const pids = new Set(commands.map(({ pid }) => pid));
  return commands.length < 2 ? commands : commands.filter(({ pid }) => !pids.has(parentOf(pid) ?? 0));
}

/** `17 (docker (x)) S 16 …`: the name can contain anything. */
const parentIn = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);

/** The processes that run in a folder or below it. */
function processesIn(dir: string): number[] {
  const names = orNone(() => readdirSync('/proc')) ?? [];
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.filter((pid) => {
    const cwd = orNone(() => readlinkSync(`/proc/${pid}/cwd`));
    return cwd !== undefined && (cwd === dir || cwd.startsWith(dir + sep));
  });
}

/** Undefined: the process ended meanwhile, or is another user's. */
function orNone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isSystemError(error) && ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code ?? '')) return undefined;
    throw error;
  }
}

/** The command line of `docker` or Compose as typed; undefined: another program. A plugin is started as `…/docker-compose compose up`. */
export function dockerLine(words: readonly string[]): string | undefined {
  // Compose 1 is a Python script
  const at = /(?:^|\/)python[\d.]*$/.test(words[0] ?? '') ? 1 : 0;
  const program = words[at]?.split('/').at(-1);
  const rest = words.slice(at + 1);
  if (program !== 'docker' && program !== 'docker-compose') return undefined;
  const typed = program === 'docker-compose' && rest[0] === 'compose' ? ['docker', ...rest] : [program, ...rest];
  return typed.map(quote).join(' ');
}
