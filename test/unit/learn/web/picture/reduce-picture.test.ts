import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Picture } from '../../../../../src/learn/web/picture/picture.ts';
import { pictureOf } from '../../../../../src/learn/web/picture/picture-of.ts';
import type { SeenLine } from '../../../../../src/learn/web/picture/state.ts';
import { isLookedUp, type Observation } from '../../../../../src/learn/web/picture/state.ts';
import { after, answer, container, front, laterMs, line, proxied, request, type Step, seen, web } from './facts.ts';

const at = '2026-01-01T09:00:00.000Z';
const picture = (...all: readonly Step[]): Picture => pictureOf(after(...all).state, at);
const service = ({ services }: Picture, name: string) => services.find((one) => one.name === name);
const counts = (one: Picture, name: string) => service(one, name)?.replicas.map(({ requests }) => requests);
const lines = (...all: Extract<Observation, { kind: 'lines' }>['lines']): Observation => ({ kind: 'lines', lines: all });

const cut = (container: string, source: string, fromMs = Number.NaN): Observation => ({ kind: 'cut', container, source, fromMs });

test('services are in the order of the Compose file, then of the roles; replicas by number', () => {
  const shown = picture(seen(web(2), web(1), front({ published: [{ containerPort: 80, hostIp: '127.0.0.1', hostPort: 8000 }] })));
  assert.equal(
    shown.services.map(({ name, role, published, replicas }) => [name, role, published, replicas.map(({ number }) => number)]),
    [
      ['front', 'front', 8000, [1]],
      ['web', 'web', undefined, [1, 2]],
      ['client', 'client', undefined, []],
    ],
  );
  assert.equal(shown.networks, [{ id: 'net', name: 'default', internal: false }]);
  assert.equal(service(shown, 'web')?.replicas[0]?.addresses, { net: '172.18.0.11' });
  assert.is(shown.at, at);
});

test('a container that has ended has its exit code and no address; a running one has its health and no exit code', () => {
  const ended = web(1, {
    state: 'exited',
    exitCode: 137,
    health: 'unhealthy',
    networks: { p_default: { networkId: 'net', address: '', aliases: [] } },
  });
  const [one, two] = service(picture(seen(ended, web(2, { health: 'starting' }))), 'web')?.replicas ?? [];
  assert.equal([one?.state, one?.exitCode, one?.health, one?.addresses], ['exited', 137, undefined, {}]);
  assert.equal([two?.state, two?.exitCode, two?.health], ['running', undefined, 'starting']);
});

test('while the engine does not answer, the picture shows since when, until the next facts', () => {
  const lost = (at: string): Observation => ({ kind: 'unmeasured', at });
  const shown = picture(seen(web(1)), lost('2026-01-01T08:11:00Z'), lost('2026-01-01T08:12:00Z'));
  assert.equal([shown.unmeasuredSince, counts(shown, 'web')?.length], ['2026-01-01T08:11:00Z', 1]);
  assert.not('unmeasuredSince' in picture(seen(web(1)), lost('2026-01-01T08:11:00Z'), seen(web(1))));
});

