import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Engine } from '../../src/docker/engine.ts';
import { folder } from './folder.ts';

/** A socket that forwards requests to an engine. It can hold requests back and break connections. */
export interface Relay {
  /** `unix:///…` */
  readonly host: string;
  /** Breaks the connections with a request that matches `pattern`. Returns the number of connections. */
  cut(pattern: RegExp): number;
  /** The engine is gone: no connection is left, and none is accepted until it is back. */
  away(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

interface RelayOptions {
  readonly hold?: RegExp;
  readonly breaks?: (request: string) => boolean;
  readonly path?: string;
}

/**
 * `hold`: requests that match are never forwarded (`POST /v1.45/containers/create …`). `breaks`: returns true for requests whose connection is broken.
 * `path`: the path of the socket.
 */
export async function openRelay(
  engine: Engine,
  { hold, breaks = () => false, path = join(folder(), 'relay.sock') }: RelayOptions = {},
): Promise<Relay> {
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
  const away = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of carried.keys()) socket.destroy();
    await closed;
  };
  return {
    host: `unix://${path}`,
    cut: (pattern) => {
      const found = [...carried].filter(([, line]) => pattern.test(line));
      for (const [socket] of found) socket.destroy();
      return found.length;
    },
    away,
    back: async () => {
      server.listen(path);
      await once(server, 'listening');
    },
    close: away,
  };
}
