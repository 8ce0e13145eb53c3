import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportedExitCode } from '../../../src/docker/surroundings.ts';

const container = { id: 'c1', startedAt: '2026-01-01T08:00:00Z' };
const event = (Action: string, exitCode: string, { id = 'c1', at = '2026-01-01T08:01:00Z' } = {}) => ({
  ...{ Type: 'container', Action, Actor: { ID: id, Attributes: { exitCode } } },
  timeNano: Date.parse(at) * 1e6,
});

test('the exit code that the engine reported when a container ended', () => {
  assert.is(reportedExitCode([event('die', '137'), event('stop', '')], container), 137);
  // the second report is of an end that the engine missed: https://github.com/moby/moby, handleContainerExit without an event
  assert.is(reportedExitCode([event('die', '137'), event('die', '0')], container), 137);
});

test('code 0, another container and an earlier start show nothing', () => {
  const none = [event('die', '0'), event('die', '1', { id: 'c2' }), event('die', '1', { at: '2026-01-01T07:59:59Z' })];
  assert.is(reportedExitCode([...none, event('exec_die', '1')], container), undefined);
  assert.is(reportedExitCode([], container), undefined);
});

test.run();
