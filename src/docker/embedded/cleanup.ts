import { rm } from 'node:fs/promises';
import type { Layout } from './layout.ts';
import { removeCgroups, removeMounts } from './mounts.ts';
import { removeBridges } from './network/bridges.ts';
import { removeRoutingRule } from './network/build-access.ts';
import { removeRules } from './network/firewall.ts';
import { ended, findContained, findContainerd, kill } from './processes.ts';

/** How long processes may take to end after SIGTERM. */
const graceMs = 5_000;

/**
 * Removes what this engine's daemons leave on the host when they end or are killed: containerd, shims, containers, mounts, cgroups, rules, bridges,
 * sockets. Call it when its dockerd has ended. The data stay.
 */
export async function removeStale(layout: Layout): Promise<void> {
  for (const last of [false, true]) {
    const [contained, others] = await Promise.all([findContained(layout), findContainerd(layout)]);
    kill(contained, 'SIGKILL');
    // containerd ends on SIGTERM, and a shim when its container has ended; otherwise they are killed
    kill(others, last ? 'SIGKILL' : 'SIGTERM');
    await ended([...contained, ...others], graceMs);
  }
  // the engine's data show which bridges belong to it, and can be on a mounted disk
  await removeRules(layout);
  await removeRoutingRule(layout);
  await removeBridges(layout);
  await removeMounts(layout);
  await removeCgroups(layout);
  await rm(layout.run, { recursive: true, force: true });
}
