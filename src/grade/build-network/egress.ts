import { lookup } from 'node:dns/promises';
import { connect, type LookupFunction, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isPublicAddress } from '../../formats/cidr.ts';

/** How the proxy reaches hosts. */
export interface Egress {
  /** A connection to a host, established. Rejects with PrivateAddressError, the system's error, or the signal's reason. */
  connect(host: string, port: number, signal: AbortSignal): Promise<Socket>;
  /** Another proxy, through which everything goes. It resolves the names. */
  readonly upstream?: URL;
}

/** Each address of the host is private, loopback, link-local, multicast or this machine's own. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/** The addresses of a name, as the system resolves it. */
type Resolve = (host: string) => Promise<readonly string[]>;

const resolve: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);
const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address.split('%')[0] ?? ''));

/** The addresses of a host on the Internet. Throws PrivateAddressError if it has only others. */
export async function publicAddresses(host: string, how: { resolve: Resolve; own: readonly string[] }): Promise<string[]> {
  const found = await how.resolve(host);
  const usable = found.filter((address) => isPublicAddress(address) && !how.own.includes(address));
  if (usable.length === 0 && found.length > 0) throw new PrivateAddressError(`${host} has no address on the Internet`);
  return usable;
}

/**
 * Connects to hosts directly. A name is resolved once, and the connection goes to one of the addresses that were judged: an answer that changes later
 * has no effect.
 */
export const directEgress: Egress = {
  connect: async (host, port, signal) => {
    const addresses = await publicAddresses(host, { resolve, own: ownAddresses() });
    signal.throwIfAborted();
    return established(connect({ host, port, lookup: pinned(addresses), autoSelectFamily: true, allowHalfOpen: true }), signal);
  },
};

/** Answers every lookup with these addresses. */
const pinned =
  (addresses: readonly string[]): LookupFunction =>
  (host, { all }, done) => {
    const answers = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const [first] = answers;
    if (!first) done(Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' }), '', 0);
    else if (all) done(null, answers);
    else done(null, first.address, first.family);
  };

/** The socket once it is connected. */
export function established(socket: Socket, signal: AbortSignal): Promise<Socket> {
  return new Promise((done, reject) => {
    const stop = () => socket.destroy(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop);
      socket.off('error', reject);
      done(socket);
    });
    if (signal.aborted) stop();
  });
}
