import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changeIn, execActivity } from '../../../../src/docker/api/activity.ts';

const watched = { project: 'p', images: new Set(['web:1']) };
const event = (Type: string, Action: string, ID: string, Attributes: Record<string, string> = {}) =>
  changeIn({ Type, Action, Actor: { ID, Attributes } }, watched);
const container = (action: string) => event('container', action, 'id', { name: 'p-db-1', 'com.docker.compose.project': 'p' });

test('a health that changed causes a look, and is nothing that the learner did', () => {
  assert.equal(container('health_status: healthy'), { kind: 'other', what: 'p-db-1 health_status: healthy' });
  // the program that checks it
  assert.is(container('exec_start: /bin/sh -c pg_isready'), undefined);
  assert.is(container('exec_die'), undefined);
});

test('a volume of the project is made and removed; that it is mounted says nothing', () => {
  assert.equal(event('volume', 'create', 'p_data'), { kind: 'change', what: 'p_data create' });
  assert.equal(event('volume', 'destroy', 'p_data'), { kind: 'change', what: 'p_data destroy' });
  assert.is(event('volume', 'mount', 'p_data'), undefined);
  assert.is(event('volume', 'destroy', 'other_data'), undefined);
});

test('containers, networks and images of the project, and no others', () => {
  assert.equal(container('start'), { kind: 'change', what: 'p-db-1 start' });
  assert.is(event('container', 'start', 'id', { name: 'q-db-1', 'com.docker.compose.project': 'q' }), undefined);
  assert.equal(event('network', 'destroy', 'n', { name: 'p_default' }), { kind: 'change', what: 'p_default destroy' });
  assert.equal(event('image', 'tag', 'web:1'), { kind: 'change', what: 'web:1 tag' });
  assert.is(event('image', 'pull', 'other:1'), undefined);
});

test('a program that others started, and its end with the exit code; those of ours and of health checks are left out', () => {
  const theirs = new Map([['e1', 'client: ping flask']]);
  const about = (Action: string, Attributes: Record<string, string>) =>
    execActivity({ Type: 'container', Action, Actor: { ID: 'id', Attributes }, timeNano: 0 }, theirs);
  assert.equal(about('exec_create: ping flask', { execID: 'e1' }), { kind: 'exec', what: 'client: ping flask', execId: 'e1' });
  assert.is(about('exec_start: ping flask', { execID: 'e1' }), undefined);
  const end = { kind: 'exec-end', what: 'client: ping flask', execId: 'e1', exitCode: 1 };
  assert.equal(about('exec_die', { execID: 'e1', exitCode: '1' }), end);
  assert.is(about('exec_die', { execID: 'e2', exitCode: '0' }), undefined);
});

test.run();
