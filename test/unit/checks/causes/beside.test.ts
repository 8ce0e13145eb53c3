import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BesideFacts, besideCause } from '../../../../src/checks/causes/beside.ts';
import type { ConnectedContainer, RemovedContainer } from '../../../../src/lab/world.ts';
import { flask, flasks } from '../../../fixtures/facts.ts';

const facts: BesideFacts = {
  service: 'flask',
  project: 'p',
  dir: '/lab/base',
  command: 'docker compose up -d --scale flask=3',
  running: [flask(1)],
  count: 3,
  connected: [],
  elsewhere: [],
  removals: [],
};
const container = (over: Partial<ConnectedContainer>): ConnectedContainer => ({
  name: 'x',
  project: '',
  service: '',
  oneOff: false,
  imageId: flask(1).imageId,
  addresses: [],
  ...over,
});
const removed = (over: Partial<RemovedContainer>): RemovedContainer => ({
  id: 'a',
  project: 'p',
  dir: '/lab/base',
  service: 'flask',
  removedAt: '2026-01-01T08:00:00.000Z',
  ...over,
});
const said = (over: Partial<BesideFacts>) => {
  const cause = besideCause({ ...facts, ...over });
  return cause ? `${cause.text.en} | ${cause.help.en}` : undefined;
};

test('only the number was not given: nothing is beside the project', () => {
  assert.is(said({}), undefined);
  const replica = container({ name: 'p-flask-1', project: 'p', service: 'flask' });
  assert.is(said({ connected: [replica, container({ name: 'other', imageId: 'sha256:other' })] }), undefined);
});

test('containers of `docker compose run` are no replicas', () => {
  const one = (n: number) => container({ name: `p-flask-run-${n}`, project: 'p', service: 'flask', oneOff: true });
  assert.is(
    said({ connected: [one(2), one(1)] }),
    'p-flask-run-1, p-flask-run-2 were started with `docker compose run`: such one-off containers are no replicas of flask | remove them and scale: docker rm -f p-flask-run-1 p-flask-run-2, then docker compose up -d --scale flask=3',
  );
  assert.is(said({ connected: [{ ...one(1), service: 'client' }] }), undefined);
});

test('containers of `docker run` with the same image are no replicas', () => {
  assert.match(
    said({ connected: [container({ name: 'mine' })] }) ?? '',
    /^mine run the same image, but were started with `docker run`/,
  );
});

test('the replicas are in another project of the same folder, not of another one', () => {
  const other = { project: 'q', dir: '/lab/base', running: 3, stopped: 0 };
  assert.is(
    said({ elsewhere: [other] }),
    '3 replicas of flask run in another project of this folder, q (`-p q`) | leave out `-p` and COMPOSE_PROJECT_NAME, and scale here: docker compose up -d --scale flask=3',
  );
  assert.is(said({ elsewhere: [{ ...other, dir: '/srv/shop' }] }), undefined);
  assert.is(said({ elsewhere: [{ ...other, running: 1 }] }), undefined);
});

test('replicas that the last command removed: enough of them, of this project and service', () => {
  const two = [removed({}), removed({ id: 'b', removedAt: '2026-01-01T08:00:01.000Z' })];
  assert.is(
    said({ removals: two }),
    '2 replicas were removed at 08:00:01 (UTC): `docker compose up` without `--scale` sets flask back to one | give the number each time: docker compose up -d --scale flask=3',
  );
  assert.is(said({ removals: two.slice(1) }), undefined);
  assert.is(said({ removals: two.map((one) => ({ ...one, service: 'client' })) }), undefined);
  assert.is(said({ removals: [removed({ removedAt: '2026-01-01T07:00:00.000Z' }), ...two.slice(1)] }), undefined);
  assert.is(said({ removals: two, running: flasks(3) }), undefined);
  assert.match(
    said({ removals: two, running: [], count: 1 }) ?? '',
    /^its containers were removed at 08:00:01 \(UTC\), as by `--scale flask=0`/,
  );
});

test.run();
