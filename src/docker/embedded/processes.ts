import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Layout } from './layout.ts';

/** A running process, as listed in /proc. */
export interface Process {
  readonly pid: number;
  readonly argv: readonly string[];
}

/** All running processes, except zombies (they have no arguments) and the kernel's own threads. */
async function processes(): Promise<Process[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => ({
      pid: Number(pid),
      argv: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0'),
    })),
  );
  return found.filter(({ argv }) => argv.length > 1);
}

/** The processes of this PID namespace: an engine inside a container can have the same paths and be visible from here. */
async function neighbours(): Promise<Process[]> {
  const space = (pid: number | 'self') => readlink(`/proc/${pid}/ns/pid`).catch(() => '');
  const [own, all] = await Promise.all([space('self'), processes()]);
  const spaces = await Promise.all(all.map(({ pid }) => space(pid)));
  return all.filter((_, at) => spaces[at] === own);
}

const flag = (argv: readonly string[], name: string, value: string): boolean =>
  argv.includes(`${name}=${value}`) || argv.some((arg, at) => arg === name && argv[at + 1] === value);

/** This engine's dockerd, identified by its data root. A number in a pid file proves nothing. */
export async function findDockerd({ dataRoot }: Layout): Promise<Process[]> {
  return (await neighbours()).filter(({ argv }) => /dockerd$/.test(argv[0] ?? '') && flag(argv, '--data-root', dataRoot));
}

/** This engine's containerd and its shims: all name its socket. */
export async function findContainerd({ containerdSocket }: Layout): Promise<Process[]> {
  const all = await neighbours();
  return all.filter(({ argv }) => flag(argv, '--address', containerdSocket) || flag(argv, '-address', containerdSocket));
}

/** The cgroups of a process, one in each hierarchy (cgroups(7)): the text after the second colon of `4:memory:/a/b`. */
const cgroupsOf = async (pid: number | 'self'): Promise<string[]> =>
  (await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')).split('\n').map((line) => line.split(':').slice(2).join(':'));

/**
 * All processes in this engine's containers, found by cgroup, so also if their shim has ended. The cgroup is below the root, or below this process's
 * own if a container sees the host's names.
 */
export async function findContained({ cgroup }: Layout): Promise<Process[]> {
  const [all, own] = await Promise.all([processes(), cgroupsOf('self')]);
  const tops = new Set(['', ...own].map((top) => `${top.replace(/\/$/, '')}/${cgroup}/`));
  const inside = await Promise.all(all.map(({ pid }) => cgroupsOf(pid)));
  const isOurs = (path: string) => [...tops].some((top) => path.startsWith(top));
  return all.filter((_, at) => inside[at]?.some(isOurs));
}

export function kill(doomed: readonly Process[], signal: NodeJS.Signals): void {
  for (const { pid } of doomed) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

const runs = async ({ pid, argv }: Process): Promise<boolean> =>
  (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) === argv.join('\0');

/** Waits for these to end; false if one is still running after `timeoutMs`. Node has no event for the end of a process that is not its child. */
export async function ended(some: readonly Process[], timeoutMs: number): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  for (const one of some) {
    while (await runs(one)) {
      if (performance.now() > until) return false;
      await pause(20);
    }
  }
  return true;
}
