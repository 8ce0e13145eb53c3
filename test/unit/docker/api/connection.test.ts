import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { onOwnConnection } from '../../../../src/docker/api/connection.ts';
import { EngineApi } from '../../../../src/docker/api/engine-api.ts';
import type { Engine } from '../../../../src/docker/engine.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const servers: Server[] = [];
test.after(() => {
  for (const server of servers) server.close();
});

/** A server that answers a ping like an engine, and closes the connection in the middle of every other response. */
async function breaker(): Promise<string> {
  const socket = join(folder(), 'docker.sock');
  const server = createServer((request, answer) => {
    if (request.url === '/_ping') return void answer.writeHead(200, { 'Api-Version': '1.45' }).end('OK');
    answer.writeHead(200, { 'Content-Length': '1000' });
    answer.write('{"Id":', () => answer.destroy());
  });
  servers.push(server);
  server.listen(socket);
  await once(server, 'listening');
  return `unix://${socket}`;
}

test('a long response that the engine does not finish: E_ENGINE_LOST', async () => {
  const host = await breaker();
  const error = await rejection(
    onOwnConnection({ api: { endpoint: { host } } } as Engine, new AbortController().signal, async (api) => {
      for await (const _ of await api.stream('GET', '/events'));
    }),
  );
  assert.is(error.code, 'E_ENGINE_LOST');
  assert.is(error.text.en, `the engine at ${host} broke off in the middle`);
});

test('a short response that the engine does not finish: E_ENGINE_LOST', async () => {
  const host = await breaker();
  const api = await EngineApi.connect({ host });
  const error = await rejection(api.get('/version'));
  await api.close();
  assert.is(error.code, 'E_ENGINE_LOST');
  assert.is(error.text.en, `the engine at ${host} no longer answers`);
  assert.match(error.hint.en, '`lab clean`');
});

test.run();
