// time limit: 960 s
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isReady } from '../../src/checks/answers.ts';
import { hasReplicas } from '../../src/checks/replicas.ts';
import { EngineApi } from '../../src/docker/api/engine-api.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { envFor, runBin, startBin } from '../helpers/bin.ts';
import { assertNothingLeft, labelled } from '../helpers/cleanup.ts';
import { readyEngine } from '../helpers/engine.ts';
import { failure, inCompose, stackOf, up } from '../helpers/faulty-service.ts';
import { folder } from '../helpers/folder.ts';
import { namedAfter } from '../helpers/kill.ts';
import { errors, fakeRegistry } from '../helpers/registry.ts';
import { openRelay } from '../helpers/relay.ts';
import { eventsOf, runSmall, type SmallRun, type SmallStep } from '../helpers/small.ts';

/** Faults of the stack, on a real engine: what is reported, how the run ends, and that nothing is left. */
const test = suite<{ engine: Engine }>('faults of a stack');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

/** The reason why a run's first step errored. */
function reason(run: SmallRun) {
  assert.is(run.outcome, 'errored', JSON.stringify(run.error));
  const error = eventsOf(run, 'step-finished')[0]?.reason;
  assert.ok(error);
  for (const lang of ['en', 'zh-TW'] as const) assert.ok(error.message[lang] && error.hint[lang]);
  return { message: error.message.en, hint: error.hint.en };
}

const noisy = `for i in 1 2 3 4 5 6 7 8 9 10; do echo "line $i"; done
printf '\\007\\033[31mred and\\ttabbed\\033[0m\\n'
head -c 5000 /dev/zero | tr '\\0' x; echo; echo the last; exit 3`;

test('a service that exits at once: the exit code and the last log lines are shown, truncated, without control characters', async ({
  engine,
}) => {
  const compose = stackOf({ command: ['sh', '-c', inCompose(noisy)] });
  const run = await runSmall(engine, compose, [{ run: up, verify: [isReady('flask')] }]);
  assert.is(run.outcome, 'failed');
  const { actual, help, said } = failure(run);
  assert.is(actual.en, 'flask started and ended again: exit code 3');
  assert.is(actual['zh-TW'], 'flask 啟動後又結束了（結束碼 3）');
  assert.is(help.en, 'read its log: docker compose logs flask');
  assert.is(said?.service, 'flask');
  const lines = ['line 6', 'line 7', 'line 8', 'line 9', 'line 10', 'red and    tabbed', `${'x'.repeat(199)}…`, 'the last'];
  assert.equal(said?.lines, lines);
  await assertNothingLeft(engine, run);
});

test('a service that exits at once: the check of the replica count shows exit code and log', async ({ engine }) => {
  const compose = stackOf({ command: ['sh', '-c', 'echo no settings >&2; exit 3'] });
  const ended: SmallStep['run'] = async (stack) => {
    await up(stack);
    await stack.compose`exec client sleep 1`;
  };
  const run = await runSmall(engine, compose, [{ run: ended, verify: [hasReplicas('flask', 1)] }]);
  const { actual, help, said } = failure(run);
  assert.match(actual.en, /^0 running, [0-9a-f]{12} exited with code 3$/);
  assert.is(help.en, 'see why it does not run: docker compose logs flask');
  assert.equal(said, { service: 'flask', lines: ['no settings'] });
  assert.is(eventsOf(run, 'check-finished')[0]?.result.looks, 1);
  await assertNothingLeft(engine, run);
});

for (const [how, check] of [
  ['counted', () => hasReplicas('flask', 1)],
  ['asked', () => isReady('flask')],
] as const) {
  test(`a service in a crash loop, ${how}: the check fails long before the deadline`, async ({ engine }) => {
    const compose = stackOf({ restart: 'always', command: ['sh', '-c', 'echo no redis here; exit 1'] });
    // so that the first look is not during the first start
    const late: SmallStep['run'] = async (stack) => {
      await up(stack);
      await stack.compose`exec client sleep 0.3`;
    };
    const run = await runSmall(engine, compose, [{ run: late, verify: [check()] }]);
    assert.is(run.outcome, 'failed');
    const { actual, said } = failure(run);
    const seen =
      how === 'counted'
        ? /^0 running, [0-9a-f]{12} exited with code 1 and Docker starts it again \(restarts so far: [3-9]\)$/
        : /^flask started and ended again: exit code 1$/;
    assert.match(actual.en, seen);
    assert.ok(said?.lines.every((line) => line === 'no redis here') && said.lines.length >= 3, JSON.stringify(said));
    assert.ok((eventsOf(run, 'check-finished')[0]?.result.durationMs ?? Infinity) < 30_000, 'only decided at the deadline');
    await assertNothingLeft(engine, run);
  });
}

