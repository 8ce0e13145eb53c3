import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { countedInOrder, isOneStart, nextStep, type StepState, stepId } from '../../../../src/run/learner/progress.ts';

/** The states of all steps of the base stack, of which these are done. */
const states = (done: readonly string[], labs = composeScale.labs.filter(({ stack }) => stack === 'base')): StepState[] =>
  labs.flatMap((lab) =>
    lab.steps.map((step) => ({ lab, step, results: [], progress: done.includes(stepId(lab, step)) ? 'done' : 'not-seen' })),
  );
const next = (...done: string[]) => {
  const found = nextStep(states(done));
  return found && stepId(found.lab, found.step);
};

test('the next step follows the last one that is done, in the lab in which most is done', () => {
  assert.is(next(), 'setup/build');
  assert.is(next('setup/build'), 'setup/up');
  assert.is(next('setup/build', 'setup/up', 'setup/talk'), 'scale/out');
  // three replicas: setup is behind, since the labs after it need it
  assert.is(next('setup/build', 'scale/out', 'balance/prepare'), 'scale/in');
  assert.is(next('setup/build', 'scale/out', 'balance/prepare', 'balance/ping'), 'balance/curl');
  assert.is(next('setup/build', 'scale/out', 'balance/prepare', 'balance/ping', 'balance/curl'), 'cleanup/stop');
  assert.is(next('setup/build', 'cleanup/stop'), 'cleanup/rm');
});

test('`up` alone creates every container before it starts one; a later command creates one after that', () => {
  const time = (second: number) => `2026-01-01T08:00:0${second}.5Z`;
  const at = (created: number, started: number, ended?: number, restarts = 0) => ({
    ...{ createdAt: time(created), startedAt: time(started), restarts },
    ...(ended === undefined ? {} : { finishedAt: time(ended) }),
  });
  assert.is(isOneStart([at(1, 3), at(2, 4), at(2, 9)]), true);
  // scaled, then one was restarted
  assert.is(isOneStart([at(1, 3), at(5, 6), at(2, 9)]), false);
  // the proxy of a stack that was started at once was restarted, as the step asks
  assert.is(isOneStart([at(1, 3), at(2, 4), at(2, 9, 8)]), false);
  // Docker started it again, as a proxy that was first too early
  assert.is(isOneStart([at(1, 3), at(2, 4), at(2, 9, 8, 1)]), true);
  // a service that ends by itself
  assert.is(isOneStart([at(1, 3), at(2, 4, 6)]), true);
  // all were stopped, and started again
  assert.is(isOneStart([at(1, 7, 6), at(2, 8, 5)]), true);
  assert.is(isOneStart([]), false);
});

test('nothing is next after the last step, although earlier ones are not seen', () => {
  assert.is(next('setup/build', 'cleanup/rm'), undefined);
});

test('in one lab, a step that is not seen before one that is done is not next', () => {
  const labs = composeScale.labs.filter(({ id }) => id === 'nginx');
  assert.is(nextStep(states(['nginx/restart'], labs))?.step.id, 'down');
  assert.is(nextStep(states([], labs))?.step.id, 'up');
});

test('with a record, the next step is the first open one, and a later state that happens to be true does not count', () => {
  const recorded = ['setup/build', 'setup/up'];
  // all containers were stopped before setup/talk
  const seen = states([...recorded, 'cleanup/stop']).map(
    (one): StepState => (recorded.includes(stepId(one.lab, one.step)) ? { ...one, recorded: true } : one),
  );
  const counted = countedInOrder(seen);
  const done = counted.filter(({ progress }) => progress === 'done').map(({ lab, step }) => stepId(lab, step));
  assert.equal(done, recorded);
  assert.equal(
    counted.filter(({ early }) => early).map(({ step }) => step.id),
    ['stop'],
  );
  assert.is(nextStep(counted)?.step.id, 'talk');
  // without one, a look cannot tell where the learner is
  assert.equal(countedInOrder(states(['cleanup/stop'])), states(['cleanup/stop']));
  // a step that was recorded out of order stays done
  const skipped = states(['setup/build', 'balance/ping']).map(
    (one): StepState => (one.progress === 'done' ? { ...one, recorded: true } : one),
  );
  assert.equal(countedInOrder(skipped), skipped);
  assert.is(nextStep(skipped)?.step.id, 'up');
});

test.run();
