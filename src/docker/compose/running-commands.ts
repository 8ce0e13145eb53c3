import { readdirSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';
import { readPlain } from '../../platform/plain-file.ts';
import { quote } from '../../platform/shell.ts';
import { isSystemError } from '../../platform/system-error.ts';

/** A Docker command that somebody runs in a folder. */
export interface RunningCommand {
  readonly pid: number;
  /** As a person types it: `docker compose up -d`. */
  readonly line: string;
}

/** The Docker commands that run now in a folder or below it, by /proc. Empty on systems without /proc; processes of other users are left out. */
export async function runningCommands(dir: string): Promise<RunningCommand[]> {
  const found = await Promise.all(processesIn(dir).map((pid) => commandOf(pid).catch(absent(() => undefined))));
  return found.filter((one) => one !== undefined);
}

/**
 * The processes that run in a folder or below it. Synchronous: on a busy machine, hundreds of asynchronous calls take seconds, and a command that ends
 * meanwhile is missed; together they take a few milliseconds.
 */
function processesIn(dir: string): number[] {
  const names = orNone(() => readdirSync('/proc')) ?? [];
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.filter((pid) => {
    const cwd = orNone(() => readlinkSync(`/proc/${pid}/cwd`));
    return cwd !== undefined && (cwd === dir || cwd.startsWith(dir + sep));
  });
}

function orNone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    return absent(() => undefined)(error);
  }
}

/** A process that ended meanwhile, or that is another user's. */
const absent =
  <T>(none: () => T) =>
  (error: unknown): T => {
    if (isSystemError(error) && ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code ?? '')) return none();
    throw error;
  };

async function commandOf(pid: number): Promise<RunningCommand | undefined> {
  const words = (await readPlain(`/proc/${pid}/cmdline`, { maxBytes: 100_000 })).toString('utf8').split('\0').slice(0, -1);
  const line = dockerLine(words);
  return line === undefined ? undefined : { pid, line };
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
