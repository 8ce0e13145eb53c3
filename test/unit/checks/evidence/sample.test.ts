import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { withHostLog } from '../../../../src/checks/access-log.ts';
import { isReady } from '../../../../src/checks/answers.ts';
import { fileRemains } from '../../../../src/checks/cleanup.ts';
import { lookUp } from '../../../../src/checks/dns.ts';
import {
  pingOnce,
  requestEach,
  requestThreeTimes,
  sampleByCurl,
  sampleByPing,
  sampleThroughProxy,
} from '../../../../src/checks/evidence/sample.ts';
import { mountedFile, mountedFolder } from '../../../../src/checks/mounts.ts';
import { isolated } from '../../../../src/checks/networks.ts';
import { gatherTraffic } from '../../../../src/checks/traffic/evidence.ts';
import { LabError } from '../../../../src/lab/error.ts';
import { text } from '../../../../src/lab/text.ts';
import type { Answer, ExecResult, World } from '../../../../src/lab/world.ts';
import { baseFacts, client, file, flask, frontFacts, nginx, redis, stackFacts } from '../../../fixtures/facts.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

/** Tests gathers on a world of plain data, where `exec` returns what a script would print. */

interface Asked {
  readonly id: string;
  readonly script: string;
}
function world(
  facts: ReturnType<typeof stackFacts>,
  over: Partial<Omit<World, 'exec' | 'probe'>> & { stack?: 'base' | 'nginx'; exec?: (asked: Asked) => string | ExecResult } = {},
) {
  const asked: Asked[] = [];
  let marks = 0;
  const spec = composeScale.stacks[over.stack ?? 'base'];
  if (!spec) throw new Error('no such stack');
  const run: World['exec'] = async (id, script) => {
    asked.push({ id, script });
    const output = over.exec?.({ id, script }) ?? '';
    return typeof output === 'string' ? { exitCode: 0, stdout: output, stderr: '' } : output;
  };
  const made: World = {
    project: 'p',
    spec,
    dir: '/x',
    nonce: () => `n-${++marks}`,
    state: async () => facts,
    time: async () => '2026-01-01T09:00:00Z',
    image: async (ref) => ({ ref, labels: {}, history: [], volumes: [], user: '' }),
    imageOf: async (service) => service,
    execs: async () => ({ commands: [], whole: true, live: false }),
    log: async () => '',
    request: async () => [],
    file: async () => ({ kind: 'absent' }),
    folder: async () => [],
    realPath: async (path) => path,
    volumes: async () => [],
    ...over,
    probe: run,
    exec: run,
  };
  return { world: made, asked };
}

/** What curl would print for each request of a script; `replicaAt` selects the replica that answers. */
const curl = (replicaAt: (at: number) => number) => {
  let at = 0;
  return ({ script }: Asked): string => {
    const marker = /\\n(\S+) %\{http_code\}/.exec(script)?.[1];
    return [...script.matchAll(/ask '(\S+)'/g)]
      .map(([, url]) => {
        const n = replicaAt(at++);
        return `host-f${n} ${at}\n${marker} 200 172.18.0.1${n} ${url}\n`;
      })
      .join('');
  };
};
const requests = ({ script }: Asked) => script.split("ask 'http").length - 1;

test('a front that does not run: in the sandbox, the app is probed from another container', async () => {
  const down = nginx({ state: 'exited', exitCode: 1 });
  const facts = stackFacts([...frontFacts(3).replicas.filter((one) => one.service !== 'nginx'), down], { probeFrom: 'nginx' });
  const sandbox = world(facts, { stack: 'nginx', probesFromAny: true, exec: () => '172.19.0.11\n' });
  const found = await lookUp('flask')(sandbox.world);
  assert.equal([found.from, found.noProber, found.answers], ['flask', undefined, ['172.19.0.11']]);
  await requestEach('flask')(sandbox.world);
  assert.equal(requests(sandbox.asked.at(-1) ?? { id: '', script: '' }), 3);
  await isReady('flask').gather(sandbox.world);
  assert.match(sandbox.asked.at(-1)?.script ?? '', 'end=$((t+2000))');
  const learner = world(facts, { stack: 'nginx' });
  const unseen = await lookUp('flask')(learner.world);
  assert.equal([unseen.from, unseen.noProber, learner.asked], ['', true, []]);
});

