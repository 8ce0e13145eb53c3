import { readFile, rm } from 'node:fs/promises';
import { ownBridges, removeBridges } from './bridges.ts';
import { removeRules } from './firewall.ts';
import type { Layout } from './layout.ts';
import { allGone, findContained, findContainerd, kill } from './processes.ts';
import { shell } from './shell.ts';

/** How long the kernel may take over processes that were told to end. */
const graceMs = 5_000;

/**
 * Removes what this engine's daemons leave on the host when they end, or are killed: containerd, shims, containers,
 * mounts, rules, bridges, sockets. To be called when its dockerd is gone. The data stay.
 */
export async function sweep(layout: Layout): Promise<void> {
  const left = async () => [...(await findContained(layout)), ...(await findContainerd(layout))];
  // containerd goes by itself when asked; shims only end with their containers
  kill(await findContainerd(layout), 'SIGTERM');
  kill(await findContained(layout), 'SIGKILL');
  if (!(await allGone(left, graceMs))) {
    kill(await left(), 'SIGKILL');
    await allGone(left, graceMs);
  }
  const mounts = mountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), [layout.run, layout.data]);
  if (mounts.length > 0) await shell()`umount --lazy ${mounts}`;
  await removeRules(layout);
  if ((await ownBridges(layout)).length > 0) await removeBridges(layout);
  await rm(layout.run, { recursive: true, force: true });
}

/** The mount points below these folders, the deepest first (proc_pid_mountinfo(5): the fifth word, blanks as `\040`). */
export function mountsBelow(mountinfo: string, folders: readonly string[]): string[] {
  return mountinfo
    .split('\n')
    .map((line) =>
      (line.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
    .filter((point) => folders.some((folder) => point.startsWith(`${folder}/`)))
    .sort((one, other) => other.length - one.length);
}
