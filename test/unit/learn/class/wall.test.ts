import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StateMessage } from '../../../../src/learn/class/protocol.ts';
import { type Wall, type WallEvent, wallAfter, wallView } from '../../../../src/learn/class/wall.ts';

const keys = ['a/one', 'a/two', 'b/one'];
const at = (step: string, over: Partial<StateMessage> = {}): StateMessage => ({
  ...{ at: step, passed: 0, steps: 3, phase: 'working', help: false },
  ...over,
});
/** The wall after events, each a second after the one before. */
const after = (...events: readonly WallEvent[]): Wall =>
  events.reduce<Wall>((wall, event, second) => wallAfter(wall, event, second * 1000), []);
const joined = (id: number, nickname = `n${id}`): WallEvent[] => [
  { kind: 'joined', id, nickname },
  { kind: 'connected', id },
];
const state = (id: number, message: StateMessage): WallEvent => ({ kind: 'state', id, state: message });

test('a learner is counted at a step while the connection is open', () => {
  const wall = after(...joined(1), state(1, at('a/two')), ...joined(2), state(2, at('a/two')), { kind: 'away', id: 1 });
  const view = wallView(wall, keys, 6000);
  assert.equal([view.here, view.away], [1, 1]);
  assert.equal(
    view.steps.map(({ key, learners }) => [key, learners.map(({ nickname }) => nickname)]),
    [
      ['a/one', []],
      ['a/two', ['n2']],
      ['b/one', []],
    ],
  );
  const back = wallAfter(wall, { kind: 'connected', id: 1 }, 7000);
  assert.is(wallView(back, keys, 7000).here, 2);
});

test('a learner who joined and has no connection is not counted; one who left is gone', () => {
  assert.equal(wallView(after({ kind: 'joined', id: 1, nickname: 'x' }), keys, 0).here, 0);
  assert.equal(after(...joined(1), { kind: 'left', id: 1 }), []);
});

test('who has asked for help longest is first; asking again does not change since when', () => {
  const asking = at('a/one', { help: true });
  const wall = after(...joined(1), ...joined(2), state(2, asking), state(1, asking), state(2, at('a/two', { help: true })));
  const view = wallView(wall, keys, 9000);
  assert.equal(
    view.asking.map(({ id, helpSince }) => [id, helpSince]),
    [
      [2, 4000],
      [1, 5000],
    ],
  );
  assert.equal(
    wallView(wallAfter(wall, state(2, at('a/two')), 9000), keys, 9000).asking.map(({ id }) => id),
    [1],
  );
});

test('after ten minutes at a step a learner may be stuck, unless finished or asking; a step forward begins anew', () => {
  const wall = after(...joined(1), state(1, at('a/one')));
  const still = (one: Wall, now: number) => wallView(one, keys, now).still.length;
  assert.equal([still(wall, 601_999), still(wall, 602_000)], [0, 1]);
  assert.is(still(wallAfter(wall, state(1, at('a/one', { phase: 'waiting' })), 500_000), 602_000), 1);
  assert.is(still(wallAfter(wall, state(1, at('a/one', { passed: 1 })), 500_000), 602_000), 0);
  assert.is(still(wallAfter(wall, state(1, at('a/one', { help: true })), 500_000), 602_000), 0);
  const finished = wallAfter(wall, state(1, at('a/one', { phase: 'finished' })), 500_000);
  assert.is(still(finished, 602_000), 0);
  assert.equal([wallView(finished, keys, 0).finished, wallView(finished, keys, 0).steps[0]?.learners.length], [1, 0]);
});

test.run();
