import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changeIn } from '../../../../src/docker/api/activity.ts';

const watched = { project: 'p', images: new Set(['web:1']) };
const event = (Type: string, Action: string, ID: string, Attributes: Record<string, string> = {}) =>
  changeIn({ Type, Action, Actor: { ID, Attributes } }, watched, false);
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

test.run();
