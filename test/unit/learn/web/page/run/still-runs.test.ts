import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stillRuns } from '../../../../../../src/learn/web/page/run/still-runs.ts';
import { runStates } from '../../../../../fixtures/page-states.ts';

test('a command without an exit code runs until its step has an outcome or the run is being removed', () => {
  const { starting, running, finished } = runStates;
  assert.ok(stillRuns(running));
  assert.not.ok(stillRuns({ ...running, outcomes: { 'scale/out': 'errored' } }), 'a timeout');
  assert.not.ok(stillRuns({ ...running, phase: 'removing' }), 'Ctrl-C');
  assert.not.ok(stillRuns({ ...finished, outcomes: {} }));
  assert.not.ok(stillRuns(starting), 'no step');
});

test.run();
