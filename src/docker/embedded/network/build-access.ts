import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '../../../lab/error.ts';
import { text } from '../../../lab/text.ts';
import { randomId } from '../../../platform/ids.ts';
import { type Lock, lock, tryLock } from '../../../platform/lock.ts';
import type { Homes } from '../../../platform/state-dirs.ts';
import { complaint, shell } from '../../../platform/system-command.ts';
import { type Layout, layoutOf } from '../layout.ts';
import { loadSubnets } from './bridges.ts';
import type { Subnets } from './subnets.ts';

/**
 * What builds with a network may reach. They are on the engine's own bridge, and BuildKit knows no other network for them. `proxy`: only ports of the
 * bridge's address that were allowed; `open`: what the machine reaches.
 */
export type BuildReach = 'proxy' | 'open';

/** What builds reach, until it is disposed. */
export interface BuildAccess extends AsyncDisposable {
  /** The bridge's address on this machine, as builds see it. */
  readonly address: string;
  /** The addresses of builds. */
  readonly subnet: string;
  /** Lets builds connect to this TCP port of the bridge's address, and nothing else on this machine. */
  allow(port: number): Promise<void>;
}

/** How often a waiting process looks again; the kernel has no event for a lock. */
const retryMs = 200;

/**
 * Sets what builds on a running engine reach. Several processes can have the same reach at a time; with another one, this waits (`onWait`) until they
 * have ended. Throws LabError E_ENGINE_START if the rules cannot be set.
 */
export async function openBuildAccess(
  homes: Homes,
  reach: BuildReach,
  { onWait, signal }: { onWait(): void; signal: AbortSignal },
): Promise<BuildAccess> {
  const layout = layoutOf(homes);
  const subnets = await loadSubnets(layout);
  if (!subnets) throw new Error('the engine has no addresses yet');
  const held = await hold(layout, subnets, reach, { onWait, signal });
  const address = subnets.gateway.split('/')[0] ?? '';
  const allowed: number[] = [];
  return {
    address,
    subnet: subnets.bridge,
    allow: async (port) => {
      allowed.push(port);
      for (const rule of portRules(layout, address, port)) await iptables(['-I', ...rule]);
    },
    [Symbol.asyncDispose]: async () => {
      // what fails here is removed with the engine, or by the next process that restricts builds
      for (const port of allowed)
        for (const [chain = '', ...rule] of portRules(layout, address, port)) await shell()`iptables --wait -D ${chain} ${rule}`;
      await using _alone = await lock(mutexOf(layout));
      await held.release();
      if ((await reachesInUse(layout)).length === 0) await release(layout);
    },
  };
}

const chainOf = ({ chain }: Layout): string => `${chain}-BUILDS`;
const mutexOf = ({ dir }: Layout): string => join(dir, 'builds.lock');
const folderOf = ({ dir }: Layout): string => join(dir, 'builds');

/** From the bridge: to this machine only what the chain accepts, and elsewhere nothing. A rejection ends an attempt at once. */
const restrictions = (layout: Layout): string[][] => [
  ['INPUT', '-i', layout.bridge, '-j', chainOf(layout)],
  ['FORWARD', '-i', layout.bridge, '-j', 'REJECT', '--reject-with', 'icmp-net-unreachable'],
];

/** Only builds reach the port: neither other machines nor other programs on this one. */
const portRules = (layout: Layout, address: string, port: number): string[][] => [
  [chainOf(layout), '-d', `${address}/32`, '-p', 'tcp', '--dport', String(port), '-j', 'ACCEPT'],
  ['INPUT', '!', '-i', layout.bridge, '-d', `${address}/32`, '-p', 'tcp', '--dport', String(port), '-j', 'DROP'],
];

