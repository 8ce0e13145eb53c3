import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type LearnState, stateAt } from '../../../../src/learn/state.ts';
import { pageState, pressOnPage } from '../../../../src/learn/web/learn-page.ts';
import type { Press } from '../../../../src/learn/web/protocol.ts';

/** What the page sends to a session, and receives of it. */

const pressedBy = (press: Press, phase: LearnState['phase'] = 'working'): string[] => {
  const done: string[] = [];
  pressOnPage(press, { phase }, { press: (key) => void done.push(key), choose: (key) => void done.push(`choose ${key}`) });
  return done;
};

test('keys and steps go to the session; what is of a run does not', () => {
  assert.equal(pressedBy({ kind: 'key', key: 'hint' }), ['hint']);
  assert.equal(pressedBy({ kind: 'go-to', key: 'lab/up' }), ['choose lab/up']);
  assert.equal(pressedBy({ kind: 'pause' }), []);
});

test('enter continues, and does not end the program after the last step', () => {
  assert.equal(pressedBy({ kind: 'key', key: 'enter' }, 'passed'), ['enter']);
  assert.equal(pressedBy({ kind: 'key', key: 'enter' }, 'finished'), []);
  assert.equal(pressedBy({ kind: 'key', key: 'reset' }, 'finished'), ['reset']);
});

test('the state is sent without the plan', () => {
  const state = stateAt([{ key: 'lab/up', checks: [], hints: 0 }], 'lab/up', {});
  assert.not('plan' in pageState(state));
  assert.is(pageState(state).at, 'lab/up');
});

test('text of the stack cannot change the direction of the text around it', () => {
  const state = stateAt([{ key: 'lab/up', checks: [], hints: 0 }], 'lab/up', {});
  const running = { line: 'docker compose up -d', output: 'a\u202eb\u0007' };
  assert.is(pageState({ ...state, running }).running?.output, 'a[U+202E]b[U+0007]');
});

test.run();
