import { readdir, readlink } from 'node:fs/promises';
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
  const pids = (await readdir('/proc').catch(absent(() => []))).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => commandOf(pid, dir).catch(absent(() => undefined))));
  return found.filter((one) => one !== undefined);
}

/** A process that ended meanwhile, or that is another user's. */
const absent =
  <T>(none: () => T) =>
  (error: unknown): T => {
    if (isSystemError(error) && ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code ?? '')) return none();
    throw error;
  };

async function commandOf(pid: number, dir: string): Promise<RunningCommand | undefined> {
  const words = (await readPlain(`/proc/${pid}/cmdline`, { maxBytes: 100_000 })).toString('utf8').split('\0').slice(0, -1);
  const line = dockerLine(words);
  if (line === undefined) return undefined;
  const cwd = await readlink(`/proc/${pid}/cwd`);
  return cwd === dir || cwd.startsWith(dir + sep) ? { pid, line } : undefined;
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