test('a client that does not run is not replaced', async () => {
  const facts = stackFacts([flask(1), redis(), client({ state: 'exited' })]);
  const { noProber } = await lookUp('flask')(world(facts, { probesFromAny: true }).world);
  assert.is(noProber, true);
});

test('curl: twelve requests are enough if all three replicas answer evenly', async () => {
  const { world: on, asked } = world(baseFacts(3), { exec: curl((at) => (at % 3) + 1) });
  const facts = await sampleByCurl('flask')(on);
  assert.equal(asked.map(requests), [12]);
  assert.equal(asked[0]?.id, 'id-client');
  assert.is(facts.answers.length, 12);
  assert.is(new Set(facts.answers.map(({ nonce }) => nonce)).size, 12);
  assert.equal(facts.answers[0], { nonce: 'n-2', status: 200, address: '172.18.0.11', body: 'host-f1 1' });
});

test('curl: all sixty requests are sent if a replica is unseen or the spread is suspicious', async () => {
  for (const replicaAt of [(at: number) => (at % 2) + 1, (at: number) => (at < 13 ? 1 : (at % 2) + 2)]) {
    const { world: on, asked } = world(baseFacts(3), { exec: curl(replicaAt) });
    assert.is((await sampleByCurl('flask')(on)).answers.length, 60);
    assert.equal(asked.map(requests), [12, 48]);
  }
});

test('curl: no request is sent without a replica, or without a container to send it from', async () => {
  for (const facts of [stackFacts([client()]), stackFacts([flask(1)])]) {
    const { world: on, asked } = world(facts);
    assert.equal((await sampleByCurl('flask')(on)).answers, []);
    assert.equal(asked, []);
  }
});

test('logs: a nonce is not found inside a longer one', async () => {
  const logs: Record<string, string> = {
    'id-f1': 'GET /?lab=n-2 HTTP/1.1',
    'id-f2': 'GET /?lab=n-20 HTTP/1.1\nGET /?lab=n-3 HTTP/1.1',
  };
  const { world: on } = world(baseFacts(2), { exec: curl((at) => (at % 2) + 1), log: async (id) => logs[id] ?? '' });
  assert.equal((await sampleByCurl('flask')(on)).logged, { 'id-f1': ['n-2'], 'id-f2': ['n-3'] });
});

test('logs: a log is awaited until it contains every request that the replica answered', async () => {
  const enough: boolean[] = [];
  const { world: on } = world(baseFacts(1), {
    exec: curl(() => 1),
    log: async (_, { until } = {}) => {
      const marks = Array.from({ length: 12 }, (_, at) => `lab=n-${at + 2}`);
      enough.push(until?.(marks.slice(1).join('\n')) ?? true, until?.(marks.join('\n')) ?? false);
      return marks.join('\n');
    },
  });
  await sampleByCurl('flask')(on);
  assert.equal(enough, [false, true]);
});

test('ping: pings are sent in the same two batches', async () => {
  const pings = (replicaAt: (at: number) => number) => {
    let at = 0;
    return ({ script }: Asked) =>
      Array.from({ length: Number(/-lt (\d+)/.exec(script)?.[1]) }, () => {
        const address = `172.18.0.1${replicaAt(at++)}`;
        return `PING flask (${address}) 56(84) bytes of data.\n64 bytes from ${address}: icmp_seq=1\n`;
      }).join('');
  };
  const even = world(baseFacts(3), { exec: pings((at) => (at % 3) + 1) });
  assert.is((await sampleByPing('flask')(even.world)).pings.length, 12);
  const odd = world(baseFacts(3), { exec: pings(() => 2) });
  assert.is((await sampleByPing('flask')(odd.world)).pings.length, 60);
  const once = world(baseFacts(3), { exec: pings(() => 2) });
  assert.equal((await pingOnce('flask')(once.world)).pings, [{ address: '172.18.0.12', replied: true }]);
});

test('ping and requestEach: nothing is sent without a replica, or without a container to send it from', async () => {
  for (const facts of [stackFacts([client()]), stackFacts([flask(1)])]) {
    const { world: on, asked } = world(facts);
    assert.equal((await sampleByPing('flask')(on)).pings, []);
    assert.equal((await requestEach('flask')(on)).answers, []);
    assert.equal(asked, []);
  }
});

