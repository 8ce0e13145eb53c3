import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Share } from '../../../../src/grade/build-network/share.ts';

test('connections are limited for a service and for all', () => {
  const all = new Share({ connections: 3, bytes: 100 });
  const [one, other] = [all, all].map((of) => new Share({ connections: 2, bytes: 100 }, of)) as [Share, Share];
  assert.equal([one.enter(), one.enter(), one.enter()], [true, true, false]);
  assert.equal([other.enter(), other.enter()], [true, false]);
  one.leave();
  assert.ok(other.enter());
});

test('bytes are limited for a service and for all', () => {
  const all = new Share({ connections: 9, bytes: 15 });
  const [one, other] = [all, all].map((of) => new Share({ connections: 9, bytes: 10 }, of)) as [Share, Share];
  assert.not(one.used);
  assert.equal([one.count(10), one.used, one.enter()], [true, true, false]);
  assert.equal([other.count(5), other.count(1)], [true, false]);
});

test('remembers different requests once, and the newest ones', () => {
  const share = new Share({ connections: 1, bytes: 1 });
  const missed = (host: string) => ({ why: 'host', host, port: 443 }) as const;
  for (const host of ['a', 'b', 'a']) share.miss(missed(host));
  assert.equal(share.missed, [missed('a'), missed('b')]);
  for (let at = 0; at < 100; at += 1) share.miss(missed(`h${at}`));
  assert.is(share.missed.length, 100);
  assert.equal(share.missed.at(-1), missed('h99'));
});

test('each share has another secret', () => {
  const limits = { connections: 1, bytes: 1 };
  assert.is.not(new Share(limits).secret, new Share(limits).secret);
});

test.run();
