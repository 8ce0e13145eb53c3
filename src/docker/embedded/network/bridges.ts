import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../../../lab/error.ts';
import { text } from '../../../lab/text.ts';
import { lock, machineLock } from '../../../platform/lock.ts';
import { readPlain } from '../../../platform/plain-file.ts';
import { complaint, shell } from '../../../platform/system-command.ts';
import { onPath } from '../../../platform/system-error.ts';
import type { Layout } from '../layout.ts';
import { chooseSubnets, isFree, type Subnets } from './subnets.ts';

/**
 * Creates this engine's bridge, with addresses that nothing else on the host uses. They are stored, because Docker keeps its networks over a restart.
 * Throws LabError E_ENGINE_START.
 */
export async function makeBridge(layout: Layout): Promise<Subnets> {
  const { bridge, id, subnetFile } = layout;
  // one engine at a time: addresses are taken only once their bridge exists
  await using _held = await lock(machineLock('bridges'));
  const mine = new Set(await ownBridges(layout));
  const routes = JSON.parse((await shell()`ip -json -4 route show table all`).stdout || '[]') as {
    dst: string;
    dev?: string;
  }[];
  const taken = [...routes.filter(({ dev }) => !mine.has(dev ?? '')).map(({ dst }) => dst), ...(await nameservers())];
  const before = await loadSubnets(layout);
  const subnets = before && isFree(before, taken) ? before : chooseSubnets(id, taken);
  if (!subnets) throw noAddresses();
  await onPath(subnetFile, () => writeFile(subnetFile, `${JSON.stringify(subnets)}\n`));
  if (!mine.has(bridge)) await ip(['link', 'add', bridge, 'type', 'bridge']);
  await ip(['address', 'flush', 'dev', bridge]);
  await ip(['address', 'add', subnets.gateway, 'dev', bridge]);
  await ip(['link', 'set', bridge, 'up']);
  return subnets;
}

/** Reached through the default route, so no other route covers them; the bridge must not take their addresses. */
const nameservers = async (): Promise<string[]> => {
  const content = await readPlain('/etc/resolv.conf', { maxBytes: 1_000_000 }).then(String, () => '');
  return [...content.matchAll(/^nameserver\s+(\S+)/gm)].map((match) => match[1] ?? '');
};

export const loadSubnets = ({ subnetFile }: Layout): Promise<Subnets | undefined> =>
  readPlain(subnetFile, { maxBytes: 1_000_000 })
    .then((content) => JSON.parse(content.toString()) as Subnets)
    // none yet, or incomplete after a crash: choose new ones
    .catch(() => undefined);

/**
 * The bridges on the host that belong to this engine: its own, and those of its networks. Every engine calls the latter `br-` and 12 digits; this
 * engine's own store of networks names those that it created.
 */
export async function ownBridges({ bridge, store: folder }: Layout): Promise<string[]> {
  const links = await shell()`ip -json link show type bridge`;
  const names = (JSON.parse(links.stdout || '[]') as { ifname?: string }[]).flatMap(({ ifname }) => ifname ?? []);
  const path = join(folder, 'network', 'files', 'local-kv.db');
  const store = await readPlain(path, { maxBytes: 500_000_000 }).then(
    (bytes) => bytes.toString('latin1'),
    () => '',
  );
  return names.filter((name) => name === bridge || (/^br-[0-9a-f]{12}$/.test(name) && store.includes(name)));
}

export async function removeBridges(layout: Layout): Promise<void> {
  for (const name of await ownBridges(layout)) await shell()`ip link delete ${name}`;
}

async function ip(args: readonly string[]): Promise<void> {
  const done = await shell()`ip ${args}`;
  if (done.ok) return;
  throw new LabError(
    'E_ENGINE_START',
    text(
      `could not create a network bridge: ip ${args.join(' ')}: ${complaint(done)}`,
      `無法建立網路橋接：ip ${args.join(' ')}：${complaint(done)}`,
    ),
    text(
      'in a container or sandbox, permission to manage networks (CAP_NET_ADMIN) is required',
      '如果是在容器或沙箱裡，需要管理網路的權限（CAP_NET_ADMIN）',
    ),
  );
}

const noAddresses = (): LabError =>
  new LabError(
    'E_ENGINE_START',
    text('every private range of addresses is in use on this machine', '這台機器上所有的私有網段都已被使用'),
    text(
      'check `ip route`: a VPN may use all of 10.0.0.0/8; disconnect it while the lab runs',
      '請檢查 `ip route`：VPN 可能佔用整個 10.0.0.0/8，執行期間請先中斷 VPN 連線',
    ),
  );
