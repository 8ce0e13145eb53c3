import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { isReady } from '../../../../src/checks/answers.ts';
import {
  pingOnce,
  requestEach,
  requestThreeTimes,
  sampleByCurl,
  sampleByPing,
  sampleThroughProxy,
} from '../../../../src/checks/evidence/sample.ts';
import type { Answer, ExecResult, Traces, World } from '../../../../src/lab/world.ts';
import { baseFacts, frontFacts, nginx, stackFacts } from '../../../fixtures/facts.ts';

/** The samples that spare a learner's logs, on a world of plain data. */

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
  let sent = 0;
  const taken = new Map<string, Promise<unknown>>();
  const traces: Traces = {
    few: true,
    add: (more) => {
      sent += more;
    },
    sample: <T>(key: string, take: () => Promise<T>) => {
      const one = (taken.get(key) as Promise<T> | undefined) ?? take();
      taken.set(key, one);
      return one;
    },
  };
  const made: World = {
    traces,
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
  return { world: made, asked, sent: () => sent };
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

test('all samples from inside share two requests by name and one to each replica', async () => {
  const { world: on, asked, sent } = world(baseFacts(3), { exec: curl((at) => (at % 3) + 1) });
  const one = await sampleByCurl('flask')(on);
  assert.is(await requestThreeTimes('flask')(on), one as unknown);
  assert.is(await requestEach('flask')(on), one as unknown);
  const { ready } = await isReady('flask').gather(on);
  assert.equal([asked.map(requests), sent(), one.few], [[5], 5, true]);
  assert.equal(ready.length > 0, true);
});

test('one ping takes the place of a sample of pings', async () => {
  const { world: on, asked } = world(baseFacts(3), {
    exec: () => 'PING flask (172.18.0.11)\n64 bytes from 172.18.0.11: seq=0\n',
  });
  assert.is((await sampleByPing('flask')(on)).few, true);
  assert.is((await pingOnce('flask')(on)).pings.length, 1);
  assert.match(asked[0]?.script ?? '', '-lt 1 ]');
});

const through = sampleThroughProxy('flask', { kept: 60, single: 12, untilAll: true });
const early = '2026-01-01T08:00:00Z';
const late = '2026-01-01T10:00:00Z';
/** A proxy that started at this time, in front of three replicas, and passes the nth request to `replicaAt(n)`. */
async function proxied(startedAt: string, replicaAt: (at: number) => number, conf = '') {
  const facts = stackFacts([...frontFacts(3).replicas.filter((one) => one.service !== 'nginx'), nginx({ startedAt })], {
    proxy: 'nginx',
  });
  let at = 0;
  const request: World['request'] = async (nonces) =>
    nonces.map((nonce): Answer => ({ nonce, status: 200, address: '127.0.0.1', body: `host-f${replicaAt(at++)} ${at}` }));
  const { world: on } = world(facts, { stack: 'nginx', request, exec: () => conf });
  return (await through(on)).answers.length;
}

test('through the proxy: five requests are enough if all replicas answer in turn, or if the proxy is older than the newest replica', async () => {
  assert.is(await proxied(late, (at) => (at % 3) + 1), 5);
  assert.is(await proxied(early, () => 1), 5);
  // an answer of no replica is wrong whatever follows
  assert.is(await proxied(late, () => 9), 5);
});

test('through the proxy: more requests are sent if it should know all replicas, but does not reach them', async () => {
  assert.is(await proxied(late, () => 1), 60);
  assert.is(await proxied(early, (at) => (at % 2) + 1), 60);
  // it looks names up again by itself
  assert.is(await proxied(early, () => 1, 'resolver 127.0.0.11;'), 60);
});

test('through the proxy: no request is sent if it does not run', async () => {
  const { world: on } = world(stackFacts([]), { stack: 'nginx', request: async () => assert.unreachable() as never });
  assert.equal((await through(on)).answers, []);
});

test.run();
