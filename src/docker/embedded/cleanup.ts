import { rm } from 'node:fs/promises';
import type { Layout } from './layout.ts';
import { removeCgroups, removeMounts } from './mounts.ts';
import { removeBridges } from './network/bridges.ts';
import { removeRules } from './network/firewall.ts';
import { ended, findContained, findContainerd, kill } from './processes.ts';

/** How long processes that were told to end may take. */
const graceMs = 5_000;

/**
 * Removes what this engine's daemons leave on the host when they end, or are killed: containerd, shims, containers,
 * mounts, cgroups, rules, bridges, sockets. To be called when its dockerd is gone. The data stay.
 */
export async function removeStale(layout: Layout): Promise<void> {
  for (const last of [false, true]) {
    const [contained, others] = await Promise.all([findContained(layout), findContainerd(layout)]);
    kill(contained, 'SIGKILL');
    // containerd goes when asked, and a shim when its container has; or else they are made to
    kill(others, last ? 'SIGKILL' : 'SIGTERM');
    await ended([...contained, ...others], graceMs);
  }
  // which bridges are this engine's, its data tell: they may be on a disk that is mounted
  await removeRules(layout);
  await removeBridges(layout);
  await removeMounts(layout);
  await removeCgroups(layout);
  await rm(layout.run, { recursive: true, force: true });
}