test('a service that never becomes ready fails at the deadline, with the last facts and log lines', async ({ engine }) => {
  const chatter = 'i=0; while :; do i=$((i+1)); echo "still waiting $i"; sleep 0.2; done';
  const compose = stackOf({ command: ['sh', '-c', inCompose(chatter)] });
  const run = await runSmall(engine, compose, [{ run: up, verify: [isReady('flask')] }], { settleMs: 4000 });
  assert.is(run.outcome, 'failed');
  const { actual, said } = failure(run);
  assert.match(actual.en, /^no (answer from|connection to) [0-9a-f]{12}$/);
  assert.is(said?.lines.length, 8);
  assert.match(said?.lines.at(-1) ?? '', /^still waiting \d\d+$/);
  await assertNothingLeft(engine, run);
});

test('a step that hangs is ended, with all processes that it started: E_TIMEOUT', async ({ engine }) => {
  const hang: SmallStep['run'] = async (stack) => {
    await up(stack);
    await stack.compose`exec client sleep 600`;
  };
  const run = await runSmall(engine, stackOf({}), [{ run: hang, verify: [hasReplicas('flask', 1)] }], { timeoutMs: 4000 });
  const { message, hint } = reason(run);
  assert.is(message, 'E_TIMEOUT: the step took longer than 4 s');
  assert.match(hint, '--timeout');
  await assertNothingLeft(engine, run);
});

test('an engine that never answers a request: `lab run --timeout` ends with exit 3, and nothing is left', async ({ engine }) => {
  const state = folder();
  const relay = await openRelay(engine, { hold: /^POST \S*\/containers\/create/ });
  try {
    const env = { ...envFor(engine, state), DOCKER_HOST: relay.host };
    const { exitCode, stdout, stderr } = await runBin(['run', 'setup', '--timeout', '5'], env);
    assert.is(exitCode, 3, stdout + stderr);
    assert.match(stdout, /E_TIMEOUT: the step took longer than 5 s/);
    assert.match(stdout, /Nothing left behind/);
    assert.is((await runBin(['clean', '--dry-run'], env)).stdout, 'nothing is left behind\n');
  } finally {
    await relay.close();
  }
  assert.equal(readdirSync(join(state, 'labwright', 'runs')), []);
});

test('the connection to the engine breaks during `lab run`: exit 3 with a hint; later, `lab clean` removes everything', async ({
  engine,
}) => {
  const state = folder();
  const path = join(folder(), 'relay.sock');
  let relay = await openRelay(engine, { path });
  try {
    const env = { ...envFor(engine, state), DOCKER_HOST: relay.host };
    const started = startBin(['run', 'setup'], env);
    await started.until('Services find each other by name');
    await relay.close();
    const { exitCode, stdout, stderr } = await started.ended;
    assert.is(exitCode, 3, stdout + stderr);
    assert.not.match(stdout, /✗/);
    assert.match(stderr, `error E_ENGINE_LOST: the engine at ${relay.host} no longer answers`);
    assert.match(stderr, /\nhint: start Docker again; then `lab clean` removes what a run has left on it\n$/);
    const early = await runBin(['clean'], env);
    assert.is(early.exitCode, 3);
    assert.match(early.stderr, 'E_ENGINE_UNREACHABLE');

    relay = await openRelay(engine, { path });
    const cleaned = await runBin(['clean'], env);
    assert.is(cleaned.exitCode, 0, cleaned.stderr);
    const run = /labwright-([0-9a-f]{8})-/.exec(cleaned.stdout)?.[1] ?? '';
    assert.ok(run, `nothing was left to clean: ${cleaned.stdout}`);
    assert.equal([await labelled(engine, run), await namedAfter(engine, run)], [[], []]);
    assert.is((await runBin(['clean', '--dry-run'], env)).stdout, 'nothing is left behind\n');
  } finally {
    await relay.close();
  }
});