test('an event of a start or of a removal is shown before the next facts', () => {
  const turned = (to: 'running' | 'removed', iso: string): Observation => ({
    ...{ kind: 'turned', container: 'web1', to, atMs: Date.parse(iso) },
  });
  const states = (...all: readonly Step[]) =>
    service(picture(...all), 'web')?.replicas.map(({ id, state, health, exitCode }) => [id, state, health, exitCode]);
  const begins = turned('running', '2026-01-01T08:02:00Z');
  assert.equal(states(seen(web(1, { state: 'created' })), begins), [['web1', 'running', undefined, undefined]]);
  assert.equal(states(seen(web(1, { state: 'created', healthcheck: ['true'] })), begins), [
    ['web1', 'running', 'starting', undefined],
  ]);
  const ended = (finishedAt: string) => seen(web(1, { state: 'exited', exitCode: 1, finishedAt }));
  assert.equal(states(ended('2026-01-01T08:01:00Z'), begins), [['web1', 'running', undefined, undefined]]);
  assert.equal(states(ended('2026-01-01T08:03:00Z'), begins), [['web1', 'exited', undefined, 1]], 'an older event');
  assert.equal(states(seen(web(1), web(2)), turned('removed', '2026-01-01T08:02:00Z')), [
    ['web2', 'running', undefined, undefined],
  ]);
  assert.equal(states(seen(web(2)), begins), [['web2', 'running', undefined, undefined]], 'the facts do not have it');
  // its requests are those since this start, and DNS is looked up again
  const counted = lines(line('web1', request('172.18.0.1')), line('web2', request('172.18.0.1')));
  const before = [seen(web(1), web(2)), counted, seen(web(1, { state: 'exited' }), web(2))];
  assert.equal(counts(picture(...before, begins), 'web'), [0, 1]);
  assert.is(after(...before, begins).state.generation, after(...before).state.generation + 1);
  assert.is(after(seen(web(1)), begins).state.generation, after(seen(web(1))).state.generation, 'it ran already');
});

test('names are shortened and have no control characters; the ID of a container that Compose replaces is left out', () => {
  const replicas = [web(1, { name: '0123456789ab_p-web-7' }), web(2, { name: `p\u001b[2J\u202e${'x'.repeat(500)}-8` })];
  const [one, two] = service(picture(seen(...replicas)), 'web')?.replicas ?? [];
  assert.equal([one?.name, one?.number, two?.name.length, two?.number], ['p-web-7', 7, 100, 8]);
  assert.ok(!two?.name.includes('\u001b') && !two?.name.includes('\u202e'));
});

test('requests are counted from a container’s start: a restart begins again, its late lines are left out', () => {
  const two = lines(line('web1', request('172.18.0.1')), line('web1', request('172.18.0.1')));
  assert.equal(counts(picture(seen(web(1), web(2)), two), 'web'), [2, 0]);
  const restarted = seen(web(1, { startedAt: '2026-01-01T08:20:00Z' }), web(2));
  const other = lines(line('web2', request('172.18.0.1')));
  assert.equal(counts(picture(seen(web(1), web(2)), two, other, restarted, two), 'web'), [0, 1]);
  assert.equal(
    counts(
      picture(seen(web(1), web(2)), two, restarted, lines(line('web1', request('172.18.0.1'), { atMs: laterMs + 6e6 }))),
      'web',
    ),
    [1, 0],
  );
  assert.equal(counts(picture(seen(web(1), web(2)), two, seen(web(2))), 'web'), [undefined]);
});

test('no count where no log of the service shows requests, and none if its beginning was not read', () => {
  assert.equal(counts(picture(seen(web(1)), lines(line('web1', 'Running on http://0.0.0.0:5000'))), 'web'), [undefined]);
  assert.equal(counts(picture(seen(web(1), web(2)), cut('web1', 'log'), lines(line('web1', request('172.18.0.1')))), 'web'), [
    undefined,
    0,
  ]);
  assert.equal(counts(picture(seen(web(1), web(2)), cut('web1', 'log'), lines(line('web2', request('172.18.0.1')))), 'web'), [
    undefined,
    1,
  ]);
});

test('a file whose beginning was not read matters only if it is the source, and has lines of this start that were not read', () => {
  const one = lines(line('front1', request('172.18.0.1'), { source: 'log/a' }));
  const shown = (...all: readonly Step[]) => counts(picture(seen(front()), ...all, one), 'front');
  assert.equal(shown(cut('front1', 'log/a')), [undefined]);
  assert.equal(shown(cut('front1', 'data.sqlite')), [1]);
  assert.equal(shown(cut('front1', 'log/a', Date.parse('2026-01-01T08:00:00Z'))), [undefined]);
  assert.equal(shown(cut('front1', 'log/a', Date.parse('2026-01-01T07:59:59Z'))), [1]);
});

