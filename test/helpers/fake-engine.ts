import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EngineApi } from '../../src/docker/api/engine-api.ts';
import type { Engine } from '../../src/docker/engine.ts';

/** The status and the lines of JSON that the engine sends. */
export interface EngineAnswer {
  readonly status?: number;
  readonly lines: readonly object[];
  /** The answer does not end, as that of `GET /events`. Called when the client has closed it. */
  readonly open?: () => void;
}

export interface FakeEngine {
  readonly engine: Engine;
  /** Method and path, with the query, of each request except pings. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** An engine on loopback that answers as `answer` says; `request` is the method and the path without the API's version. */
export async function fakeEngine(answer: (request: string) => EngineAnswer): Promise<FakeEngine> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.endsWith('/_ping')) return response.writeHead(200, { 'Api-Version': '1.47' }).end('OK');
    const line = `${request.method} ${decodeURIComponent(request.url ?? '').replace(/^\/v[\d.]+/, '')}`;
    asked.push(line);
    const { status = 200, lines, open } = answer(line);
    const body = lines.map((one) => JSON.stringify(one)).join('\n');
    response.writeHead(status, { 'Content-Type': 'application/json' });
    if (!open) return response.end(body);
    response.once('close', open).flushHeaders();
    return response.write(`${body}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = await EngineApi.connect({ host });
  const engine: Engine = {
    kind: 'private',
    api,
    compose: { command: ['docker', 'compose'], version: '2', env: {} } as unknown as Engine['compose'],
    version: '26.1.5',
    [Symbol.asyncDispose]: () => api.close(),
  };
  return {
    engine,
    asked,
    close: async () => {
      await api.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
