import { join } from 'node:path';
import { type Bounds, type Homes, shortHash } from '../../platform/state-dirs.ts';

/** The user and group on the host for root in a container: every Debian has them, and their range of IDs is not used otherwise. */
export const remapUser = 'nobody:nogroup';
export const remapBase = 2_000_000_000;
export const remapSize = 65_536;
/** The name that dockerd then gives the folder of its store. */
const remapped = `${remapBase}.${remapBase}`;

/** All paths of one private engine and the names of its resources on the host. All follow from the two home folders. */
export interface Layout {
  /** 8 hex digits that identify the state folder. */
  readonly id: string;
  /** Unpacked packages, shared by all engines of this user. */
  readonly packages: string;
  /** What is kept: data, logs, settings. */
  readonly dir: string;
  readonly data: string;
  /** The file with the disk of `data`, if that is limited. */
  readonly disk: string;
  /** Where submissions have their files, each on its own disk. */
  readonly submissions: string;
  /** The path of `data` as dockerd sees it. */
  readonly dataRoot: string;
  /** Where dockerd keeps its own store below `data`. */
  readonly store: string;
  readonly log: string;
  readonly containerdLog: string;
  /** dockerd's settings file: created empty, to be edited for a registry mirror. Never the host's /etc/docker/daemon.json. */
  readonly settings: string;
  /** Stores which addresses were chosen. */
  readonly subnetFile: string;
  /** DOCKER_CONFIG: its `cli-plugins` are ours. */
  readonly config: string;
  /** Programs that precede the host's on dockerd's PATH. */
  readonly bin: string;
  /** What exists only while the daemons run: sockets, pid file, exec root. */
  readonly run: string;
  readonly exec: string;
  readonly socket: string;
  readonly host: string;
  readonly pidFile: string;
  readonly containerdSocket: string;
  readonly bridge: string;
  /** Replaces `DOCKER` in the names of this engine's iptables chains. */
  readonly chain: string;
  /** The parent cgroup of all containers. */
  readonly cgroup: string;
  readonly bounds?: Bounds;
}

/** A Unix socket's path has at most 107 bytes (unix(7)); the longest suffix that the daemons add is `/exec/libnetwork/<12 digits>.sock`. */
const longest = 107 - '/exec/libnetwork/123456789abc.sock'.length;

export function layoutOf({ cache, state, bounds }: Homes): Layout {
  const id = shortHash(state);
  const dir = join(state, 'engine');
  const near = join(dir, 'run');
  // /run is writable for root only, and the private engine runs as root. With limits, root of a container is `nobody` and must reach its files, which
  // a home folder does not allow.
  const run = Buffer.byteLength(near) <= longest && !bounds ? near : `/run/labwright-${id}`;
  const data = join(dir, 'data');
  const socket = join(run, 'docker.sock');
  return {
    id,
    packages: join(cache, 'packages'),
    dir,
    data,
    disk: join(dir, 'disk.img'),
    submissions: join(data, 'submissions'),
    dataRoot: bounds ? join(run, 'data') : data,
    store: bounds ? join(data, remapped) : data,
    log: join(dir, 'dockerd.log'),
    containerdLog: join(dir, 'containerd.log'),
    settings: join(dir, 'daemon.json'),
    subnetFile: join(dir, 'subnet.json'),
    config: join(dir, 'config'),
    bin: join(dir, 'bin'),
    run,
    exec: join(run, 'exec'),
    socket,
    host: `unix://${socket}`,
    pidFile: join(run, 'dockerd.pid'),
    containerdSocket: join(run, 'containerd.sock'),
    bridge: `lw-${id}`,
    chain: `LW${id}`,
    cgroup: `labwright-${id}`,
    ...(bounds ? { bounds } : {}),
  };
}