test('after a restart, a service that logs no request any more shows packets, and no count', () => {
  const restarted = seen(web(1, { startedAt: '2026-01-01T08:20:00Z' }));
  const used = [seen(web(1)), lines(line('web1', request('172.18.0.1'))), restarted] as const;
  const [shown] = service(picture(...used, { kind: 'packets', packets: { web1: 5 } }), 'web')?.replicas ?? [];
  assert.equal([shown?.requests, shown?.packets], [undefined, 5]);
});

test('packets are shown only where no log shows requests', () => {
  const packets: Observation = { kind: 'packets', packets: { web1: 7, front1: 9, gone: 1 } };
  const shown = picture(seen(web(1), front()), packets, lines(line('web1', request('172.18.0.2'))));
  assert.is(service(shown, 'web')?.replicas[0]?.packets, undefined);
  assert.is(service(shown, 'front')?.replicas[0]?.packets, 9);
});

test('a request comes from the container with its address, from this machine by a gateway or from outside; of an unknown container it only counts', () => {
  const { state, moved } = after(
    seen(web(1), front(), container('client', 1, '172.18.0.3')),
    lines(
      ...['172.18.0.2', '172.18.0.3', '172.18.0.1', '192.168.65.1', '172.18.0.99'].map((from) => line('web1', request(from))),
      line('web1', 'GET / 200 1.2 ms - 61'),
    ),
  );
  assert.equal(
    moved.map(({ from, to }) => `${from} ${to}`),
    ['front1 web1', 'client1 web1', 'host web1', 'host web1'],
  );
  assert.is(state.runs['web1']?.requests, 6);
});

test('a container that has just ended is still known by its address', () => {
  const ended = container('client', 1, '', { state: 'exited' });
  const { moved } = after(
    seen(web(1), container('client', 1, '172.18.0.3')),
    seen(web(1), ended),
    lines(line('web1', request('172.18.0.3'))),
  );
  assert.equal(
    moved.map(({ from }) => from),
    ['client1'],
  );
});

test('health checks from inside are left out; our own probes are marked, failures too', () => {
  const { moved, state } = after(
    seen(web(1)),
    lines(
      line('web1', request('127.0.0.1', '/health')),
      ...['/?lab=a-1', '/?', '/health', '/', '/label=1'].map((path) => line('web1', request('172.18.0.1', path))),
      line('web1', request('172.18.0.1', '/', 502)),
      line('web1', request('172.18.0.1', '/', 404)),
    ),
  );
  assert.equal(
    moved.map(({ own }) => own),
    [true, true, true, false, false, false, false],
  );
  assert.equal(
    moved.map(({ failed }) => failed),
    [false, false, false, false, false, true, false],
  );
  assert.is(state.runs['web1']?.requests, 7);
});

test('a second log with the same requests does not count twice; a mounted file counts from the second of the start', () => {
  const both = lines(line('front1', request('172.18.0.1'), { source: 'log/a' }), line('front1', request('172.18.0.1')));
  assert.equal(counts(picture(seen(front()), both), 'front'), [1]);
  const file = (atMs: number) => line('front1', request('172.18.0.1'), { source: 'log/a', atMs });
  const startMs = Date.parse('2026-01-01T08:00:00Z');
  assert.equal(counts(picture(seen(front()), lines(file(startMs), file(startMs - 1000), file(Number.NaN))), 'front'), [1]);
});