test('requestThreeTimes sends three requests to the name, requestEach one to each replica', async () => {
  const thrice = world(baseFacts(3), { exec: curl(() => 1) });
  await requestThreeTimes('flask')(thrice.world);
  assert.equal(thrice.asked[0]?.script.match(/http:\S+\?/g), Array(3).fill('http://flask:5000/?'));
  const each = world(frontFacts(2), { stack: 'nginx', exec: curl(() => 1) });
  await requestEach('flask')(each.world);
  assert.is(each.asked[0]?.id, 'id-nginx');
  assert.equal(each.asked[0]?.script.match(/http:\S+\?/g), ['http://172.19.0.11:5000/?', 'http://172.19.0.12:5000/?']);
});

const front = (kept: number, count: number) => {
  const asked: { keepAlive: boolean; count: number; plain: number }[] = [];
  const { world: on } = world(frontFacts(count), {
    stack: 'nginx',
    request: async (nonces, { keepAlive }) => {
      asked.push({ keepAlive, count: nonces.length, plain: nonces.filter((nonce) => nonce === '').length });
      return nonces.map((nonce): Answer => ({ nonce, status: 200, address: '127.0.0.1:8000', body: 'host-f1 1' }));
    },
  });
  return { asked, sample: sampleThroughProxy('flask', { kept, single: 5 })(on) };
};

test('through the proxy: enough requests share one connection, the others use one each', async () => {
  const { asked, sample } = front(4, 3);
  assert.equal([(await sample).kept, (await sample).answers.length], [14, 19]);
  assert.equal(asked, [
    { keepAlive: true, count: 14, plain: 0 },
    { keepAlive: false, count: 5, plain: 1 },
  ]);
  const many = front(30, 3);
  assert.is((await many.sample).kept, 30);
  const single = front(12, 1);
  assert.is((await single.sample).kept, 12);
  const none = front(0, 3);
  assert.is((await none.sample).kept, 0);
  assert.equal(none.asked, [{ keepAlive: false, count: 5, plain: 1 }]);
});

test('through the proxy: if replicas answer strictly in turn, no more requests are sent on one connection', async () => {
  const asked: number[] = [];
  let at = 0;
  const { world: on } = world(frontFacts(3), {
    stack: 'nginx',
    request: async (nonces) => {
      asked.push(nonces.length);
      return nonces.map((nonce) => ({ nonce, status: 200, address: '', body: `host-f${(at++ % 3) + 1} 1` }));
    },
  });
  const facts = await sampleThroughProxy('flask', { kept: 60, single: 5 })(on);
  assert.equal(asked, [14, 5]);
  assert.is(facts.kept, 14);
});

test('the lab sends enough requests: a single replica that answers all of them is not an even spread', async () => {
  const restart = composeScale.labs.find(({ id }) => id === 'nginx')?.steps.find(({ id }) => id === 'restart');
  const check = restart?.verify.find(({ id }) => id === 'front-spreads-evenly');
  const { world: on } = world(frontFacts(3), {
    stack: 'nginx',
    request: async (nonces) => nonces.map((nonce) => ({ nonce, status: 200, address: '', body: 'host-f2 1' })),
  });
  assert.is(check?.judge(await check.gather(on)).outcome, 'waiting');
});

test('the log on the host is awaited, and only the lines of our requests are kept', async () => {
  const until: boolean[] = [];
  const { world: on } = world(frontFacts(1), {
    stack: 'nginx',
    request: async (nonces) => nonces.map((nonce) => ({ nonce, status: 200, address: '', body: '' })),
    file: async (path, { until: done, tail } = {}) => {
      assert.is(tail, true);
      const log = 'GET / HTTP/1.1\nGET /? HTTP/1.1\nGET /?lab=n-1 HTTP/1.1\nGET /?lab=n-10 HTTP/1.1\n';
      until.push(done?.(log) ?? true, done?.(`${log}GET /?lab=n-1 HTTP/1.1`) ?? false);
      assert.is(path, 'var/log/nginx/access.log');
      return file(log);
    },
  });
  const { log, path } = await withHostLog(sampleThroughProxy('flask', { kept: 0, single: 3 }), 'access')(on);
  assert.equal(until, [false, true]);
  assert.is(path, 'var/log/nginx/access.log');
  assert.is(log.kind === 'file' && log.text, 'GET /?lab=n-1 HTTP/1.1');
});

