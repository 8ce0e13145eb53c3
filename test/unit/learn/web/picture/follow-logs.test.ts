import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FollowLogs } from '../../../../../src/learn/web/picture/follow-logs.ts';
import { type EngineAnswer, fakeEngine } from '../../../../helpers/fake-engine.ts';
import { web } from './facts.ts';

/** Follows the log of a running container on an engine that answers so, and opens it again each time that it ends, at most so often. Each look at the clock takes `lookMs`. */
async function opened(answer: EngineAnswer, most: number, lookMs: number) {
  const fake = await fakeEngine(() => answer);
  let nowMs = 0;
  const cut: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const sync = () => {
        const before = fake.asked.length;
        if (before === most) return resolve();
        logs.sync([web(1)]);
        return cut.length > 0 && resolve();
      };
      const logs = new FollowLogs({
        api: fake.engine.api,
        nowMs: () => {
          nowMs += lookMs;
          return nowMs;
        },
        listen: () => undefined,
        cut: (id) => cut.push(id),
        ended: sync,
        failed: reject,
      });
      sync();
    });
    return { times: fake.asked.length, cut };
  } finally {
    await fake.close();
  }
}

test('a log that ends at once, or is refused, is opened three times; then its count is unknown', async () => {
  assert.equal(await opened({ lines: [] }, 6, 1), { times: 3, cut: ['web1'] });
  assert.equal(await opened({ status: 501, lines: [{ message: 'cannot be read' }] }, 6, 1), { times: 3, cut: ['web1'] });
});

test('a log that breaks off after a while is opened each time, also without a new line', async () => {
  assert.equal(await opened({ lines: [] }, 6, 2000), { times: 6, cut: [] });
});

test.run();
