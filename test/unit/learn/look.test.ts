import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../labs/compose-scale/index.ts';
import { base } from '../../../labs/compose-scale/stacks.ts';
import type { StackFacts } from '../../../src/checks/evidence/stack-facts.ts';
import type { Replica } from '../../../src/lab/facts.ts';
import type { Baseline } from '../../../src/lab/judge-checks.ts';
import type { Step } from '../../../src/lab/tutorial.ts';
import type { World } from '../../../src/lab/world.ts';
import { Looker, renewed } from '../../../src/learn/look.ts';
import { gatherBaseline, type View } from '../../../src/run/poll-checks.ts';
import { flasks, stackFacts } from '../../fixtures/facts.ts';
import { fakeView, handClock, wordCheck } from '../run/fakes.ts';

const notWatched = () => Promise.reject(new TypeError('not watched'));
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

test('the baseline is taken again when the state before the work of the step is seen, also after a start with its result', async () => {
  const step = composeScale.labs
    .flatMap(({ steps }) => steps)
    .find(({ verify }) => verify.some(({ id }) => id === 'flask-others-are-gone'));
  const gone = step?.verify.find(({ id }) => id === 'flask-others-are-gone');
  if (!step || !gone) throw new TypeError('no such step');
  const at = (replicas: readonly Replica[]) => ({
    look: () => ({ spec: base, state: async () => stackFacts(replicas) }) as unknown as World,
    watch: notWatched,
  });
  const outcome = (baseline: Baseline, replicas: readonly Replica[]) =>
    gone.judge(stackFacts(replicas), baseline.get(gone.gather) as StackFacts).outcome;
  const [first, second, third] = flasks(3) as [Replica, Replica, Replica];
  // the step was resumed after its work
  const resumed = await gatherBaseline(step.verify, at([first]));
  assert.is(outcome(resumed, [first]), 'failed');
  assert.is(await renewed(at([first]), step, resumed), resumed);
  // while one is still being created, the state is not complete
  assert.is(await renewed(at([first, second, { ...third, state: 'created' }]), step, resumed), resumed);
  const again = await renewed(at([first, second, third]), step, resumed);
  assert.is(outcome(again, [first]), 'passed');
  // a part of the work keeps the baseline; replicas that were all replaced renew it
  assert.is(await renewed(at([first, second]), step, again), again);
  const others = flasks(3).map((one) => ({ ...one, id: `new-${one.id}` }));
  assert.is(outcome(again, others.slice(0, 1)), 'failed');
  assert.is(outcome(await renewed(at(others), step, again), others.slice(0, 1)), 'passed');
  // that of other services stays: what was restarted meanwhile is not forgotten
  const redis = step.verify.find(({ id }) => id === 'redis-is-untouched');
  assert.is(again.get(redis?.gather ?? gone.gather), resumed.get(redis?.gather ?? gone.gather));
});

test.run();
