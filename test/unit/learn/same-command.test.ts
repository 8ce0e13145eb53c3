import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attributed } from '../../../src/learn/actions.ts';
import { canContinue, nameAndEvent } from '../../../src/learn/same-command.ts';
import type { Action } from '../../../src/learn/state.ts';

const at = '2026-01-01T10:00:10.000Z';
const unknown: Action = { kind: 'engine', at, what: 'x', id: at };
const command = (what: string): Action => ({ kind: 'command', at, what, id: '7' });
/** The first of the events that can not belong to the same command as those before it. */
const newIn = (last: Action, ...events: readonly string[]): string | undefined => {
  const happened = new Map<string, string>();
  return events.find((event) => {
    if (!canContinue(last, event, happened)) return true;
    happened.set(...nameAndEvent(event));
    return false;
  });
};

test('everything that one command does belongs to it', () => {
  const replaced = [
    'abc_p-web-1 create',
    'p-web-1 kill',
    'p-web-1 die',
    'p-web-1 stop',
    'p-web-1 destroy',
    'abc_p-web-1 rename',
    'p-web-1 start',
  ];
  const scaled = [
    'p-web-2 create',
    'p_default connect',
    'p-web-2 start',
    'p-db-2 kill',
    'p-db-2 die',
    'p_default disconnect',
    'p-db-2 destroy',
  ];
  const restarted = [
    'p-web-1 kill',
    'p-web-1 die',
    'p_default disconnect',
    'p-web-1 stop',
    'p_default connect',
    'p-web-1 start',
    'p-web-1 restart',
  ];
  const removed = ['p-web-1 kill', 'p-web-1 die', 'p-web-1 stop', 'p-web-1 destroy', 'p_default destroy'];
  const crashing = ['p-web-1 create', 'p-web-1 start', 'p-web-1 die', 'p-web-1 start', 'p-web-1 die'];
  for (const events of [replaced, scaled, restarted, removed, crashing])
    assert.is(newIn(unknown, ...events), undefined, events[0]);
  assert.is(newIn(command('docker compose up -d'), ...replaced, ...scaled), undefined);
  assert.is(newIn(command('docker compose -p up restart web'), ...restarted), undefined);
  assert.is(newIn(command('docker-compose down'), ...removed), undefined);
});

test('what no command does next to the same container is another command', () => {
  assert.is(newIn(unknown, 'p-web-2 create', 'p-web-2 start', 'p-web-2 kill'), 'p-web-2 kill');
  assert.is(newIn(unknown, 'p-web-1 pause', 'p-web-1 unpause'), 'p-web-1 unpause');
  assert.is(newIn(unknown, 'p-web-1 destroy', 'p_default destroy', 'p_default create'), 'p_default create');
  assert.is(newIn(command('docker compose up -d'), 'p-web-1 start', 'p-web-1 stop'), 'p-web-1 stop');
});

test('what the last command does not do is another command', () => {
  for (const [line, event] of [
    ['docker compose stop', 'p-web-1 destroy'],
    ['docker stop p-web-1', 'p-web-1 start'],
    ['docker compose --profile stop rm -f', 'p-web-1 start'],
    ['docker-compose -f down.yaml start', 'p-web-2 kill'],
    ['docker compose build', 'p-web-1 create'],
    ['docker container restart p-web-1', 'p-web-2 destroy'],
  ] as const)
    assert.is(newIn(command(line), event), event, line);
});

test('two commands that ended before they were seen are two actions, also within 2 s', () => {
  const change = { at, what: 'p-web-1 unpause' };
  const context = { commands: [], last: unknown, lastChangeAt: at };
  assert.is(attributed(change, { ...context, happened: new Map([['p-web-1', 'pause']]) }).what, change.what);
  assert.is(attributed(change, { ...context, happened: new Map([['p-web-2', 'pause']]) }), unknown);
});

test.run();
