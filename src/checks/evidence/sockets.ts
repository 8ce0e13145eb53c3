import { LabError } from '../../lab/error.ts';
import type { Replica } from '../../lab/facts.ts';
import type { World } from '../../lab/world.ts';
import { readInside } from './probes.ts';

/** The ports on which a container accepts connections. */
export interface ListeningPorts {
  /** From other containers. */
  readonly open: readonly number[];
  /** Only from its own container. */
  readonly loopback: readonly number[];
}

/** Prints the sockets of a container's network namespace (proc_pid_net(5)); a kernel without IPv6 has no second file. */
export const socketScript = 'cat /proc/net/tcp && { cat /proc/net/tcp6 2>/dev/null || true; }';

const listenState = '0A';
/** Docker's DNS listens there, in the container's own namespace. */
const dockerDns = '0B00007F';

/** The listening ports in the text of /proc/net/tcp and tcp6: `0: 0100007F:1388 00000000:0000 0A …`, addresses in hexadecimal, each word in the order of the machine's bytes. */
export function listeningPorts(sockets: string): ListeningPorts {
  const [open, loopback] = [new Set<number>(), new Set<number>()];
  for (const line of sockets.split('\n')) {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state !== listenState || address === dockerDns) continue;
    (isLoopback(address) ? loopback : open).add(Number.parseInt(port, 16));
  }
  return { open: [...open], loopback: [...loopback].filter((port) => !open.has(port)) };
}

/** The ports on which a replica listens. Undefined: they cannot be seen, as in an image without `cat`. Throws LabError if the engine does not answer. */
export async function portsIn(world: World, replica: Replica): Promise<ListeningPorts | undefined> {
  try {
    const { exitCode, stdout } = await readInside(world, replica, socketScript);
    return exitCode === 0 ? listeningPorts(stdout) : undefined;
  } catch (error) {
    if (error instanceof LabError && error.code === 'E_PROBE') return undefined;
    throw error;
  }
}

/** 127.0.0.0/8, ::1, or the former as an IPv6 address. */
const isLoopback = (address: string): boolean =>
  /^(?:[0-9A-F]{24})?[0-9A-F]{6}7F$/.test(address) || address === '00000000000000000000000001000000';