test('a check keeps looking after an event stream ends', async ({ engine }) => {
  const relay = await openRelay(engine);
  const api = await EngineApi.connect({ host: relay.host });
  try {
    let cuts = 0;
    const script = 'sleep 3; exec python3 -m http.server 5000';
    const compose = stackOf({ image: 'python:3.13-slim', command: ['sh', '-c', script] });
    const cutting = async () => {
      for (let tries = 0; tries < 20; tries++) {
        await setTimeout(100);
        cuts += relay.cut(/^GET \S*\/events/);
      }
    };
    let cut = Promise.resolve();
    const run = await runSmall({ ...engine, api }, compose, [
      {
        run: async (stack) => {
          await up(stack);
          cut = cutting();
        },
        verify: [isReady('flask')],
      },
    ]);
    await cut;
    assert.ok(cuts >= 1, 'no stream was cut');
    assert.is(run.outcome, 'passed', JSON.stringify(eventsOf(run, 'check-finished')));
    await assertNothingLeft(engine, run);
  } finally {
    await api.close();
    await relay.close();
  }
});

test('a YAML error is reported with file, line and column', async ({ engine }) => {
  const run = await runSmall(engine, 'services:\n  flask:\n   image: "x\n  client: {}\n', [
    { run: up, verify: [isReady('flask')] },
  ]);
  const { message, hint } = reason(run);
  assert.match(message, /^E_LAB_INVALID: base\/compose\.yaml: .* at line \d+, column \d+/);
  assert.match(hint, 'docker compose config');
  await assertNothingLeft(engine, run);
});

test("an invalid Compose file is reported with Compose's own message and the location", async ({ engine }) => {
  const mistakes: [object, RegExp][] = [
    [{ imagee: 'x' }, /services\.flask.*imagee/i],
    [{ ports: 'eighty' }, /services\.flask\.ports/],
    [{ networks: ['nowhere'] }, /flask.*undefined network nowhere/],
    [{ depends_on: ['nobody'] }, /flask.*undefined service "nobody"/],
  ];
  for (const [mistake, place] of mistakes) {
    const run = await runSmall(engine, stackOf(mistake), [{ run: up, verify: [isReady('flask')] }]);
    const { message, hint } = reason(run);
    assert.match(message, /^E_COMMAND_FAILED: `docker.compose up -d` ended with exit code \d+:\n/);
    assert.match(message, place);
    assert.match(hint, 'fix compose.yaml at the place that is named');
    await assertNothingLeft(engine, run);
  }
});

test('a missing image and an unreachable registry: E_REGISTRY_UNREACHABLE', async ({ engine }) => {
  for (const image of ['127.0.0.1:1/nothing:1', 'labwright-nowhere.invalid/nothing:1']) {
    const run = await runSmall(engine, stackOf({ image }), [{ run: up, verify: [isReady('flask')] }]);
    const { message, hint } = reason(run);
    assert.match(message, /^E_REGISTRY_UNREACHABLE: `docker.compose up -d` ended with exit code \d+:\n/);
    assert.match(hint, 'check the network and its proxy, or load the images from a file');
    await assertNothingLeft(engine, run);
  }
});

test('a registry that does not have the image, denies it or limits the rate is reported', async ({ engine }) => {
  for (const [status, body, code] of [
    [404, errors('MANIFEST_UNKNOWN', 'manifest unknown'), 'E_IMAGE_MISSING'],
    [403, errors('DENIED', 'requested access to the resource is denied'), 'E_IMAGE_REFUSED'],
    [429, errors('TOOMANYREQUESTS', 'You have reached your pull rate limit.'), 'E_IMAGE_RATE_LIMIT'],
  ] as const) {
    const registry = await fakeRegistry({ status, body });
    try {
      const compose = stackOf({ image: `${registry.host}/nothing:1` });
      const run = await runSmall(engine, compose, [{ run: (stack) => stack.compose`pull flask`, verify: [isReady('flask')] }]);
      assert.match(reason(run).message, new RegExp(`^${code}: `));
      await assertNothingLeft(engine, run);
    } finally {
      await registry.close();
    }
  }
});