/** The log folder with these files, and what the checks of the access log find in it. */
async function inLogFolder(files: Readonly<Record<string, string>>) {
  const { world: on } = world(frontFacts(1), {
    stack: 'nginx',
    request: async (nonces) => nonces.map((nonce) => ({ nonce, status: 200, address: '', body: '' })),
    folder: async (path) => {
      assert.is(path, 'var/log/nginx');
      return Object.keys(files);
    },
    file: async (path) => {
      const text = files[basename(path)];
      return text === undefined ? { kind: 'absent' } : file(text);
    },
  });
  const { path, log } = await withHostLog(sampleThroughProxy('flask', { kept: 0, single: 2 }), 'access')(on);
  const { requests } = await gatherTraffic('flask', { front: 'nginx', file: 'access' })(on);
  const remains = await fileRemains('id', text('a', 'b'), 'access', { anyLog: true }).gather(on);
  return [path, log.kind === 'file' && log.text, requests.count, remains.path].map((one) =>
    `${one}`.replace('var/log/nginx/', ''),
  );
}

test('an access log by another name is found by what it contains', async () => {
  const ours = '10.0.0.1 "GET /?lab=n-1 HTTP/1.1" 200';
  const both = `${ours}\n10.0.0.1 "GET / HTTP/1.1" 200`;
  assert.equal(await inLogFolder({ 'a.txt': 'no log', 'error.log': both, 'flask.log': both }), [
    'flask.log',
    ours,
    '1',
    'flask.log',
  ]);
  assert.equal(await inLogFolder({ 'access.log': both, 'b.log': both }), ['access.log', ours, '1', 'access.log']);
  assert.equal(await inLogFolder({ 'access.log': '', 'error.log': both }), ['access.log', '', '0', 'access.log']);
  assert.equal(await inLogFolder({}), ['access.log', 'false', '0', 'access.log']);
});

test('no log line is awaited if no request was answered', async () => {
  const awaited: boolean[] = [];
  const { world: on } = world(frontFacts(1), {
    stack: 'nginx',
    request: async (nonces) => nonces.map((nonce) => ({ nonce, status: 0, address: '', body: '' })),
    file: async (_, { until } = {}) => {
      awaited.push(until !== undefined);
      return { kind: 'absent' };
    },
  });
  await withHostLog(sampleThroughProxy('flask', { kept: 0, single: 2 }), 'access')(on);
  assert.equal(awaited, [false]);
});

test('readiness: each replica is tried at its address on a network of the probing container', async () => {
  const { world: on, asked } = world(frontFacts(2), { stack: 'nginx', exec: () => '172.19.0.12\n' });
  const facts = await isReady('flask').gather(on);
  assert.equal(facts.ready, ['172.19.0.12']);
  assert.match(asked[0]?.script ?? '', 'for a in 172.19.0.11 172.19.0.12; do');
  for (const state of [stackFacts([client()]), stackFacts([flask(1)])]) {
    const empty = world(state);
    assert.equal([(await isReady('flask').gather(empty.world)).ready, empty.asked], [[], []]);
  }
});

test('DNS: the probing role looks up the service name that the stack uses for the role', async () => {
  const { world: on, asked } = world(baseFacts(1), { exec: () => '172.18.0.3\n' });
  const facts = await lookUp('redis')(on);
  assert.equal([facts.from, facts.answers], ['client', ['172.18.0.3']]);
  assert.equal([asked[0]?.id, asked[0]?.script.includes('A redis-server\n')], ['id-client', true]);
  assert.is((await lookUp('redis')(world(stackFacts([redis()])).world)).from, '');
});

/** Logs by container ID, and the `since` with which each was read. */
const logged = (logs: Readonly<Record<string, string>>) => {
  const since: Record<string, string | undefined> = {};
  const log: World['log'] = async (id, options) => {
    since[id] = options?.since;
    return logs[id] ?? '';
  };
  return { log, since };
};
const requestLine = (path: string, method = 'GET') =>
  `172.18.0.4 - - [01/Jan/2026 08:00:09] "${method} ${path} HTTP/1.1" 200 -\n`;

