import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { SocketAgent } from '@docker/node-sdk';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHttpClient } from '../../../../src/docker/api/http-client.ts';
import { folder } from '../../../helpers/folder.ts';

test('a response may be silent for longer than the 5 minutes after which undici ends it', async () => {
  const path = join(folder(), 'engine.sock');
  const server = createServer((_, response) => response.end('answer'));
  await once(server.listen(path), 'listening');
  const client = await createHttpClient(`unix://${path}`, undefined);
  // what undici's own agent receives: 0 is no limit (undici.nodejs.org/#/docs/api/Dispatcher, bodyTimeout)
  const agent = Object.getPrototypeOf(SocketAgent.prototype) as Pick<SocketAgent, 'dispatch'>;
  const { dispatch } = agent;
  const limits: (number | null | undefined)[] = [];
  agent.dispatch = function (...[request, handler]) {
    limits.push(request.bodyTimeout);
    return dispatch.call(this, request, handler);
  };
  try {
    const response = await client.get('/events', 'application/json');
    assert.is(await (response as unknown as Response).text(), 'answer');
    assert.equal(limits, [0]);
  } finally {
    agent.dispatch = dispatch;
    await client.close();
    server.close();
  }
});

test.run();
