import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Addresses of this machine at which a server for this machine only does not listen. */
export const otherAddresses = (): readonly string[] => [
  ...Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
  ),
  // Linux has more addresses of the loopback: a server that listens on all addresses has them too
  ...(process.platform === 'linux' ? ['127.0.0.2'] : []),
];

/** `connected`, or the system's error. */
export async function reach(port: number, address: string): Promise<string | undefined> {
  const socket = connect(port, address);
  const outcome = await new Promise<string | undefined>((resolve) => {
    socket.once('connect', () => resolve('connected'));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
  });
  socket.destroy();
  return outcome;
}
