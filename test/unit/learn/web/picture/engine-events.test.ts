import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EngineEvent } from '../../../../../src/docker/api/exec-events.ts';
import { meaningOf } from '../../../../../src/learn/web/picture/engine-events.ts';
import { accepting } from '../../../../../src/learn/web/picture/processes.ts';

const event = (Action: string, over: Record<string, string> = {}, Type = 'container'): EngineEvent => ({
  ...{ Type, Action, timeNano: 0 },
  Actor: { ID: 'c1', Attributes: { 'com.docker.compose.project': 'p', ...over } },
});
const meanings = (...events: readonly EngineEvent[]) => {
  const commands = new Set<string>();
  return events.map((one) => meaningOf(one, 'p', commands)?.kind);
};

test('changes of containers and networks; what only observes, and other projects, mean nothing', () => {
  assert.equal(
    meanings(event('start'), event('die'), event('health_status: healthy'), event('destroy')),
    Array(4).fill('changed'),
  );
  assert.equal(meanings(event('top'), event('attach'), event('exec_start: sh')), Array(3).fill(undefined));
  assert.is(meanings(event('start', { 'com.docker.compose.project': 'other' }))[0], undefined);
  assert.equal(meanings(event('create', { name: 'p_default' }, 'network'), event('create', { name: 'q_default' }, 'network')), [
    'changed',
    undefined,
  ]);
});

test('a container that is connected to any network is named: it may have an alias there', () => {
  const connect = { ...event('connect', { container: 'c2' }, 'network'), Actor: { ID: 'net', Attributes: { container: 'c2' } } };
  assert.equal(meaningOf(connect, 'p', new Set()), { kind: 'changed', attached: { network: 'net', container: 'c2' } });
});

test('a start and a removal say what they did, and when', () => {
  const turned = (action: string) => {
    const meaning = meaningOf({ ...event(action), timeNano: 5_000_000 }, 'p', new Set());
    return meaning?.kind === 'changed' ? meaning.turned : undefined;
  };
  assert.equal(turned('start'), { container: 'c1', to: 'running', atMs: 5 });
  assert.equal(turned('destroy'), { container: 'c1', to: 'removed', atMs: 5 });
  assert.equal(['die', 'create', 'stop', 'health_status: healthy'].map(turned), Array(4).fill(undefined));
});

test('a signal, and the end of a command of others, may make a proxy read its configuration; our own probes do not', () => {
  const run = (id: string, line: string) =>
    meanings(event(`exec_create: ${line}`, { execID: id }), event('exec_die', { execID: id, exitCode: '0' }));
  assert.equal(run('1', 'front -s reload'), [undefined, 'acted']);
  assert.equal(run('2', 'sh -c dig web labwright'), [undefined, undefined]);
  assert.equal(meanings(event('kill', { signal: '1' })), ['acted']);
});

test('processes that accept connections', () => {
  const Titles = ['UID', 'PID', 'PPID', 'CMD'];
  const Processes = [
    ['root', '10', '1', 'main'],
    ['www', '11', '10', 'worker'],
    ['www', '12', '10', 'worker is shutting down'],
  ];
  assert.equal(
    accepting({ Titles, Processes }, (line) => line === 'worker'),
    [11],
  );
  assert.equal(
    accepting({ Titles, Processes: null }, () => true),
    [],
  );
});

test.run();
