import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Lang } from '../../lab/text.ts';
import { type Access, accessOf } from '../web/server/access.ts';
import { eventStream, guardedApp } from '../web/server/page-app.ts';
import type { PageFiles } from '../web/server/page-files.ts';
import type { WallFeed } from './wall-feed.ts';

export interface WallServer {
  /** With the token: what the teacher opens. */
  readonly url: string;
  close(): Promise<void>;
}

/** How long pages may take to receive the last event. */
const farewellMs = 500;

/** Serves the page of the wall on 127.0.0.1 only, with the guards of the page of `lab learn --web`, and a new token. */
export async function startWallServer(feed: WallFeed, page: PageFiles, lang: Lang): Promise<WallServer> {
  let app: ReturnType<typeof guardedApp> | undefined;
  const server = createAdaptorServer({
    fetch: (request, env) => app?.fetch(request, env) ?? new Response(null, { status: 503 }),
    hostname: '127.0.0.1',
  }) as Server;
  server.maxConnections = 50;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const access: Access = accessOf(randomBytes(32), port);
  app = guardedApp({ access, page, lang }, (routes, base) => {
    routes.get(`${base}events`, () => eventStream(feed.join()));
  });
  return { url: `http://127.0.0.1:${port}/?token=${access.token}`, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  const ended = once(server, 'close');
  server.close();
  const cut = setTimeout(() => server.closeAllConnections(), farewellMs);
  await ended;
  clearTimeout(cut);
}
