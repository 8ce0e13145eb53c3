import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createAdaptorServer } from '@hono/node-server';
import { langs, type Text } from '../../../lab/text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Access, accessOf, judge, refusals, urlOf } from './access.ts';
import { type PageAppOptions, pageApp } from './page-app.ts';
import { terminalSockets } from './terminal-sockets.ts';

export interface PageServerOptions extends Omit<PageAppOptions, 'access'> {
  readonly secret: Uint8Array;
  /** 0: any that is free. */
  readonly port: number;
  /** Omitted: the page has none. */
  readonly terminal?: Terminal;
}

export interface PageServer {
  readonly port: number;
  /** With the token: what a person opens. */
  readonly url: string;
  /** Ends every page with this reason, the terminal, and the server. */
  close(reason: Text): Promise<void>;
}

/** How long pages may take to receive the last event. */
const farewellMs = 500;

/** Listens on 127.0.0.1 only. Throws the system's error if the port is in use. */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const { feed, terminal, secret } = options;
  let app: ReturnType<typeof pageApp> | undefined;
  const server = createAdaptorServer({
    fetch: (request, env) => app?.fetch(request, env) ?? new Response(null, { status: 503 }),
    hostname: '127.0.0.1',
  }) as Server;
  server.maxConnections = 200;
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const access = accessOf(secret, port);
  app = pageApp({ ...options, access });
  const sockets = terminal ? terminalSockets(terminal) : undefined;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal = refusedUpgrade(request, access);
    if (refusal) reject(socket, '403 Forbidden', refusal);
    else if (pathOf(request) === `${access.base}terminal` && sockets) sockets.upgrade(request, socket, head);
    else reject(socket, '404 Not Found', 'not found\n');
  });
  return {
    port,
    url: urlOf(secret, port),
    async close(reason) {
      feed.end(reason);
      sockets?.close();
      await Promise.all([closed(server, () => sockets?.cut()), terminal?.end()]);
    },
  };
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';

/** Undefined: it may be upgraded. */
function refusedUpgrade(request: IncomingMessage, access: Access): string | undefined {
  const { method = '', headers } = request;
  const judged = judge({ method, path: pathOf(request), token: undefined, headers, isUpgrade: true }, access);
  if (judged === 'allowed' || judged === 'exchange') return undefined;
  return `${langs.map((lang) => refusals[judged][lang]).join('\n')}\n`;
}

function reject(socket: Duplex, status: string, body: string): void {
  const length = Buffer.byteLength(body);
  // the other side may keep its side open
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${length}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

/** `cutSockets` ends the connections that were upgraded, which are not the server's any more. */
async function closed(server: Server, cutSockets: () => void): Promise<void> {
  const ended = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => {
    server.closeAllConnections();
    cutSockets();
  }, farewellMs);
  await ended;
  clearTimeout(cut);
}
