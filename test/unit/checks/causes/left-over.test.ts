import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ComposeSource } from '../../../../src/checks/causes/compose-source.ts';
import { guestCause, type LeftOverFacts, leftOverCause } from '../../../../src/checks/causes/left-over.ts';
import { client, flask, redis, replica, stackFacts } from '../../../fixtures/facts.ts';

const services = { flask: 'flask', redis: 'redis-server', client: 'client' };
const compose = new ComposeSource('compose.yaml', 'services:\n  flask: {}\n  redis-server: {}\n  client: {}\n');
const facts: LeftOverFacts = {
  ...stackFacts([flask(1), redis(), client()], { services }),
  compose,
  dir: '/lab/base',
  command: 'docker compose rm',
  isDone: 'removed',
  elsewhere: [],
  removals: [],
};
const said = (over: Partial<LeftOverFacts>) => {
  const cause = leftOverCause({ ...facts, ...over });
  return cause ? `${cause.text.en} | ${cause.help.en}` : undefined;
};

test('everything is left: the cause is not known', () => {
  assert.is(said({}), undefined);
  assert.is(said({ isDone: 'stopped' }), undefined);
});

test('a service that the file no longer has', () => {
  assert.is(
    said({ replicas: [replica({ service: 'watcher' })] }),
    'compose.yaml no longer has the service watcher, so Compose leaves its container alone (an orphan) | docker compose down --remove-orphans',
  );
});

test('only some services were stopped or removed', () => {
  assert.is(said({ replicas: [redis(), client()] }), 'only flask was removed | name no service: docker compose rm');
  assert.is(
    said({ isDone: 'stopped', command: 'docker compose stop', replicas: [flask(1, { state: 'exited' }), redis(), client()] }),
    'only flask was stopped | name no service: docker compose stop',
  );
});

test('another project of the same folder was stopped or removed', () => {
  const removal = { id: 'x', project: 'q', dir: '/lab/base', service: 'flask', removedAt: '2026-01-01T08:00:00Z' };
  assert.is(
    said({ removals: [removal] }),
    'the containers of another project of this folder, q, were removed instead (`-p q`) | leave out `-p` and COMPOSE_PROJECT_NAME: docker compose rm',
  );
  assert.is(said({ removals: [{ ...removal, dir: '/srv/shop' }] }), undefined);
  assert.is(said({ removals: [removal, { ...removal, project: 'p' }] }), undefined);
  const stopped = { project: 'q', dir: '/lab/base', running: 0, stopped: 3 };
  assert.match(said({ isDone: 'stopped', elsewhere: [stopped] }) ?? '', /of this folder, q, were stopped instead/);
  assert.is(said({ isDone: 'stopped', elsewhere: [{ ...stopped, running: 1 }] }), undefined);
});

test('a network that is left: a container of another origin is on it, or none', () => {
  const guest = { name: 'mine', project: '', service: '', oneOff: false, imageId: 'x', addresses: [] };
  const cause = guestCause(facts, [guest, { ...guest, name: 'p-flask-1', project: 'p' }]);
  assert.is(cause?.text.en, 'in use by mine, which `docker compose down` does not stop');
  assert.is(cause?.help.en, 'stop it, then remove the network: docker stop mine, then docker compose down');
  assert.match(guestCause(facts, [])?.text.en ?? '', /^no container uses it any more/);
  assert.is(guestCause(facts, [{ ...guest, project: 'p' }]), undefined);
});

test.run();