test('a file counts only lines with an address, a status and no time from before the start; the log of the container takes its place', () => {
  const file = (text: string) => line('front1', text, { source: 'app/notes' });
  const old = '172.18.0.1 - - [01/Jan/2026:07:00:00 +0000] "GET /old HTTP/1.1" 200 7';
  const now = '172.18.0.1 - - [01/Jan/2026:08:09:00 +0000] "GET /now HTTP/1.1" 200 7';
  const shown = (...all: readonly SeenLine[]) => counts(picture(seen(front()), lines(...all)), 'front');
  assert.equal(shown(file('GET /x HTTP/1.1'), file('GET /x 200'), file('172.18.0.1 "GET /x HTTP/1.1"'), file(old)), [undefined]);
  assert.equal(shown(file(now), file(request('172.18.0.1'))), [2]);
  assert.equal(shown(file(now), file(now), line('front1', 'GET / 200 1 ms'), file(now)), [1]);
});

test('requests from before the picture began count and do not move', () => {
  const { moved, state } = after(
    seen(web(1), front()),
    lines(line('web1', request('172.18.0.2'), { atMs: Date.parse('2026-01-01T08:04:00Z') })),
  );
  assert.equal([moved.length, state.runs['web1']?.requests, state.proxies['front1']?.reached], [0, 1, {}]);
});

test('DNS is looked up after each change of running containers, and shown with where it was asked', () => {
  const { state } = after(seen(web(1), front()));
  assert.not(isLookedUp(state));
  const known = after(seen(web(1), front()), (one) => answer(one, '172.18.0.11')).state;
  assert.ok(isLookedUp(known));
  assert.equal(service(pictureOf(known, at), 'web')?.dns, {
    addresses: ['172.18.0.11'],
    at: '2026-01-01T08:09:00Z',
    from: 'front',
  });
  const healthy = after(
    seen(web(1), front()),
    (one) => answer(one, '172.18.0.11'),
    seen(web(1, { health: 'healthy' }), front()),
  ).state;
  assert.ok(isLookedUp(healthy), 'health changes no address');
  const late = after(seen(web(1), front()), (one) => ({ ...answer(one, '172.18.0.11'), of: 0 }) as Observation).state;
  assert.not(isLookedUp(late));
  const gone = picture(seen(web(1), front()), (one) => answer(one, '172.18.0.11'), seen(front()));
  assert.is(service(gone, 'web')?.dns, undefined);
});

test('DNS is looked up again after a container of others was connected to a network of the stack', () => {
  const after1 = (network: string, id: string) =>
    after(seen(web(1)), (state) => answer(state, '172.18.0.11'), { kind: 'attached', network, container: id }).state;
  assert.not(isLookedUp(after1('net', 'other')));
  assert.ok(isLookedUp(after1('net', 'web1')));
  assert.ok(isLookedUp(after1('elsewhere', 'other')));
});

const three = [web(1), web(2), web(3), front()];
const logged = lines(...[1, 2, 3].map((n) => line(`web${n}`, 'ready')));
const dns3 = (state: Parameters<typeof answer>[0]) => answer(state, '172.18.0.11', '172.18.0.12', '172.18.0.13');

test('a proxy that reaches one of three is stale in enough requests to be no accident', () => {
  const proxy = (count: number, ...to: string[]) => picture(seen(...three), logged, dns3, proxied(count, ...to)).proxy;
  assert.equal(proxy(0), { service: 'front', upstream: 'web', reached: {}, known: 3, stale: false });
  assert.equal(proxy(7, 'web1'), { service: 'front', upstream: 'web', reached: { web1: 7 }, known: 3, stale: false });
  assert.is(proxy(8, 'web1')?.stale, true);
  assert.is(proxy(20, 'web1', 'web2')?.stale, true);
  assert.is(proxy(21, 'web1', 'web2', 'web3')?.stale, false);
});

test('processes that count for themselves need more requests', () => {
  const processes: Observation = { kind: 'processes', container: 'front1', processes: Array.from({ length: 16 }, (_, n) => n) };
  const stale = (count: number) => picture(seen(...three), logged, dns3, processes, proxied(count, 'web1')).proxy?.stale;
  assert.equal([stale(12), stale(17)], [false, true]);
});

