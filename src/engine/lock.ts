import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A lock that ends with its holder, however that ends: the holder listens on a local socket named after the lock (on
 * Linux an abstract one, which leaves no file), and the kernel closes it when the process is gone. Who waits keeps a
 * connection to the holder, so that the end is an event and not a poll.
 */
export interface Lock {
  release(): Promise<void>;
}

const address = (name: string): string => {
  const word = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return process.platform === 'linux' ? `\0labwright-${word}` : join(tmpdir(), `labwright-${word}.sock`);
};

const listen = async (path: string): Promise<Server | undefined> => {
  const server = createServer((socket) => socket.on('error', () => socket.destroy()));
  server.listen(path);
  try {
    await once(server, 'listening');
    server.unref();
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
};

/** Resolves when the holder has gone; at once where there is none. */
const holderGone = async (path: string): Promise<void> => {
  const socket = connect(path);
  await new Promise<void>((resolve) => {
    socket.on('close', resolve);
    socket.on('error', () => socket.destroy());
    socket.resume();
  });
};

/** Takes the lock if nobody has it; undefined otherwise. */
export async function tryLock(name: string): Promise<Lock | undefined> {
  const path = address(name);
  let server = await listen(path);
  if (!server && process.platform !== 'linux' && !(await alive(path))) {
    await rm(path, { force: true });
    server = await listen(path);
  }
  if (!server) return undefined;
  const held = server;
  const open = new Set<{ destroy(): void }>();
  held.on('connection', (socket) => {
    open.add(socket);
    socket.unref();
    socket.on('close', () => open.delete(socket));
  });
  return {
    release: async () => {
      const closed = once(held, 'close');
      held.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

const alive = async (path: string): Promise<boolean> => {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

/** Waits for the lock. `onWait` is told once if somebody else has it. */
export async function lock(name: string, onWait?: () => void): Promise<Lock> {
  let told = false;
  for (;;) {
    const taken = await tryLock(name);
    if (taken) return taken;
    if (!told) onWait?.();
    told = true;
    await holderGone(address(name));
  }
}
