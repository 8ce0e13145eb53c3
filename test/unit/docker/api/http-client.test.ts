import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { HTTPClient, SocketAgent } from '@docker/node-sdk';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHttpClient } from '../../../../src/docker/api/http-client.ts';
import { folder } from '../../../helpers/folder.ts';

test('a response may be silent for longer than the 5 minutes after which undici ends it', async () => {
  assert.is(await afterSilence((path) => createHttpClient(`unix://${path}`, undefined)), 'second');
  // the SDK's own agent: shows that the time that passes here is undici's
  const sdk = async (path: string) => new HTTPClient(new SocketAgent(() => createConnection(path)), 'test', {});
  assert.is(await afterSilence(sdk), 'Body Timeout Error');
});

test.run();

/** The callback of undici's one timer, which it keeps. */
let tick: (() => void) | undefined;

/** What arrives after 400 s of silence: of undici's clock, which counts the callbacks of one timer of 499 ms. */
async function afterSilence(connect: (path: string) => Promise<HTTPClient>): Promise<string> {
  const path = join(folder(), 'engine.sock');
  let answer: ServerResponse | undefined;
  const server = createServer((_, response) => {
    answer = response;
    response.write('first');
  });
  await once(server.listen(path), 'listening');
  const client = await connect(path);
  const real = globalThis.setTimeout;
  const hold = (then: () => void, ms: number) => {
    if (ms !== 499) return real(then, ms);
    tick = then;
    return { refresh: () => undefined, unref: () => undefined };
  };
  globalThis.setTimeout = hold as unknown as typeof setTimeout;
  try {
    const response = await client.get('/events', 'application/json');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const next = async () => Buffer.from((await reader.read()).value ?? []).toString();
    assert.is(await next(), 'first');
    for (let times = 0; times < 800; times++) tick?.();
    answer?.end('second');
    return await next().catch((error: Error) => (error.cause as Error).message);
  } finally {
    globalThis.setTimeout = real;
    await client.close();
    server.closeAllConnections();
    server.close();
  }
}