test('what was reached before DNS changed, or before all replicas are ready, does not count against the proxy', () => {
  const one = [web(1), front()];
  const before = [
    seen(...one),
    (state: Parameters<typeof answer>[0]) => answer(state, '172.18.0.11'),
    proxied(50, 'web1'),
    seen(...three),
  ] as const;
  assert.equal(picture(...before).proxy, { service: 'front', upstream: 'web', reached: { web1: 50 }, known: 1, stale: false });
  assert.equal(picture(...before, logged, dns3).proxy, {
    service: 'front',
    upstream: 'web',
    reached: { web1: 50 },
    known: 3,
    stale: false,
  });
  assert.is(picture(...before, logged, dns3, proxied(10, 'web1')).proxy?.stale, true);
  // not looked up yet
  assert.is(picture(...before, logged, proxied(10, 'web1'), dns3).proxy?.stale, false);
  const young = [web(1), web(2), web(3, { startedAt: new Date(laterMs - 1000).toISOString() }), front()];
  assert.is(picture(seen(...young), dns3, proxied(50, 'web1')).proxy?.stale, false);
  const unwell = [web(1), web(2), web(3, { health: 'starting' }), front()];
  assert.is(picture(seen(...unwell), logged, dns3, proxied(50, 'web1')).proxy?.stale, false);
});

test('after a restart or a reload, a proxy has reached nothing yet', () => {
  const used = [seen(...three), logged, dns3, proxied(20, 'web1')] as const;
  const restarted = [web(1), web(2), web(3), front({ startedAt: '2026-01-01T08:09:59Z' })];
  assert.equal(picture(...used, seen(...restarted)).proxy?.reached, {});
  const processes = (...ids: number[]): Observation => ({ kind: 'processes', container: 'front1', processes: ids });
  const reloaded = picture(
    seen(...three),
    logged,
    dns3,
    processes(7, 8),
    proxied(20, 'web1'),
    processes(14, 15),
    proxied(3, 'web1', 'web2', 'web3'),
  ).proxy;
  assert.equal([reloaded?.reached, reloaded?.stale], [{ web1: 1, web2: 1, web3: 1 }, false]);
  const unfinished = picture(
    seen(...three),
    logged,
    dns3,
    processes(7, 8),
    proxied(20, 'web1'),
    processes(8, 14),
    processes(),
  ).proxy;
  assert.equal([unfinished?.reached, unfinished?.stale], [{ web1: 20 }, true]);
});

test('a proxy that still tries an address that DNS does not return is stale, until it has not for 30 s', () => {
  const failure =
    '2026/01/01 08:10:00 [error] 29#29: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 172.18.0.1, request: "GET / HTTP/1.1", upstream: "http://172.18.0.12:5000/", host: "localhost"';
  const one = [
    seen(web(1), front()),
    lines(line('web1', 'ready')),
    (state: Parameters<typeof answer>[0]) => answer(state, '172.18.0.11'),
  ] as const;
  const failed = [...one, lines(line('front1', failure))] as const;
  assert.is(picture(...failed).proxy?.stale, true);
  assert.is(picture(...failed, proxied(5, 'web1')).proxy?.stale, true);
  assert.is(picture(...failed, lines(line('web1', request('172.18.0.2'), { atMs: laterMs + 31_000 }))).proxy?.stale, false);
  assert.is(picture(seen(...three), dns3, lines(line('front1', failure))).proxy?.stale, false);
});

