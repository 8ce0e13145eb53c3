import { connect } from 'node:net';
import type { Endpoint } from '../docker/api/engine-api.ts';

/**
 * Checks whether a `tcp://` endpoint accepts connections: the SDK itself would wait for minutes if packets are dropped, and cannot be cancelled.
 * Resolves to the reason if not; undefined if it does, or for other endpoints.
 */
export async function tcpConnect({ host, certificates }: Endpoint, withinMs: number): Promise<Error | undefined> {
  const found = /^tcp:\/\/([^/:]+)(?::(\d+))?/.exec(host);
  if (!found?.[1]) return undefined;
  const port = Number(found[2] ?? (certificates ? 2376 : 2375));
  // `connect` would throw for it
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
