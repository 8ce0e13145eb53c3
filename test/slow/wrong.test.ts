// time limit: 600 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isReady } from '../../src/checks/answers.ts';
import { allExited } from '../../src/checks/cleanup.ts';
import { dnsResolves } from '../../src/checks/dns.ts';
import { hasReplicas, isUntouched } from '../../src/checks/replicas.ts';
import { clock } from '../../src/cli/clock.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { LabError } from '../../src/lab/error.ts';
import { clean } from '../../src/run/clean.ts';
import { quietMs } from '../../src/run/teardown.ts';
import { readyEngine } from '../helpers/engine.ts';
import { eventsOf, runSmall } from '../helpers/small.ts';

/** Wrong states on a real engine, our errors and errors of the engine: how a run reports them, and that it leaves nothing. */
const test = suite<{ engine: Engine }>('wrong states');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

const sleeping = (more = '') => `services:
  flask: {image: "nicolaka/netshoot:v0.13", init: true, command: sleep infinity${more}}
  client: {image: "nicolaka/netshoot:v0.13", init: true, command: sleep infinity}
`;
const up = {
  run: (stack: Parameters<typeof runSmall>[2][number]['run'] extends (stack: infer S) => unknown ? S : never) =>
    stack.compose`up -d`,
};

test('a wrong number of replicas fails at once, and shows what to try', async ({ engine }) => {
  const run = await runSmall(engine, sleeping(), [{ ...up, verify: [hasReplicas('flask', 3)] }]);
  assert.is(run.outcome, 'failed');
  const [check] = eventsOf(run, 'check-finished');
  assert.is(check?.result.looks, 1);
  const verdict = check?.result.verdict;
  assert.ok(verdict?.outcome === 'failed');
  assert.is(verdict.actual.en, '1 running');
  assert.is(verdict.help.en, 'set the exact number: docker compose up -d --scale flask=3');
  assert.equal(await clean(run.homes, clock, { dryRun: true }).then(({ left }) => left.containers), []);
});

test('a paused replica does not count as running', async ({ engine }) => {
  const run = await runSmall(engine, sleeping(), [
    {
      run: async (stack) => {
        await stack.compose`up -d`;
        await stack.compose`pause flask`;
      },
      verify: [hasReplicas('flask', 1)],
    },
  ]);
  const verdict = eventsOf(run, 'check-finished')[0]?.result.verdict;
  assert.ok(verdict?.outcome === 'failed');
  assert.is(verdict.help.en, 'a replica is paused: docker compose unpause flask');
});

test('a restarted service does not count as untouched', async ({ engine }) => {
  const run = await runSmall(engine, sleeping(), [
    { ...up, verify: [hasReplicas('flask', 1)] },
    { run: (stack) => stack.compose`restart -t 0 flask`, verify: [isUntouched('flask'), isUntouched('client')] },
  ]);
  const [flask, client] = eventsOf(run, 'check-finished').slice(1);
  assert.is(flask?.result.outcome, 'failed');
  assert.ok(flask?.result.verdict.outcome === 'failed');
  assert.is(flask.result.verdict.actual.en, 'the same container, started again');
  assert.is(client?.result.outcome, 'passed');
});

test('a name that another service uses as an alias: the line is shown', async ({ engine }) => {
  const compose = `services:
  flask: {image: "nicolaka/netshoot:v0.13", init: true, command: sleep infinity}
  client: {image: "nicolaka/netshoot:v0.13", init: true, command: sleep infinity, networks: {default: {aliases: [flask]}}}
`;
  const run = await runSmall(engine, compose, [{ ...up, verify: [dnsResolves('flask', 1)] }], { settleMs: 1500 });
  const verdict = eventsOf(run, 'check-finished')[0]?.result.verdict;
  assert.ok(verdict?.outcome === 'failed');
  assert.match(verdict.actual.en, /; compose\.yaml:3 gives client the alias `flask`, the name of another service$/);
  assert.is(verdict.help.en, 'remove that alias from compose.yaml:3, then docker compose up -d');
});