test('a replica that does not answer, or does not run, is not left out by the proxy', () => {
  const timeout = (address: string) =>
    `2026/01/01 08:10:00 [error] 29#29: *1 upstream timed out (110: Operation timed out) while connecting to upstream, upstream: "http://${address}:5000/"`;
  const tried = lines(line('front1', timeout('172.18.0.13')));
  const toTwo = proxied(50, 'web1', 'web2');
  assert.is(picture(seen(...three), logged, dns3, toTwo).proxy?.stale, true);
  assert.is(picture(seen(...three), logged, dns3, tried, toTwo).proxy?.stale, false);
  const muchLater = lines(line('web1', request('172.18.0.2'), { atMs: laterMs + 60_000 }));
  assert.is(picture(seen(...three), logged, dns3, tried, toTwo, muchLater).proxy?.stale, false);
  assert.is(picture(seen(...three), logged, dns3, tried, proxied(50, 'web1')).proxy?.stale, true, 'it leaves out web2');
  const paused = [web(1), web(2), web(3, { state: 'paused' }), front()];
  assert.is(picture(seen(...three), logged, dns3, toTwo, seen(...paused), dns3).proxy?.stale, false);
});

test('an address of another service, to which the proxy could not connect, does not make it stale', () => {
  const failure = (address: string) =>
    line(
      'front1',
      `2026/01/01 08:10:00 [error] 1#1: *1 connect() failed (111: Connection refused), upstream: "http://${address}:80/"`,
    );
  const known = [
    seen(web(1), front(), container('client', 1, '172.18.0.3')),
    logged,
    (state: Parameters<typeof answer>[0]) => answer(state, '172.18.0.11'),
  ] as const;
  assert.is(picture(...known, lines(failure('172.18.0.3'))).proxy?.stale, false);
  assert.is(picture(...known, lines(failure('172.18.0.4'))).proxy?.stale, true);
});

test('a container that does not exist any more is not among those that the proxy reaches', () => {
  const one = [seen(web(1), front()), (state: Parameters<typeof answer>[0]) => answer(state, '172.18.0.11')] as const;
  assert.equal(picture(seen(...three), logged, dns3, proxied(6, 'web1', 'web2', 'web3'), ...one).proxy?.reached, { web1: 2 });
});

test('a proxy that reaches a running container that DNS does not return is stale', () => {
  const known = [
    seen(web(1), web(2), front()),
    logged,
    (state: Parameters<typeof answer>[0]) => answer(state, '172.18.0.11'),
  ] as const;
  assert.is(picture(...known, proxied(2, 'web1', 'web2')).proxy?.stale, true);
  assert.is(picture(...known, proxied(2, 'web1')).proxy?.stale, false);
});

test('our own probes, some of which are sent from the container of the proxy, show nothing about the proxy', () => {
  const probes = lines(...[1, 2, 3].map((n) => line(`web${n}`, request('172.18.0.2', '/?lab=a'))));
  const { proxy } = picture(seen(...three), logged, dns3, probes, proxied(10, 'web1'));
  assert.equal([proxy?.reached, proxy?.stale], [{ web1: 10 }, true]);
});

test('a probe counts for the proxy if its log shows the same nonce, whichever line comes first', () => {
  const toFront = (nonce: string) => line('front1', request('172.18.0.1', `/?lab=${nonce}`));
  const toWeb = (nonce: string, n = 1) => line(`web${n}`, request('172.18.0.2', `/?lab=${nonce}`));
  const reached = (...all: readonly SeenLine[]) => picture(seen(...three), logged, dns3, lines(...all)).proxy?.reached;
  assert.equal(reached(toFront('a'), toWeb('a'), toWeb('b', 2), toFront('b'), toWeb('c', 3)), { web1: 1, web2: 1 });
  assert.equal(reached(toFront('a'), toWeb('a'), toWeb('a', 2)), { web1: 1 }, 'one line of the proxy is one request');
});

test('no proxy is shown while it does not run, or while nothing was measured', () => {
  assert.is(picture(seen(web(1), front())).proxy, undefined);
  assert.is(picture(seen(web(1), front({ state: 'exited' })), (state) => answer(state, '172.18.0.11')).proxy, undefined);
  assert.equal(picture(seen(web(1), front()), proxied(2, 'web1')).proxy, {
    service: 'front',
    upstream: 'web',
    reached: { web1: 2 },
    stale: false,
  });
});

test.run();