test('traffic: requests for the page without our nonce since the youngest replica started', async () => {
  const ours = requestLine('/?lab=n-1') + requestLine('/health') + requestLine('/favicon.ico') + requestLine('/', 'POST');
  const { log, since } = logged({
    'id-f1': ours + requestLine('/'),
    'id-f2': requestLine('/?again=1') + requestLine('/', 'HEAD'),
    'id-client': requestLine('/'),
  });
  const execs: string[] = [];
  const { world: on, asked } = world(baseFacts(3), {
    log,
    execs: async (from) => {
      execs.push(from);
      return { commands: [{ containerId: 'id-client', service: 'client', line: 'ping flask' }], whole: true, live: true };
    },
  });
  const facts = await gatherTraffic('flask')(on);
  assert.equal(facts.requests, {
    count: 3,
    last: [requestLine('/'), requestLine('/?again=1'), requestLine('/', 'HEAD')].map((one) => one.trim()),
    replicas: 2,
  });
  assert.is(facts.logged, true);
  const youngest = '2026-01-01T08:00:03.5Z';
  assert.equal(since, { 'id-f1': youngest, 'id-f2': youngest, 'id-f3': youngest });
  assert.equal([execs, facts.execs.commands[0]?.line], [[youngest], 'ping flask']);
  assert.equal([facts.from, facts.appPort, asked], ['client', 5000, []]);
});

test('traffic: many long requests are counted, and only the last three are kept, truncated', async () => {
  const many = Array.from({ length: 1000 }, (_, at) => requestLine(`/?${at}${'x'.repeat(500)}`)).join('');
  const { requests } = await gatherTraffic('flask')(world(baseFacts(1), logged({ 'id-f1': many })).world);
  assert.is(requests.count, 1000);
  assert.equal(
    requests.last.map((line) => [line.length, /\?(\d+)x/.exec(line)?.[1]]),
    [
      [200, '997'],
      [200, '998'],
      [200, '999'],
    ],
  );
});

test('traffic: commands and requests of health checks are ignored', async () => {
  const healthcheck = ['/bin/sh', '-c', 'curl localhost:5000; ping flask'];
  const { log } = logged({
    'id-f1': [
      requestLine('/').replace('172.18.0.4', '127.0.0.1'),
      requestLine('/').replace('172.18.0.4', '::1'),
      'INFO:     127.0.0.1:41234 - "GET / HTTP/1.1" 200 OK\n',
      requestLine('/?from=127.0.0.1'),
    ].join(''),
  });
  const commands = ['/bin/sh -c curl localhost:5000; ping flask', 'ping flask', 'sh -c curl localhost:5000; ping flask'].map(
    (line) => ({ containerId: 'id-f0', service: 'flask', line }),
  );
  const { world: on } = world(stackFacts([flask(1, { healthcheck })]), {
    log,
    execs: async () => ({ commands, whole: true, live: true }),
  });
  const facts = await gatherTraffic('flask')(on);
  assert.equal(facts.requests, { count: 1, last: [requestLine('/?from=127.0.0.1').trim()], replicas: 1 });
  assert.equal(facts.execs.commands, commands.slice(1));
});

test('traffic: an app that logs no requests is distinguished from one without requests for its page', async () => {
  const of = async (log: string) => (await gatherTraffic('flask')(world(baseFacts(1), logged({ 'id-f1': log })).world)).logged;
  assert.is(await of('Running on http://0.0.0.0:5000\n'), false);
  assert.is(await of(requestLine('/health')), true);
});

test('traffic: nothing is read if no replica runs', async () => {
  const neverCalled = async () => {
    throw new Error('asked');
  };
  const { world: on } = world(stackFacts([client()]), { log: neverCalled, execs: neverCalled, file: neverCalled });
  const { requests, execs, logged: isLogged } = await gatherTraffic('flask')(on);
  assert.equal([requests.count, execs, isLogged], [0, { commands: [], whole: true, live: false }, false]);
});

test("traffic: requests through a proxy come from its log file on the host since the start, else from its container log, never from the replicas' logs", async () => {
  const at = (time: string, path = '/') => `10.0.0.1 - - [01/Jan/2026:${time} +0000] "GET ${path} HTTP/1.1" 200 61\n`;
  const { log } = logged({ 'id-f1': requestLine('/'), 'id-nginx': at('08:00:09') });
  const through = async (text: string | undefined) => {
    const { world: on } = world(frontFacts(2), {
      stack: 'nginx',
      log,
      file: async (path, { tail } = {}) => {
        assert.equal([path, tail], ['var/log/nginx/access.log', true]);
        return text === undefined ? { kind: 'absent' } : file(text);
      },
    });
    return (await gatherTraffic('flask', { front: 'nginx', file: 'access' })(on)).requests.last;
  };
  // frontFacts(2): the youngest replica was started at 08:00:02.5
  const lines = [at('07:59:59'), at('08:00:02'), at('08:00:30'), at('09:00:40', '/?lab=n-7'), at('09:00:41', '/?')].join('');
  assert.equal(await through(lines), [at('08:00:02').trim(), at('08:00:30').trim()]);
  assert.equal(await through(at('09:30:00').replace('+0000', '+0200')), [at('08:00:09').trim()]);
  assert.equal(await through(undefined), [at('08:00:09').trim()]);
});