test('an app that never listens fails at the deadline of the checks', async ({ engine }) => {
  const run = await runSmall(engine, sleeping(), [{ ...up, verify: [isReady('flask')] }], { settleMs: 4000 });
  const result = eventsOf(run, 'check-finished')[0]?.result;
  assert.is(run.outcome, 'failed');
  assert.ok(result && result.looks > 1, 'it was not looked at again');
  assert.ok(result.verdict.outcome === 'failed');
  assert.match(result.verdict.actual.en, /^no connection to [0-9a-f]{12}$/);
});

test('a container that had to be killed passes, with a note of the cause and the fix', async ({ engine }) => {
  const compose = `services:
  flask: {image: "nicolaka/netshoot:v0.13", command: sleep infinity, stop_grace_period: 1s}
  client: {image: "nicolaka/netshoot:v0.13", init: true, command: sleep infinity}
`;
  const run = await runSmall(engine, compose, [
    {
      run: async (stack) => {
        await stack.compose`up -d`;
        await stack.compose`stop`;
      },
      verify: [allExited()],
    },
  ]);
  const verdict = eventsOf(run, 'check-finished')[0]?.result.verdict;
  assert.ok(verdict?.outcome === 'passed');
  assert.match(verdict.note?.en ?? '', /^flask ignored SIGTERM and was killed .*exit code 137.*`init: true`/);
});

test("a failed command is an error, not a failed check: E_COMMAND_FAILED with Compose's last output", async ({ engine }) => {
  const run = await runSmall(engine, sleeping(', networks: [nowhere]'), [
    { ...up, verify: [hasReplicas('flask', 1)] },
    { ...up, verify: [hasReplicas('flask', 1)] },
  ]);
  assert.is(run.outcome, 'errored');
  const [first, second] = eventsOf(run, 'step-finished');
  assert.match(
    first?.reason?.message.en ?? '',
    /^E_COMMAND_FAILED: `docker.compose up -d` ended with exit code \d+:\n[\s\S]*nowhere/,
  );
  assert.is(second?.outcome, 'skipped');
  assert.is(eventsOf(run, 'check-finished').filter(({ result }) => result.outcome === 'failed').length, 0);
});

test('a step that takes too long is ended: E_TIMEOUT, and late resources are removed', async ({ engine }) => {
  const run = await runSmall(
    engine,
    sleeping(),
    [{ run: (stack) => stack.compose`run --rm client sleep 600`, verify: [hasReplicas('flask', 1)] }],
    { timeoutMs: 2500 },
  );
  assert.is(run.outcome, 'errored');
  assert.match(eventsOf(run, 'step-finished')[0]?.reason?.message.en ?? '', /^E_TIMEOUT: the step took longer than 2\.5 s$/);
  // the engine still completes requests that the command sent before it was ended
  const quiet = eventsOf(run, 'teardown-finished')[0]?.durationMs ?? 0;
  assert.ok(quiet >= quietMs, `looked for what turns up for ${quiet} ms alone`);
});

test('resources that cannot be removed are reported and stay in the journal: E_CLEAN', async ({ engine }) => {
  let foreign: string | undefined;
  const run = await runSmall(engine, sleeping(), [
    {
      run: async (stack) => {
        await stack.compose`up -d`;
        const networks = await engine.api.get<{ Id: string; Name: string }[]>('/networks');
        const network = networks.find(
          ({ Name }) => Name.startsWith(`labwright-small${process.pid}x`) && Name.endsWith('_default'),
        );
        const made = await engine.api.post<{ Id: string }>(
          '/containers/create',
          {},
          {
            Image: 'nicolaka/netshoot:v0.13',
            Cmd: ['sleep', 'infinity'],
            HostConfig: { NetworkMode: network?.Id, Init: true },
          },
        );
        foreign = made?.Id;
        await engine.api.post(`/containers/${foreign}/start`);
      },
      verify: [hasReplicas('flask', 1)],
    },
  ]);
  assert.instance(run.error, LabError);
  assert.is((run.error as LabError).code, 'E_CLEAN');
  assert.match((run.error as LabError).text.en, /^could not remove labwright-small\w+-base_default$/);
  await engine.api.delete(`/containers/${foreign}`, { force: true });
  const { left, failed } = await clean(run.homes, clock, { dryRun: false });
  assert.equal(failed, []);
  assert.is(left.networks.length, 1);
});

test.run();
