import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Lock, machineLock, tryLock } from './lock.ts';

/** A free port on this machine's loopback that no other run takes until it is released. */
export interface HeldPort {
  readonly port: number;
  release(): Promise<void>;
}

/** The port that can be listened on: the one wanted (0: any), or undefined if it is in use. */
async function tryListen(port: number): Promise<number | undefined> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' || code === 'EACCES') return undefined;
    throw error;
  } finally {
    server.close();
  }
}

const hold = async (port: number): Promise<HeldPort | undefined> => {
  const lock: Lock | undefined = await tryLock(machineLock(`port ${port}`));
  if (!lock) return undefined;
  const free = await tryListen(port).catch(async (error) => {
    await lock.release();
    throw error;
  });
  if (free === port) return { port, release: lock.release };
  await lock.release();
  return undefined;
};

/** The port wanted if it is free, else another. */
export async function holdPort(wanted: number): Promise<HeldPort> {
  for (let next: number | undefined = wanted; ; next = await tryListen(0)) {
    const held = next === undefined ? undefined : await hold(next);
    if (held) return held;
  }
}
