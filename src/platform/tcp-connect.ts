import { connect } from 'node:net';
import type { Endpoint } from '../docker/api/engine-api.ts';

/**
 * Sees whether anything takes connections at a `tcp://` endpoint: the SDK itself would wait for minutes where packets are
 * swallowed, and can't be told to stop. Resolves to why not; undefined where something does, or for other endpoints.
 */
export async function tcpConnect({ host, certificates }: Endpoint, withinMs: number): Promise<Error | undefined> {
  const found = /^tcp:\/\/([^/:]+)(?::(\d+))?/.exec(host);
  if (!found?.[1]) return undefined;
  const port = Number(found[2] ?? (certificates ? 2376 : 2375));
  // `connect` throws for it
  if (port > 65_535) return new Error(`there is no port ${port}`);
  const socket = connect({ host: found[1], port });
  return new Promise((resolve) => {
    socket.setTimeout(withinMs, () => socket.destroy(new Error(`no answer in ${withinMs / 1000} s`)));
    socket.once('connect', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', resolve);
  });
}
