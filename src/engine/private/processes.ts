import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Layout } from './layout.ts';

/** A running process, as /proc tells it. */
interface Process {
  readonly pid: number;
  readonly argv: readonly string[];
}

/** All processes that run. Zombies, which have no arguments any more, and the kernel's own threads are left out. */
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

const flag = (argv: readonly string[], name: string, value: string): boolean =>
  argv.includes(`${name}=${value}`) || argv.some((arg, at) => arg === name && argv[at + 1] === value);

/** This engine's dockerd: told from every other by its data root. A number in a pid file proves nothing. */
export async function findDockerd({ data }: Layout): Promise<number | undefined> {
  return (await processes()).find(({ argv }) => /dockerd$/.test(argv[0] ?? '') && flag(argv, '--data-root', data))?.pid;
}

/** This engine's containerd and its shims: they all name its socket. */
export async function findContainerd({ containerdSocket }: Layout): Promise<number[]> {
  const all = await processes();
  return all
    .filter(({ argv }) => flag(argv, '--address', containerdSocket) || flag(argv, '-address', containerdSocket))
    .map((it) => it.pid);
}

/** Whatever runs in this engine's containers, by its cgroup: also where no shim is left to be its parent. */
export async function findContained({ cgroup }: Layout): Promise<number[]> {
  const all = await processes();
  const inside = await Promise.all(all.map(({ pid }) => readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')));
  return all.filter((_, at) => inside[at]?.includes(`/${cgroup}/`)).map((it) => it.pid);
}

export function kill(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Waits until nothing is found any more; false if something still is after `timeoutMs`. Node has no event for the end of a process that is not its child. */
export async function allGone(find: () => Promise<readonly number[]>, timeoutMs: number): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  while ((await find()).length > 0) {
    if (performance.now() > until) return false;
    await pause(20);
  }
  return true;
}