/** Waits until no process uses another reach, and sets the rules unless another process has set them for the same. */
async function hold(
  layout: Layout,
  subnets: Subnets,
  reach: BuildReach,
  { onWait, signal }: { onWait(): void; signal: AbortSignal },
): Promise<Lock> {
  await mkdir(folderOf(layout), { recursive: true, mode: 0o700 });
  for (let waited = false; ; waited = true) {
    {
      await using _alone = await lock(mutexOf(layout), undefined, signal);
      const others = await reachesInUse(layout);
      if (others.every((one) => one === reach)) {
        const own = await tryLock(join(folderOf(layout), `${reach}-${randomId(8)}.lock`));
        if (!own) throw new Error('a new lock is held');
        try {
          if (reach === 'open') await release(layout);
          else if (others.length === 0) await restrict(layout, subnets);
          return own;
        } catch (error) {
          await own.release();
          throw error;
        }
      }
    }
    if (!waited) onWait();
    await delay(retryMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** The reach of each process that has one now; removes the locks of processes that ended. */
async function reachesInUse(layout: Layout): Promise<string[]> {
  const inUse: string[] = [];
  for (const name of await readdir(folderOf(layout))) {
    const taken = await tryLock(join(folderOf(layout), name));
    if (taken) await taken.release();
    else inUse.push(name.split('-')[0] ?? '');
  }
  return inUse;
}

/** Restricts builds to the ports that are allowed later; removes what a killed process left. No other process restricts them now. */
async function restrict(layout: Layout, subnets: Subnets): Promise<void> {
  const { bridge } = layout;
  await release(layout);
  await removePortRules(layout, subnets);
  const chain = chainOf(layout);
  const input = ['*filter', `:${chain} - [0:0]`, `-A ${chain} -j DROP`, 'COMMIT', ''].join('\n');
  const done = await shell({ input })`iptables-restore --noflush --wait`;
  if (!done.ok) throw failed(complaint(done));
  for (const rule of restrictions(layout)) await iptables(['-I', ...rule]);
  // no IPv6 address of the bridge, which the rules do not cover
  await writeFile(`/proc/sys/net/ipv6/conf/${bridge}/disable_ipv6`, '1').catch(ifAbsent);
  // packets from one build to another pass the bridge only: they too must pass the rules
  await shell()`modprobe br_netfilter`;
  await writeFile(`/sys/class/net/${bridge}/bridge/nf_call_iptables`, '1').catch(ifAbsent);
  // whatever rules another program adds before these: nothing is routed from the bridge, before any table but that of own addresses
  const routed = await shell()`ip rule add pref 1 iif ${bridge} unreachable`;
  if (!routed.ok) throw failed(complaint(routed));
}

/** Removes the restriction. */
async function release(layout: Layout): Promise<void> {
  for (const [chain = '', ...rule] of restrictions(layout)) await shell()`iptables --wait -D ${chain} ${rule}`;
  await removeRoutingRule(layout);
}

/** Rules that a killed process left in INPUT. */
async function removePortRules({ bridge }: Layout, { gateway }: Subnets): Promise<void> {
  const { stdout } = await shell()`iptables --wait -S INPUT`;
  const address = gateway.split('/')[0] ?? '';
  for (const line of stdout.split('\n')) {
    const words = line.split(' ');
    if (!words.includes(`${address}/32`) || !words.includes(bridge) || !words.includes('DROP')) continue;
    await shell()`iptables --wait ${words.map((word) => (word === '-A' ? '-D' : word))}`;
  }
}

/** Also when the engine stops: the rule names the bridge, and stays without it. */
export async function removeRoutingRule({ bridge }: Layout): Promise<void> {
  await shell()`ip rule delete iif ${bridge} unreachable`;
}

async function iptables(args: readonly string[]): Promise<void> {
  const done = await shell()`iptables --wait ${args}`;
  if (!done.ok) throw failed(complaint(done));
}

/** The kernel has no IPv6, or no filter for bridges. */
const ifAbsent = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error;
};

const failed = (why: string): LabError =>
  new LabError(
    'E_ENGINE_START',
    text(`could not restrict the network of builds: ${why}`, `無法限制建置的網路：${why}`),
    text(
      'iptables with REJECT and `ip rule` are required; or grade with `--build-network none`',
      '需要 iptables 的 REJECT 與 `ip rule`；或使用 `--build-network none` 評分',
    ),
  );