test("traffic: a proxy's log in another format", async () => {
  const at = (time: string, uri: string, remote = '10.0.0.1') =>
    `{"time":"2026-01-01T${time}+00:00","remote":"${remote}","method":"GET","uri":"${uri}","status":200}\n`;
  const text = [
    at('07:59:59', '/'),
    at('08:00:30', '/'),
    at('08:00:31', '/?lab=n-7'),
    at('08:00:32', '/?'),
    at('08:00:33', '/health'),
    at('08:00:34', '/', '127.0.0.1'),
    at('08:00:35', '/?from=me'),
  ];
  const { world: on } = world(frontFacts(2), { stack: 'nginx', file: async () => file(text.join('')) });
  const { requests } = await gatherTraffic('flask', { front: 'nginx', file: 'access' })(on);
  assert.equal(requests, { count: 2, last: [text[1], text[6]].map((line) => line?.trim()) });
});

test('isolation: the name is looked up, and each address of each replica is tried', async () => {
  const { world: on, asked } = world(stackFacts([nginx(), redis()]), {
    stack: 'nginx',
    exec: ({ script }) => (script.includes('telnet') ? 'no\n' : ''),
  });
  const facts = await isolated('nginx', 'redis', 6379)[0].gather(on);
  assert.equal([facts.resolved, facts.reached], [[], [{ address: '172.18.0.3', reached: false }]]);
  assert.equal(
    asked.map(({ id }) => id),
    ['id-nginx', 'id-nginx'],
  );
});

test('isolation: a probe that prints neither yes nor no is an error', async () => {
  for (const output of ['', 'nope', 'yes\nno\n', { exitCode: 137, stdout: 'no\n', stderr: '' }]) {
    const { world: on } = world(stackFacts([nginx(), redis()]), {
      stack: 'nginx',
      exec: ({ script }) => (script.includes('telnet') ? output : ''),
    });
    const error = await rejection(isolated('nginx', 'redis', 6379)[1].gather(on));
    assert.is(error.code, 'E_PROBE');
    assert.match(error.text.en, /^the connection from nginx to 172\.18\.0\.3:6379 was not tried to its end/);
  }
});

test('a probe that waits has an exec of its own, the others share one', async () => {
  const alone: [string, string | undefined][] = [];
  const { world: on } = world(frontFacts(2), { stack: 'nginx' });
  const recording: World = {
    ...on,
    probe: async (_, script, __, how) => {
      const kind = script.includes('telnet') ? 'reach' : script.includes('/health') ? 'ready' : 'name';
      alone.push([kind, how]);
      return { exitCode: 0, stdout: 'no', stderr: '' };
    },
  };
  await isolated('nginx', 'flask', 6379)[0].gather(recording);
  await isReady('flask').gather(recording);
  assert.equal(
    new Map(alone),
    new Map([
      ['name', undefined],
      ['reach', undefined],
      ['ready', 'alone'],
    ]),
  );
});

test('isolation: nothing is sent from or to an exited container', async () => {
  const gone = { state: 'exited' } as const;
  const notAsked = world(stackFacts([nginx(gone), redis()]), { stack: 'nginx' });
  assert.equal((await isolated('nginx', 'redis', 6379)[0].gather(notAsked.world)).reached, []);
  assert.equal(notAsked.asked, []);
  const notTried = world(stackFacts([nginx(), redis(gone)]), { stack: 'nginx' });
  assert.equal((await isolated('nginx', 'redis', 6379)[0].gather(notTried.world)).reached, []);
});

