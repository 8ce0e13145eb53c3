import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exec } from '../../../../src/docker/api/exec.ts';
import { type EngineAnswer, fakeEngine } from '../../../helpers/fake-engine.ts';
import { rejection } from '../../../helpers/rejection.ts';

/** An engine that has not recorded the end of exec `e1`; `events`: what it reports about the container. */
const withoutCode =
  (events: readonly object[]) =>
  (request: string): EngineAnswer => {
    if (request.startsWith('POST /containers/c1/exec')) return { lines: [{ Id: 'e1' }] };
    if (request.startsWith('GET /exec/e1/json')) return { lines: [{ ExitCode: null, Running: true }] };
    return { lines: request.startsWith('GET /events') ? [...events, {}] : [] };
  };
const ended = (execID: string, exitCode: string) => ({
  ...{ Type: 'container', Action: 'exec_die', Actor: { ID: 'c1', Attributes: { execID, exitCode } }, timeNano: 1 },
});

test('the exit code of a command that the engine has not recorded yet comes from its event', async () => {
  const { engine, close } = await fakeEngine(withoutCode([ended('e0', '1'), ended('e1', '7')]));
  try {
    assert.is((await exec(engine.api, 'c1', 'true', 5000)).exitCode, 7);
  } finally {
    await close();
  }
});

test('a command without an exit code is errored, and does not count as one that failed', async () => {
  const { engine, close } = await fakeEngine(withoutCode([ended('e0', '1')]));
  try {
    const error = await rejection(exec(engine.api, 'c1', 'true', 5000));
    assert.is(error.code, 'E_PROBE');
    assert.match(error.message, /no record of how it ended/);
  } finally {
    await close();
  }
});

test.run();
