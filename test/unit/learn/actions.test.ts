import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attributed } from '../../../src/learn/actions.ts';
import type { Action } from '../../../src/learn/state.ts';

const at = '2026-01-01T10:00:10.000Z';
const change = { at, what: 'lab-web-2 start' };
const up: Action = { kind: 'command', at, what: 'docker compose up -d', id: '7' };
const nothing = { commands: [], lastChangeAt: '2026-01-01T10:00:00.000Z', happened: new Map() };

test('a change belongs to the command that runs in the folder; commands that only observe cause nothing', () => {
  const commands = [
    { pid: 8, line: 'docker compose stop' },
    { pid: 9, line: 'docker compose logs -f' },
  ];
  assert.equal(attributed(change, { ...nothing, commands }), { kind: 'command', at, what: 'docker compose stop', id: '8' });
});

test('a line that we run for the learner comes first', () => {
  const own = 'docker compose down';
  const commands = [{ pid: 8, line: 'docker compose stop' }];
  assert.is(attributed(change, { ...nothing, commands, own }).what, own);
});

test('without a command, a change within 2 s of the one before has the same cause; later it stands alone', () => {
  const soon = { ...nothing, last: up, lastChangeAt: '2026-01-01T10:00:08.500Z' };
  assert.equal(attributed(change, soon), up);
  const alone = { kind: 'engine', at, what: 'lab-web-2 start', id: at };
  assert.equal(attributed(change, { ...soon, lastChangeAt: '2026-01-01T10:00:08.000Z' }), alone);
  const edit: Action = { kind: 'edit', at, what: 'compose.yaml', id: 'compose.yaml' };
  assert.equal(attributed(change, { ...soon, last: edit }), alone);
});

test('the start of a container that `up` created belongs to it, however long the engine took; that of any other does not', () => {
  const slow = { ...nothing, last: up, lastChangeAt: '2026-01-01T10:00:04.000Z' };
  const alone = { kind: 'engine', at, what: 'lab-web-2 start', id: at };
  assert.equal(attributed(change, { ...slow, happened: new Map([['lab-web-2', 'create']]) }), up);
  assert.equal(attributed(change, { ...slow, happened: new Map([['lab-web-2', 'start']]) }), alone);
  assert.equal(attributed(change, { ...slow, happened: new Map([['lab-web-1', 'create']]) }), alone);
  const create: Action = { ...up, what: 'docker compose create' };
  assert.equal(attributed(change, { ...slow, last: create, happened: new Map([['lab-web-2', 'create']]) }), alone);
});

test.run();
