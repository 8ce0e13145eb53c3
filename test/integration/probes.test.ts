import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lookUp } from '../../src/checks/dns.ts';
import { addressesOf } from '../../src/checks/evidence/stack-facts.ts';
import { gatherTraffic } from '../../src/checks/traffic/evidence.ts';
import { clock } from '../../src/cli/clock.ts';
import { containerLog } from '../../src/docker/api/container-log.ts';
import { EngineApi } from '../../src/docker/api/engine-api.ts';
import { exec } from '../../src/docker/api/exec.ts';
import { pastExecs } from '../../src/docker/api/exec-events.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { defineCheck } from '../../src/lab/check.ts';
import type { LabError } from '../../src/lab/error.ts';
import { verbatim } from '../../src/lab/text.ts';
import { passed } from '../../src/lab/verdict.ts';
import type { World } from '../../src/lab/world.ts';
import { readyEngine } from '../helpers/engine.ts';
import { rejection } from '../helpers/rejection.ts';
import { runSmall } from '../helpers/small.ts';

/** What probes return from containers, and which errors they report if they return nothing. */
const test = suite<{ engine: Engine }>('probes');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

/** Starts a stack in which the client runs this command, and gathers facts in a check. */
async function look<F>(
  engine: Engine,
  command: string,
  gather: (world: World, client: string) => Promise<F>,
  more: object = {},
): Promise<F> {
  let facts: F | undefined;
  const check = defineCheck({
    id: 'look',
    claim: verbatim('-'),
    gather: async (world) => {
      const client = (await world.state()).replicas.find((one) => one.service === 'client')?.id ?? '';
      facts = await gather(world, client);
      return facts;
    },
    judge: () => passed(verbatim('-')),
  });
  const compose = JSON.stringify({ services: { client: { image: 'nicolaka/netshoot:v0.13', init: true, command, ...more } } });
  const run = await runSmall(engine, compose, [{ run: (stack) => stack.compose`up -d`, verify: [check] }]);
  if (facts === undefined) throw run.error ?? new Error(JSON.stringify(run.events.slice(-5)));
  return facts;
}

test('a probe that waits runs alone, and does not delay probes that start at the same time', async ({ engine }) => {
  const order = await look(engine, 'sleep infinity', async (world, client) => {
    const ended: string[] = [];
    const ask = async (word: string, script: string, alone?: 'alone') => {
      const { stdout } = await world.exec(client, `${script}; echo ${word}`, undefined, alone);
      ended.push(stdout.trim());
    };
    await Promise.all([ask('waits', 'sleep 2', 'alone'), ask('first', 'true'), ask('second', 'true')]);
    return ended;
  });
  assert.equal(order, ['first', 'second', 'waits']);
});

test('the container ends during an exec that two probes share: both probes report E_PROBE', async ({ engine }) => {
  const errors = await look(engine, 'sleep infinity', (world, client) =>
    Promise.all(['kill -TERM 1; sleep 9', 'echo no'].map((script) => rejection(world.exec(client, script)))),
  );
  assert.equal(
    errors.map((error: LabError) => error.code),
    ['E_PROBE', 'E_PROBE'],
  );
  assert.match(errors[1]?.text.en ?? '', /broke off|could not run a probe/);
});

test('only the end of a long log is returned', async ({ engine }) => {
  const command = `sh -c 'seq -f "%07.0f $(printf %0100d 0)" 30000; echo the end; exec sleep infinity'`;
  const log = await look(engine, command.replaceAll('$', '$$'), async (world, client) => {
    const ended = async () => (await world.log(client, { lines: 1 })).endsWith('the end\n');
    for (let at = 0; at < 100 && !(await ended()); at++) await clock.wait(100);
    return world.log(client, { lines: 40_000 });
  });
  assert.ok(log.endsWith('the end\n'), log.slice(-200));
  assert.ok(log.length > 800_000 && log.length <= 1_000_000, `${log.length} characters`);
  assert.match(log, /^\d{7} 0+\n/, 'it begins with a whole line');
});

