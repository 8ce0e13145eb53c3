import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ApiError } from '../../../../src/docker/api/api-error.ts';
import { untilFrozen } from '../../../../src/grade/sandbox/grader-tools.ts';

/** A container that can be paused at this attempt. */
function pausedAt(attempt: number, message = 'OCI runtime pause failed: unable to freeze: unknown') {
  let attempts = 0;
  return {
    attempts: () => attempts,
    pause: async () => {
      attempts += 1;
      if (attempts < attempt) throw new ApiError(500, message);
    },
  };
}

test('a container whose processes start others is paused again, a few times', async () => {
  const busy = pausedAt(3);
  await untilFrozen(busy.pause);
  assert.is(busy.attempts(), 3);
  const never = pausedAt(99);
  assert.instance(await untilFrozen(never.pause).catch((error: unknown) => error), ApiError);
  assert.is(never.attempts(), 6);
});

test('a container that the engine still takes for paused is paused again', async () => {
  const late = pausedAt(2, 'container 1f2e is already paused');
  await untilFrozen(late.pause);
  assert.is(late.attempts(), 2);
});

test('another error is thrown at once', async () => {
  const gone = pausedAt(2, 'No such container');
  assert.instance(await untilFrozen(gone.pause).catch((error: unknown) => error), ApiError);
  assert.is(gone.attempts(), 1);
});

test.run();
