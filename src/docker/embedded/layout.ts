import { join } from 'node:path';
import { type Bounds, type Homes, shortHash } from '../../platform/state-dirs.ts';

/** Who root in a container is on the host: a user and a group that every Debian has, in a range of IDs that nobody else uses. */
export const remapUser = 'nobody:nogroup';
export const remapBase = 2_000_000_000;
export const remapSize = 65_536;
/** What dockerd calls the folder of its store then. */
const remapped = `${remapBase}.${remapBase}`;

/** Where everything of one private engine is, and what its things on the host are called. All follows from the two homes. */
export interface Layout {
  /** 8 hex digits that stand for the state folder. */
  readonly id: string;
  /** Unpacked packages, shared by all engines of this person. */
  readonly packages: string;
  /** What stays: data, logs, settings. */
  readonly dir: string;
  readonly data: string;
  /** The file that holds the disk of `data`, where that is bounded. */
  readonly disk: string;
  /** Where submissions have their files, each on a disk of its own. */
  readonly submissions: string;
  /** What dockerd knows `data` by. */
  readonly dataRoot: string;
  /** Where dockerd keeps its own store below `data`. */
  readonly store: string;
  readonly log: string;
  readonly containerdLog: string;
  /** dockerd's settings file: made empty, a place for a registry mirror. Never the host's /etc/docker/daemon.json. */
  readonly settings: string;
  /** Remembers which addresses were chosen. */
  readonly subnetFile: string;
  /** DOCKER_CONFIG: its `cli-plugins` are ours. */
  readonly config: string;
  /** Programs that stand before the host's on dockerd's PATH. */
  readonly bin: string;
  /** What lasts no longer than the daemons: sockets, pid file, exec root. */
  readonly run: string;
  readonly exec: string;
  readonly socket: string;
  readonly host: string;
  readonly pidFile: string;
  readonly containerdSocket: string;
  readonly bridge: string;
  /** Stands for `DOCKER` in the names of this engine's chains of iptables. */
  readonly chain: string;
  /** The cgroup that all containers are below. */
  readonly cgroup: string;
  readonly bounds?: Bounds;
}

/** A Unix socket's path has at most 107 bytes (unix(7)); the longest that the daemons add is `/exec/libnetwork/<12 digits>.sock`. */
const longest = 107 - '/exec/libnetwork/123456789abc.sock'.length;

export function layoutOf({ cache, state, bounds }: Homes): Layout {
  const id = shortHash(state);
  const dir = join(state, 'engine');
  const near = join(dir, 'run');
  // /run belongs to root alone, as the private engine does
  // and a root that is nobody must find a way to its files: a home folder has none
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