test('a folder reached through a link is the same folder, whether the mount or the stack uses the link', async () => {
  const real = (path: string) => path.replace(/^\/link(?=\/|$)/, '/x');
  for (const [dir, root] of [
    ['/link', '/x'],
    ['/x', '/link'],
    ['/link', '/link'],
  ] as const) {
    const mounts = [
      { type: 'bind', source: `${root}/nginx/nginx.conf`, destination: '/etc/nginx/nginx.conf', writable: false },
      { type: 'bind', source: `${root}/var/log/nginx`, destination: '/var/log/nginx', writable: true },
    ];
    const { world: on } = world(stackFacts([nginx({ mounts })]), {
      stack: 'nginx',
      dir,
      realPath: async (path) => real(path),
      exec: () => 'aa -\n/etc/nginx/nginx.conf\n',
      file: async () => file('listen 80;', 'aa'),
    });
    const conf = mountedFile('conf', { role: 'nginx', file: 'conf', destination: '/etc/nginx/nginx.conf' });
    const logs = mountedFolder('logs', { role: 'nginx', file: 'logs', destination: '/var/log/nginx' });
    const facts = await conf[1].gather(on);
    const where = `${dir}, mounted from ${root}`;
    assert.equal([conf[1].judge(facts).outcome, facts.path], ['passed', 'nginx/nginx.conf'], where);
    assert.is(logs.judge(await logs.gather(on)).outcome, 'passed', where);
  }
});

test('the digest of a mounted file is computed in the container, so that no byte is lost; its text is read on the host', async () => {
  const text = 'listen 80;\r\n\x1b[0m';
  const dir = folder({ 'conf.d/a.conf': text, 'conf.d/b.txt': 'no', 'none/b.txt': 'no' });
  const sh = (path: string) => (asked: Asked) => {
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', asked.script], { encoding: 'utf8', env: { PATH: path } });
    return { exitCode: status ?? -1, stdout, stderr };
  };
  const look = (at: string, source: string, path = process.env.PATH ?? '') => {
    const read: string[] = [];
    const facts = stackFacts([nginx({ mounts: [{ type: 'bind', source, destination: join(dir, at), writable: false }] })]);
    const [, same] = mountedFile('conf', { role: 'nginx', file: 'conf', destination: join(dir, 'conf.d/a.conf') });
    const on = world(facts, {
      stack: 'nginx',
      exec: sh(path),
      file: async (asked) => {
        read.push(asked);
        return file('');
      },
    });
    return same.gather(on.world).then(({ inside, path: from, source: named }) => ({ inside, from, named, read }));
  };
  const inside = createHash('sha256').update(text).digest('hex');
  const named = 'nginx/nginx.conf';
  assert.equal(await look('conf.d/a.conf', '/x/here.conf'), { inside, from: 'here.conf', named, read: ['here.conf'] });
  const below = '/host_mnt/x/nginx';
  assert.equal(await look('conf.d', below), { inside, from: 'nginx/a.conf', named, read: ['nginx/a.conf'] });
  assert.equal(await look('conf.d/a.conf', '/y/a.conf'), { inside, from: undefined, named, read: [] });
  assert.equal(await look('elsewhere/a.conf', '/x/a.conf'), { inside: '', from: undefined, named, read: [] });
  assert.is((await rejection(look('conf.d/a.conf', '/x/a.conf', '/nowhere'))).code, 'E_PROBE');
});

test('the check is skipped if the configuration of the proxy has a resolver', async () => {
  const check = composeScale.labs
    .find(({ id }) => id === 'nginx')
    ?.steps.find(({ id }) => id === 'scale')
    ?.verify.find(({ id }) => id === 'nginx-still-reaches-one');
  const outcome = async (printed: string) => {
    const { world: on } = world(frontFacts(3), {
      stack: 'nginx',
      exec: () => printed,
      request: async (nonces) =>
        nonces.map((nonce, at) => ({ nonce, status: 200, address: '', body: `host-f${(at % 3) + 1} 1` })),
    });
    return check?.judge(await check.gather(on)).outcome;
  };
  assert.equal([await outcome('  resolver 127.0.0.11;\n'), await outcome('')], ['skipped', 'failed']);
});

test('a tool that is missing in the image is E_PROBE, not a failed check', async () => {
  const { world: on } = world(baseFacts(1), { exec: () => ({ exitCode: 127, stdout: '', stderr: '' }) });
  const error = await rejection(lookUp('flask')(on));
  assert.ok(error instanceof LabError);
  assert.is(error.code, 'E_PROBE');
  assert.match(error.message, /^the image of client \(client:1\) lacks what the probe needs/);
});

test.run();
