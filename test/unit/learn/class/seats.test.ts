import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coalesce } from '../../../../src/learn/class/coalesce.ts';
import { joinRate, mostLearners, Seats } from '../../../../src/learn/class/seats.ts';
import { TokenBucket } from '../../../../src/learn/class/token-bucket.ts';

const secret = Uint8Array.of(1, 2, 3, 4, 5, 6);
const own = (number: number): string => Buffer.alloc(30, `key ${number} `).toString('base64');
function seats() {
  const time = { ms: 0 };
  const all = new Seats({ secret, tutorial: 't', keys: ['a/one'], now: () => time.ms, changed: () => undefined });
  const join = (number: number, from = `10.0.${number >> 8}.${number & 255}`) =>
    all.join({ secret: Buffer.from(secret).toString('base64'), own: own(number), nickname: 'n', tutorial: 't' }, from);
  return { all, join, time };
}

test('one address fills a class only slowly; others join meanwhile, and a known learner comes back at once', () => {
  const { join, time } = seats();
  const results = Array.from({ length: 150 }, (_, number) => join(number, '10.0.0.1'));
  assert.is(results.filter((one) => one === 'often').length, 150 - joinRate.burst);
  assert.is.not(join(250, '10.0.0.2'), 'often');
  assert.is(join(0, '10.0.0.1'), results[0]);
  time.ms += 1000;
  assert.is(
    Array.from({ length: 20 }, (_, at) => join(300 + at, '10.0.0.1')).filter((one) => one !== 'often').length,
    joinRate.perSecond,
  );
});

test('a class of 500 is full; a new learner takes the place of one who is away', () => {
  const { all, join } = seats();
  for (let number = 0; number < mostLearners; number += 1) {
    const seat = join(number);
    if (typeof seat === 'string') throw new Error(seat);
    all.connected(seat, () => undefined);
  }
  assert.is(join(600), 'full');
  const first = join(0);
  if (typeof first === 'string') throw new Error(first);
  all.connected(first, () => undefined)();
  assert.is(typeof join(600), 'object');
  assert.is(all.find(own(0)), undefined);
  assert.is(all.wall.length, mostLearners);
});

test('after the end no one joins; a learner who joins again and again is limited', () => {
  const { all, join, time } = seats();
  const again = Array.from({ length: 30 }, () => join(1));
  assert.equal([again[20] === again[0], again[21]], [true, 'often']);
  time.ms += 1000;
  assert.is(join(1), again[0]);
  all.end();
  assert.equal([join(1), join(2), all.wall], ['over', 'over', []]);
});

test('a bucket allows a burst, and then its rate', () => {
  const bucket = new TokenBucket({ burst: 2, perSecond: 10 }, 0);
  assert.equal([bucket.take(0), bucket.take(0), bucket.take(0)], [true, true, false]);
  assert.equal([bucket.take(99), bucket.take(100), bucket.isFull(150), bucket.isFull(1000)], [false, true, false, true]);
});

test('many changes are shown at once, and then the last of them after a time', () => {
  let shown = 0;
  const over = new AbortController();
  const timers: AbortController[] = [];
  const after = () => {
    const timer = new AbortController();
    timers.push(timer);
    return timer.signal;
  };
  const changed = coalesce(() => (shown += 1), 100, { after }, over.signal);
  for (let count = 0; count < 50; count += 1) changed();
  assert.is(shown, 1);
  timers[0]?.abort();
  assert.is(shown, 2);
  timers[1]?.abort();
  assert.is(shown, 2);
  changed();
  assert.is(shown, 3);
  changed();
  over.abort();
  timers[2]?.abort();
  changed();
  assert.is(shown, 3);
});

test.run();