test("a name lookup asks the engine's DNS server, also if the container has replaced resolv.conf and hosts", async ({
  engine,
}) => {
  const command = `sh -c 'echo nameserver 192.0.2.1 >/etc/resolv.conf; echo 192.0.2.2 client >/etc/hosts; exec sleep infinity'`;
  const { facts, resolvers } = await look(engine, command, async (world, client) => {
    const spoilt = async () => (await world.exec(client, 'cat /etc/hosts')).stdout.startsWith('192.0.2.2');
    for (let at = 0; at < 100 && !(await spoilt()); at++) await clock.wait(50);
    return { facts: await lookUp('client')(world), resolvers: (await world.exec(client, 'cat /etc/resolv.conf')).stdout };
  });
  assert.is(resolvers.trim(), 'nameserver 192.0.2.1');
  assert.equal(facts.answers, facts.replicas.flatMap(addressesOf));
  assert.is(facts.answers.length, 1);
});

for (const probe of [
  ['CMD-SHELL', 'ping -c 1 client; true'],
  ['CMD', 'ping', '-c', '1', 'client'],
]) {
  test(`an engine's health check (${probe[0]}) is reported by the engine, but does not count as learner traffic`, async ({
    engine,
  }) => {
    const facts = await look(
      engine,
      'sleep infinity',
      async (world, client) => {
        const since = '2026-01-01T00:00:00Z';
        for (let at = 0; at < 100 && (await world.execs(since)).commands.length === 0; at++) await clock.wait(100);
        await world.exec(client, 'true');
        return { reported: (await world.execs(since)).commands, judged: (await gatherTraffic('client')(world)).execs.commands };
      },
      { healthcheck: { test: probe, interval: '500ms' } },
    );
    assert.match(facts.reported[0]?.line ?? '', 'ping -c 1 client');
    assert.equal(facts.judged, []);
  });
}

test('a container that was started again, or has ended, or is gone, does not still run', async ({ engine }) => {
  const { api } = engine;
  const seen = await look(engine, 'sleep infinity', async (world) => {
    const client = (await world.state()).replicas.find((one) => one.service === 'client');
    if (!client) throw new Error('no client');
    const runs = () => world.around?.stillRuns(client);
    const answers = [await runs()];
    for (const action of ['restart', 'stop']) {
      await api.post(`/containers/${client.id}/${action}`, { t: '0' });
      answers.push(await runs());
    }
    return [...answers, await world.around?.stillRuns({ ...client, id: '0'.repeat(64) })];
  });
  assert.equal(seen, [true, false, false, false]);
});

/** A fake engine that answers `_ping` and then leaves requests unanswered; a real engine cannot be made to do that. */
async function silentEngine(): Promise<{ api: EngineApi; server: Server }> {
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/_ping')) response.writeHead(200, { 'api-version': '1.44' }).end('OK');
    else if (request.url?.endsWith('/c/exec')) response.writeHead(201, { 'content-type': 'application/json' }).end('{"Id":"e"}');
    else if (request.url?.endsWith('/info')) response.end('{"SystemTime":"2026-01-01T08:00:00Z"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { api: await EngineApi.connect({ host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` }), server };
}

test('a probe of an engine that stops responding ends at its timeout', async () => {
  const { api, server } = await silentEngine();
  try {
    const errors = await Promise.all([
      rejection(exec(api, 'c', 'true', 300)),
      rejection(containerLog(api, 'c', { lines: 1, timeoutMs: 300 })),
      rejection(pastExecs(api, 'p', { since: '2026-01-01T08:00:00Z', started: [], timeoutMs: 300 })),
    ]);
    for (const error of errors) {
      assert.is(error.code, 'E_PROBE');
      assert.match(error.text.en, /did not end within 300 ms$/);
    }
  } finally {
    server.closeAllConnections();
    server.close();
    await api.close();
  }
});

test.run();
