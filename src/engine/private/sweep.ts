import { rm } from 'node:fs/promises';
import { removeBridges } from './bridges.ts';
import { removeRules } from './firewall.ts';
import type { Layout } from './layout.ts';
import { removeCgroups, removeMounts } from './mounts.ts';
import { allGone, findContained, findContainerd, kill } from './processes.ts';

/** How long processes that were told to end may take. */
const graceMs = 5_000;

/**
 * Removes what this engine's daemons leave on the host when they end, or are killed: containerd, shims, containers,
 * mounts, cgroups, rules, bridges, sockets. To be called when its dockerd is gone. The data stay.
 */
export async function sweep(layout: Layout): Promise<void> {
  const left = async () => [...(await findContained(layout)), ...(await findContainerd(layout))];
  kill(await findContained(layout), 'SIGKILL');
  // containerd goes when asked; a shim only when its container has
  kill(await findContainerd(layout), 'SIGTERM');
  if (!(await allGone(left, graceMs))) {
    kill(await left(), 'SIGKILL');
    await allGone(left, graceMs);
  }
  await removeMounts(layout);
  await removeCgroups(layout);
  await removeRules(layout);
  await removeBridges(layout);
  await rm(layout.run, { recursive: true, force: true });
}
