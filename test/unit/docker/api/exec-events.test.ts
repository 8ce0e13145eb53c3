import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type EngineEvent, ExecLog, reachesBack } from '../../../../src/docker/api/exec-events.ts';

const since = '2026-01-01T08:00:00.500Z';
const event = (afterMs: number, Action = 'exec_create: true', ID = 'other'): EngineEvent => ({
  Type: 'container',
  Action,
  Actor: { ID, Attributes: {} },
  timeNano: (Date.parse(since) + afterMs) * 1e6,
});
const whole = (...events: EngineEvent[]) => reachesBack(events, since, ['f2']);

test('the events since a start are complete if they include that start or an earlier event', () => {
  assert.ok(whole(event(3, 'start', 'f2')));
  assert.ok(whole(event(-1), event(9)));
  assert.ok(whole(event(0)));
});

test('an engine that was restarted meanwhile has lost its events, even if it has few', () => {
  assert.not.ok(whole());
  assert.not.ok(whole(event(60_000), event(61_000, 'start', 'client')));
  assert.not.ok(whole({ ...event(60_000, 'start', 'f2'), Type: 'network' }));
});

test('a command has the exit code of its end; one that could not be started has none', () => {
  const log = new ExecLog();
  const about = (Action: string, Attributes: Record<string, string>) =>
    log.add({ ...event(1, Action), Actor: { ID: 'c', Attributes: { 'com.docker.compose.service': 'client', ...Attributes } } });
  about('exec_create: nosuch', { execID: 'a' });
  about('exec_create: curl web', { execID: 'b' });
  about('exec_create: sh -c probe labwright', { execID: 'ours' });
  about('exec_die', { execID: 'ours', exitCode: '0' });
  about('exec_die', { execID: 'b', exitCode: '7' });
  const at = { containerId: 'c', service: 'client' };
  assert.equal(log.since(since), [
    { ...at, line: 'nosuch' },
    { ...at, line: 'curl web', exitCode: 7 },
  ]);
});

test.run();
