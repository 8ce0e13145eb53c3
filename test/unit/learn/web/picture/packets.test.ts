import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PacketWatch } from '../../../../../src/learn/web/picture/packets.ts';
import { type FakeEngine, fakeEngine } from '../../../../helpers/fake-engine.ts';
import { after, seen, web } from './facts.ts';

const test = suite<{ fake: FakeEngine }>('packets');
test.before.each(async (context) => {
  let packets = 0;
  context.fake = await fakeEngine(() => ({ lines: [{ networks: { eth0: { rx_packets: ++packets } } }] }));
});
test.after.each(({ fake }) => fake.close());

test('packets are counted again without a change only while a page shows the picture', async ({ fake }) => {
  const { api } = fake.engine;
  const timers: AbortController[] = [];
  const clock = {
    after: () => {
      const timer = new AbortController();
      timers.push(timer);
      return timer.signal;
    },
  };
  let counted = (): void => undefined;
  const watch = new PacketWatch({
    ...{ api, clock, state: () => after(seen(web(1))).state, seen: () => counted() },
    failed: (error) => {
      throw error;
    },
  });
  const next = () =>
    new Promise<void>((resolve) => {
      counted = resolve;
    });
  const counts = () => fake.asked.filter((one) => one.includes('/stats')).length;
  /** A second passes, and what it starts has reached the engine. */
  const second = async () => {
    timers.pop()?.abort();
    await api.get('/barrier');
  };
  const wanted = next();
  watch.want();
  await wanted;
  await second();
  assert.is(counts(), 1);
  const opened = next();
  watch.watched(true);
  await opened;
  const again = next();
  timers.pop()?.abort();
  await again;
  watch.watched(false);
  await second();
  assert.is(counts(), 3);
  watch.close();
});

test.run();
