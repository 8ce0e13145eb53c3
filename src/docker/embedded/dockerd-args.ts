import { join } from 'node:path';
import type { Layout } from './layout.ts';
import { remapUser } from './layout.ts';
import type { Subnets } from './network/subnets.ts';

/** The arguments of dockerd; `help` is the output of its `--help`. Its data root identifies it later. */
export function dockerdArgs(layout: Layout, root: string, subnets: Subnets, help: string): string[] {
  const options = {
    'config-file': layout.settings,
    host: layout.host,
    group: 'root',
    'data-root': layout.dataRoot,
    'exec-root': layout.exec,
    pidfile: layout.pidFile,
    // by default dockerd would use the host's own containerd, if there is one: this engine has its own
    containerd: layout.containerdSocket,
    'init-path': join(root, 'usr/bin/tini-static'),
    // `none` would delete the docker0 of another engine
    bridge: layout.bridge,
    'fixed-cidr': subnets.bridge,
    'default-address-pool': `base=${subnets.pool},size=26`,
    // published ports bind loopback unless the Compose file names an address
    ip: '127.0.0.1',
    // Engine 24 and later; older ones bind the ports of user-defined networks to all addresses unless the Compose file names one
    ...(help.includes('--default-network-opt')
      ? { 'default-network-opt': 'bridge=com.docker.network.bridge.host_binding_ipv4=127.0.0.1' }
      : {}),
    ip6tables: 'false',
    'cgroup-parent': `/${layout.cgroup}`,
    'exec-opt': 'native.cgroupdriver=cgroupfs',
    ...(layout.bounds ? { 'userns-remap': remapUser, 'no-new-privileges': 'true' } : {}),
  };
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}

export const containerdArgs = ({ run, containerdSocket }: Layout): string[] => [
  '--config',
  join(run, 'containerd.toml'),
  '--address',
  containerdSocket,
];

/** containerd's settings. The `opt` plugin would create /opt/containerd, `nri` (containerd 2) a socket in /run/nri. */
export const containerdSettings = ({ dataRoot, run }: Layout): string =>
  [
    'version = 2',
    `root = ${JSON.stringify(join(dataRoot, 'containerd'))}`,
    `state = ${JSON.stringify(join(run, 'containerd'))}`,
    'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri"]',
    '',
  ].join('\n');
