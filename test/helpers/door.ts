import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Engine } from '../../src/docker/engine.ts';
import { folder } from './folder.ts';

/** A socket that leads to an engine, through which requests can be kept waiting or broken off. */
export interface Door {
  /** `unix:///…` */
  readonly host: string;
  /** Breaks off the connections that carry a request like this, and tells how many there were. */
  cut(like: RegExp): number;
  close(): Promise<void>;
}

interface DoorOptions {
  readonly hold?: RegExp;
  readonly breaks?: (request: string) => boolean;
  readonly path?: string;
}

/**
 * `hold`: requests like this never come through (`POST /v1.45/containers/create …`). `breaks`: which requests' connections are broken off
 * instead. `path`: where the socket is to be.
 */
export async function openDoor(
  engine: Engine,
  { hold, breaks = () => false, path = join(folder(), 'door.sock') }: DoorOptions = {},
): Promise<Door> {
  const carried = new Map<Socket, string>();
  const server = createServer((outer) => {
    const inner = connect(engine.api.endpoint.host.replace(/^unix:\/\//, ''));
    carried.set(outer, '');
    const end = () => {
      carried.delete(outer);
      outer.destroy();
      inner.destroy();
    };
    for (const socket of [outer, inner]) socket.on('error', end).on('close', end);
    outer.on('data', (chunk: Buffer) => {
      const line = /^(?:GET|POST|PUT|DELETE|HEAD) \S+/.exec(chunk.toString('latin1'))?.[0];
      if (line) carried.set(outer, line);
      if (line && breaks(line)) return end();
      if (!hold?.test(carried.get(outer) ?? '')) inner.write(chunk);
    });
    inner.on('data', (chunk: Buffer) => outer.write(chunk));
  });
  server.unref();
  server.listen(path);
  await once(server, 'listening');
  return {
    host: `unix://${path}`,
    cut: (like) => {
      const found = [...carried].filter(([, line]) => like.test(line));
      for (const [socket] of found) socket.destroy();
      return found.length;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of carried.keys()) socket.destroy();
      await closed;
    },
  };
}
