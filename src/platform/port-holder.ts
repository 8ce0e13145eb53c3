import { readdir, readlink } from 'node:fs/promises';
import { readPlain } from './plain-file.ts';
import { isSystemError } from './system-error.ts';

/** A process of this machine. */
export interface PortProcess {
  /** The name of its program. */
  readonly name: string;
  readonly pid: number;
}

/** The process that listens on a TCP port of this machine, by /proc. Undefined: none, or it is another user's, or there is no /proc. */
export async function processOnPort(port: number): Promise<PortProcess | undefined> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => textOf(`/proc/net/${name}`)));
  const sockets = new Set(tables.flatMap((table) => socketsOn(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  for (const pid of (await readdir('/proc').catch(gone(() => []))).filter((name) => /^\d+$/.test(name))) {
    const handles = await readdir(`/proc/${pid}/fd`).catch(gone(() => []));
    const targets = await Promise.all(handles.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(gone(() => ''))));
    if (targets.some((one) => sockets.has(one))) return { name: (await textOf(`/proc/${pid}/comm`)).trim(), pid: Number(pid) };
  }
  return undefined;
}

const listening = '0A';

/** The inodes of the sockets in a table of /proc/net/tcp that listen on a port (proc_pid_net(5)). */
export const socketsOn = (table: string, port: number): string[] =>
  table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const found = state === listening && Number.parseInt(local.split(':')[1] ?? '', 16) === port && inode !== '0';
    return found ? [inode] : [];
  });

const textOf = async (path: string): Promise<string> =>
  (await readPlain(path, { maxBytes: 4_000_000 }).catch(gone(() => Buffer.alloc(0)))).toString('utf8');

/** A process that ended meanwhile, one of another user, or a system without /proc. */
const gone =
  <T>(none: () => T) =>
  (error: unknown): T => {
    if (isSystemError(error) && ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code ?? '')) return none();
    throw error;
  };
