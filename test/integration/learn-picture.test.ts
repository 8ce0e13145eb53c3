// time limit: 600 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { proxied } from '../../labs/compose-scale/stacks.ts';
import { clock } from '../../src/cli/clock.ts';
import { watchActivity } from '../../src/docker/api/activity.ts';
import { EngineApi } from '../../src/docker/api/engine-api.ts';
import { exec } from '../../src/docker/api/exec.ts';
import type { Engine } from '../../src/docker/engine.ts';
import type { Picture, Requests, ServicePicture } from '../../src/learn/web/picture/picture.ts';
import { watchPicture } from '../../src/learn/web/picture/watch-picture.ts';
import { readyEngine } from '../helpers/engine.ts';
import { type Learner, learner } from '../helpers/learner.ts';
import { openRelay } from '../helpers/relay.ts';

const test = suite<{ engine: Engine }>('learn-picture');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

/** What has not been seen by then is not seen, however slow the machine is. */
const longestWaitMs = 180_000;

/** Pictures and requests as they arrive. */
class Seen {
  readonly all: Requests['seen'][number][] = [];
  readonly errors: unknown[] = [];
  last: Picture | undefined;
  #wake = new Set<() => void>();

  readonly listener = {
    picture: (one: Picture) => {
      this.last = one;
      this.#tell();
    },
    requests: ({ seen }: Requests) => {
      this.all.push(...seen);
      this.#tell();
    },
    failed: (error: unknown) => {
      this.errors.push(error);
      this.#tell();
    },
  };

  service(name: string): ServicePicture {
    const found = this.last?.services.find((one) => one.name === name);
    assert.ok(found, `no service ${name}`);
    return found;
  }

  running = (name: string): number =>
    this.last?.services.find((one) => one.name === name)?.replicas.filter(({ state }) => state === 'running').length ?? 0;
  dns = (name: string): number | undefined => this.last?.services.find((one) => one.name === name)?.dns?.addresses.length;

  /** The number of requests that moved, of those that are wanted. */
  moved = (wanted: (one: Requests['seen'][number]) => boolean): number =>
    this.all.filter(wanted).reduce((sum, { count }) => sum + count, 0);

  until(what: string, isSo: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`not seen: ${what}\n${JSON.stringify(this.last, undefined, 1)}`)),
        longestWaitMs,
      );
      const check = () => {
        if (this.errors.length === 0 && !isSo()) return;
        clearTimeout(limit);
        this.#wake.delete(check);
        if (this.errors.length > 0) reject(this.errors[0]);
        else resolve();
      };
      this.#wake.add(check);
      check();
    });
  }

  #tell(): void {
    for (const wake of this.#wake) wake();
  }
}

async function ask(seen: Seen, count: number, path = '/'): Promise<void> {
  for (let n = 0; n < count; n++) {
    const answer = await fetch(`http://127.0.0.1:${seen.service('nginx').published}${path}`, {
      headers: { connection: 'close' },
    });
    assert.is(answer.status, 200);
    await answer.text();
  }
}

/** Waits until nginx and flask accept requests. nginx answers TRACE itself, and requests from its own container are not shown; flask logs one. */
const ready = (me: Learner) =>
  me.type(
    "docker compose exec -T nginx sh -c 'until curl -s -X TRACE localhost && curl -s flask:5000/health; do sleep 0.1; done'",
  );

const total = (seen: Seen, name: string): number =>
  seen.service(name).replicas.reduce((sum, { requests = 0 }) => sum + requests, 0);

const watching = (me: Learner, api: EngineApi, seen: Seen) =>
  watchPicture({ api, project: me.name, spec: proxied, dir: me.dir, clock, signal: new AbortController().signal }, seen.listener);

