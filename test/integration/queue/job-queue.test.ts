import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openQueue } from '../../../src/grade/queue/bull/open-queue.ts';
import type { Announcement, Ended, Job, QueueTimes, WorkerState } from '../../../src/grade/queue/port.ts';
import { startQueueServer } from '../../helpers/queue-server.ts';

const times: QueueTimes = { beatMs: 100, goneMs: 1000, leaseMs: 1000 };
const signal = new AbortController().signal;
const own = (id = 'c1'): Announcement => ({
  id,
  build: 'b',
  version: '1',
  host: 'h',
  startedAt: '2026-01-01T00:00:00Z',
  encrypted: false,
  setup: Buffer.from([0, 255, 10]),
});
const worker = (id = 'w1'): WorkerState => ({ id, host: 'm', build: 'b', version: '1', slots: 2, stage: 'grading', jobs: [] });
const job = (id: string, body = 'body'): Job => ({ id, body: Buffer.from(body), limitMs: 10_000 });

test('a job is performed by a worker, and its result arrives', async () => {
  const server = await startQueueServer();
  const queue = await openQueue(server.address, { times, signal });
  const cls = await queue.openClass(own());
  const ends: Ended[] = [];
  let next: () => void = () => {};
  cls.onEnded(async (ended) => {
    ends.push(ended);
    await cls.settle(ended.id);
    next();
  });
  await cls.send(job('a1'));
  await cls.sendTo('w1', job('a2'));
  assert.equal(
    (await queue.classes()).map(({ id }) => id),
    ['c1'],
  );
  const member = await queue.join('c1', worker());
  member.serveShared(2, async ({ body }) => Buffer.from(`shared ${body}`));
  member.serveDirected(async ({ body }) => Buffer.from(`directed ${body}`));
  while (ends.length < 2)
    await new Promise<void>((resolve) => {
      next = resolve;
    });
  console.log(ends);
  console.log(await queue.overview());
  console.log(await server.keys());
  await cls.end();
  await once(member.ended, 'abort');
  await member[Symbol.asyncDispose]();
  console.log(await server.keys());
  await queue[Symbol.asyncDispose]();
  await server.close();
});

test.run();
