import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Held, heldAfter, heldOnKey, shownInstead } from '../../../../src/cli/learn/held.ts';
import { text } from '../../../../src/lab/text.ts';
import { reduce } from '../../../../src/learn/reduce.ts';
import { type Key, type LearnEvent, type LearnState, stateAt } from '../../../../src/learn/state.ts';

const steps = ['one', 'two', 'three'].map((id) => `a/${id}`);
const plan = steps.map((key) => ({ key, checks: [{ id: 'c', claim: text('c', 'c'), mode: 'now' as const }], hints: 3 }));

/** The step on the screen after these events and keys, and the step of the session. */
function after(...events: readonly (LearnEvent | Key)[]): { readonly shown: string; readonly at: string } {
  let state: LearnState = { ...stateAt(plan, 'a/one', {}), phase: 'working' };
  let held: Held = [];
  for (const event of events) {
    if (typeof event === 'string') {
      const left = heldOnKey(held, state, event);
      held = left.held;
      if (left.isDone) continue;
    }
    const one: LearnEvent = typeof event === 'string' ? { kind: 'key', key: event } : event;
    const next = reduce(state, one).state;
    held = heldAfter(held, next, one, state);
    state = next;
  }
  return { shown: shownInstead(held, state)?.at ?? state.at, at: state.at };
}

const typed: LearnEvent = { kind: 'acted', action: { kind: 'command', at: '1', what: 'up', id: 'up' } };
const pass = (key: string): LearnEvent[] => {
  const result = { id: 'c', claim: text('c', 'c'), outcome: 'passed', evidence: null, looks: 1, durationMs: 1 } as const;
  const verdict = { outcome: 'passed', actual: text('c', 'c') } as const;
  return [
    { kind: 'result', key, result: { ...result, verdict } },
    { kind: 'looked', key, at: '2' },
  ];
};
const begun = (key: string): LearnEvent => ({ kind: 'began', key, results: [] });
const next: LearnEvent = { kind: 'acted', action: { kind: 'command', at: '3', what: 'stop', id: 'stop' } };

test('a step that passed stays on the screen while the next command continues the session; Enter leaves it', () => {
  const first = [typed, ...pass('a/one')];
  assert.equal(after(...first), { shown: 'a/one', at: 'a/one' });
  assert.equal(after(...first, next), { shown: 'a/one', at: 'a/two' });
  assert.equal(after(...first, next, begun('a/two')), { shown: 'a/one', at: 'a/two' });
  assert.equal(after(...first, next, begun('a/two'), 'enter'), { shown: 'a/two', at: 'a/two' });
  assert.equal(after(...first, next, begun('a/two'), 'hint'), { shown: 'a/two', at: 'a/two' });
  assert.equal(after(...first, 'enter'), { shown: 'a/two', at: 'a/two' }, 'without a command, Enter begins the next step');
  const second = [...first, next, begun('a/two'), ...pass('a/two')];
  assert.equal(after(...second), { shown: 'a/one', at: 'a/two' });
  assert.equal(after(...second, 'enter'), { shown: 'a/two', at: 'a/two' });
  assert.equal(after(...second, 'enter', 'enter'), { shown: 'a/three', at: 'a/three' });
});

test('the list, a jump and an engine that is gone are shown at once', () => {
  const ahead = [typed, ...pass('a/one'), next, begun('a/two')];
  assert.is(after(...ahead, 'list').shown, 'a/two');
  assert.is(after(...ahead, 'list', 'other').shown, 'a/one');
  assert.is(after(...ahead, 'list', 'down', 'enter', 'yes').shown, 'a/three');
  assert.is(after(...ahead, { kind: 'engine-lost', why: text('gone', 'gone') }).shown, 'a/two');
});

test.run();