test('replicas, DNS, each request and what the proxy reaches, while a learner scales', async ({ engine }) => {
  const me = await learner(engine, 'nginx', { NGINX_PORT: '0' });
  const seen = new Seen();
  await using watch = watching(me, engine.api, seen);
  watch.watched(true);
  try {
    await me.type('docker compose build && docker compose up -d');
    await seen.until(
      'one replica of flask that DNS knows',
      () => seen.running('flask') === 1 && seen.dns('flask') === 1 && seen.running('nginx') === 1,
    );
    assert.equal(
      seen.last?.services.map(({ name }) => name),
      ['flask', 'redis-server', 'nginx'],
    );
    assert.equal(seen.last?.networks.map(({ name }) => name).sort(), ['backend', 'frontend']);
    const flask = seen.service('flask').replicas[0];
    assert.is(Object.keys(flask?.addresses ?? {}).length, 2);

    await ready(me);
    // exactly what is sent is counted and moves: to nginx by its mounted access log, to flask by its own log
    await ask(seen, 7);
    await ask(seen, 2, '/?lab=nonce-1');
    const nginx = seen.service('nginx').replicas[0]?.id ?? '';
    await seen.until('nine requests', () => total(seen, 'nginx') === 9 && total(seen, 'flask') === 9 + 1);
    await seen.until(
      'nine that moved',
      () => seen.moved(({ to }) => to === nginx) === 9 && seen.moved(({ to }) => to === flask?.id) === 9 + 1,
    );
    assert.is(
      seen.moved(({ from, to, own }) => from === 'host' && to === nginx && !own),
      7,
    );
    assert.is(
      seen.moved(({ from, to, own }) => from === nginx && to === flask?.id && own),
      2 + 1,
    );
    // with the probes, whose nonce both logs show
    await seen.until('the probes', () => seen.last?.proxy?.reached[flask?.id ?? ''] === 9);
    await seen.until(
      'packets of Redis, whose log shows no requests',
      () => (seen.service('redis-server').replicas[0]?.packets ?? 0) > 0,
    );
    assert.is(seen.service('redis-server').replicas[0]?.requests, undefined);

    // nginx has resolved the name at its start
    await me.type('docker compose up -d --scale flask=3');
    await seen.until('three replicas that DNS knows', () => seen.running('flask') === 3 && seen.dns('flask') === 3);
    assert.is(seen.last?.proxy?.stale, false);
    // more than one for each of its processes, and not by chance; replicas that have just started do not count yet
    for (let n = 0; n < 100 && !seen.last?.proxy?.stale; n++) await ask(seen, 4);
    await seen.until('nginx, stale', () => seen.last?.proxy?.stale === true);
    assert.equal(Object.keys(seen.last?.proxy?.reached ?? {}), [flask?.id]);
    assert.is(seen.last?.proxy?.known, 3);

    await me.type('docker compose restart nginx');
    await seen.until(
      'nginx, restarted',
      () => seen.running('nginx') === 1 && Object.keys(seen.last?.proxy?.reached ?? { none: 0 }).length === 0,
    );
    await ready(me);
    for (let n = 0; n < 100 && Object.keys(seen.last?.proxy?.reached ?? {}).length < 3; n++) await ask(seen, 4);
    await seen.until('all three', () => Object.keys(seen.last?.proxy?.reached ?? {}).length === 3);
    assert.is(seen.last?.proxy?.stale, false);

    // after a reload, counting starts again
    await me.type('docker compose exec -T nginx nginx -s reload');
    await seen.until('nginx, reloaded', () => Object.keys(seen.last?.proxy?.reached ?? {}).length === 0);

    await me.type('docker compose up -d --no-deps --scale flask=1 flask');
    await seen.until('one replica again', () => seen.service('flask').replicas.length === 1 && seen.dns('flask') === 1);
    const last = seen.service('flask').replicas[0];
    await me.type(`docker kill ${last?.id}`);
    await seen.until('its exit code', () => seen.service('flask').replicas[0]?.exitCode === 137);
    assert.is(seen.service('flask').replicas[0]?.state, 'exited');
    assert.is(seen.dns('flask'), undefined);
    await me.type('docker compose down -t 0');
    await seen.until('nothing', () => seen.last?.services.every(({ replicas }) => replicas.length === 0) === true);
  } finally {
    await me.remove();
  }
});

test('lookups are not a learner’s work; an engine that breaks off is waited for, and no request is counted twice', async ({
  engine,
}) => {
  const me = await learner(engine, 'nginx', { NGINX_PORT: '0' });
  const relay = await openRelay(engine);
  const api = await EngineApi.connect({ host: relay.host });
  const seen = new Seen();
  const done: string[] = [];
  const activity = await watchActivity(
    engine.api,
    { project: me.name, images: new Set() },
    ({ kind, what }) => done.push(`${kind} ${what}`),
    () => undefined,
  );
  await using watch = watching(me, api, seen);
  try {
    await me.type('docker compose build && docker compose up -d');
    await seen.until('DNS', () => seen.dns('flask') === 1 && seen.running('nginx') === 1);
    await ready(me);
    await ask(seen, 5);
    await seen.until('five requests', () => total(seen, 'flask') === 5 + 1 && total(seen, 'nginx') === 5);
    assert.is(relay.cut(/^GET \S+\/(?:events|logs)\b/), 4);
    await me.type('docker compose up -d --scale flask=2');
    await seen.until('two replicas', () => seen.running('flask') === 2 && seen.dns('flask') === 2);
    await ask(seen, 5);
    await seen.until('ten requests', () => total(seen, 'flask') === 10 + 1 && total(seen, 'nginx') === 10);
    await seen.until('ten that moved', () => seen.moved(({ from }) => from === 'host') >= 10);
    await relay.away();
    await seen.until('since when nothing is measured', () => seen.last?.unmeasuredSince !== undefined);
    await relay.back();
    await seen.until('a live picture', () => seen.last?.unmeasuredSince === undefined);
    assert.equal([total(seen, 'flask'), total(seen, 'nginx')], [10 + 1, 10]);
    // ours would have been reported before one that comes later
    const nginx = seen.service('nginx').replicas[0]?.id ?? '';
    await exec(engine.api, nginx, 'true', 60_000);
    await me.type('docker compose exec -T nginx true');
    assert.is(
      seen.moved(({ from }) => from === 'host'),
      10,
    );
    assert.equal(
      done.filter((one) => one.startsWith('exec ') && !one.includes('TRACE')),
      ['exec nginx: true'],
    );
  } finally {
    await watch.close();
    await activity.close();
    await api.close();
    await relay.close();
    await me.remove();
  }
});

test.run();
