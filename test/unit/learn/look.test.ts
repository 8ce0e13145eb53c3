import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Step } from '../../../src/lab/tutorial.ts';
import type { World } from '../../../src/lab/world.ts';
import { Looker } from '../../../src/learn/look.ts';
import type { View } from '../../../src/run/poll-checks.ts';
import { fakeView, handClock, wordCheck } from '../run/fakes.ts';

const settle = () => new Promise(setImmediate);

/** A step with a check that takes the result at once, and one with a probe that the test ends. */
function setUp() {
  const clock = handClock();
  const probes: ((result: string) => void)[] = [];
  const probe = () => new Promise((resolve) => probes.push(resolve));
  const world = { state: async () => 'yes', probe } as unknown as World;
  const view: View = { ...fakeView(['yes'], clock), look: () => world };
  const looker = new Looker({ view, clock, signal: new AbortController().signal, busy: async () => false });
  const probed = wordCheck('probed', { needs: ['quick'], gather: (one) => one.probe('', '') });
  const step = { verify: [wordCheck('quick'), probed] } as unknown as Step;
  const seen: string[] = [];
  const look = () => looker.look(step, new Map(), new Set(), ({ id, outcome }) => seen.push(`${id} ${outcome}`));
  return { clock, looker, seen, probes, look };
}

test('a change during a look at the state does not abandon it: it is reported, but nothing is probed', async () => {
  const { looker, seen, probes, look } = setUp();
  const first = look();
  looker.changed();
  assert.is(await first, false);
  assert.equal([seen, probes.length], [['quick passed'], 0]);
});

test('a change abandons a look that still probes; what was decided before is reported', async () => {
  const { looker, seen, probes, look } = setUp();
  const first = look();
  await settle();
  assert.equal(seen, ['quick passed']);
  looker.changed();
  assert.is(await first, false);
  const second = look();
  await settle();
  probes[0]?.('no'); // of the abandoned look: about the past
  probes[1]?.('yes');
  assert.is(await second, true);
  assert.equal(seen, ['quick passed', 'quick passed', 'probed passed']);
});

test('where something changes all the time, a look is not abandoned after 3 s', async () => {
  const { clock, looker, seen, probes, look } = setUp();
  for (let at = 0; at < 3; at++) {
    const abandoned = look();
    await settle();
    clock.pass(1000);
    if (at < 2) looker.changed();
    else {
      looker.changed(); // 3 s after the first look began
      probes[at]?.('yes');
    }
    assert.is(await abandoned, false);
  }
  assert.equal(
    seen.filter((one) => one.startsWith('probed')),
    ['probed passed'],
  );
  const next = look();
  await settle();
  looker.changed();
  assert.is(await next, false, 'the next one can be abandoned again');
});

test.run();