test('a dependency that does not become healthy is reported', async ({ engine }) => {
  const compose = `services:
  flask: {image: "nicolaka/netshoot:v0.13", init: true, command: ["false"], healthcheck: {test: ["CMD", "true"]}}
  client: {image: "nicolaka/netshoot:v0.13", init: true, command: sleep infinity, depends_on: {flask: {condition: service_healthy}}}
`;
  const run = await runSmall(engine, compose, [{ run: up, verify: [isReady('flask')] }]);
  const { message, hint } = reason(run);
  assert.match(message, /^E_COMMAND_FAILED: [\s\S]*dependency failed to start.*flask-1/);
  assert.match(hint, 'read `docker compose logs` of that one');
  await assertNothingLeft(engine, run);
});

test('a container name in use is reported, and its container is kept', async ({ engine }) => {
  const name = `labwright-test-${process.pid}`;
  const made = await engine.api.post<{ Id: string }>('/containers/create', { name }, { Image: 'nicolaka/netshoot:v0.13' });
  try {
    const run = await runSmall(engine, stackOf({ container_name: name }), [{ run: up, verify: [isReady('flask')] }]);
    const { message, hint } = reason(run);
    assert.match(message, /^E_COMMAND_FAILED: [\s\S]*is already in use/);
    assert.match(hint, '`container_name:`');
    await assertNothingLeft(engine, run);
    await engine.api.get(`/containers/${made?.Id}/json`);
  } finally {
    await engine.api.delete(`/containers/${made?.Id}`, { force: true });
  }
});

test('a port in use by another program: E_PORT_TAKEN', async ({ engine }) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  try {
    const run = await runSmall(engine, stackOf({ ports: [`127.0.0.1:${port}:80`] }), [{ run: up, verify: [isReady('flask')] }]);
    const { message, hint } = reason(run);
    assert.match(message, /^E_PORT_TAKEN: `docker.compose up -d` ended/);
    assert.match(message, String(port));
    assert.match(hint, 'publish another one');
    await assertNothingLeft(engine, run);
  } finally {
    server.close();
  }
});

test('a service that only runs at its third start passes', async ({ engine }) => {
  const script = 'echo start >>/tried/log; [ "$(wc -l </tried/log)" -ge 3 ] || exit 1; exec sleep infinity';
  const compose = stackOf({ restart: 'always', volumes: ['./tried:/tried'], command: ['sh', '-c', inCompose(script)] });
  const late: SmallStep['run'] = async (stack) => {
    await up(stack);
    await stack.compose`exec client sleep 0.3`;
  };
  const run = await runSmall(engine, compose, [{ run: late, verify: [hasReplicas('flask', 1)] }]);
  assert.is(run.outcome, 'passed', JSON.stringify(eventsOf(run, 'check-finished')));
  await assertNothingLeft(engine, run);
});

test('an endless log, on a terminal or in one line, is truncated', async ({ engine }) => {
  for (const more of [{}, { tty: true }, { command: ['sh', '-c', 'exec cat /dev/zero | tr "\\0" y'] }]) {
    const compose = stackOf({ command: ['yes', 'endless'], logging: { options: { 'max-size': '2m' } }, ...more });
    const run = await runSmall(engine, compose, [{ run: up, verify: [isReady('flask')] }], { settleMs: 2500 });
    assert.is(run.outcome, 'failed', JSON.stringify(eventsOf(run, 'step-finished')));
    const { lines = [] } = failure(run).said ?? {};
    assert.ok(lines.length >= 1 && lines.length <= 8 && lines.every((line) => line.length <= 200), JSON.stringify(lines));
    assert.match(lines.at(-1) ?? '', /^(endless|y+…)$/);
    await assertNothingLeft(engine, run);
  }
});

test.run();
