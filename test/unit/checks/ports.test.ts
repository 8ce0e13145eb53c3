import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { proxied } from '../../../labs/compose-scale/stacks.ts';
import { negated } from '../../../src/checks/catalogue/negated.ts';
import { publishes } from '../../../src/checks/ports.ts';
import { type ErrorCode, LabError } from '../../../src/lab/error.ts';
import { text } from '../../../src/lab/text.ts';
import type { GraderTools, Surroundings, World } from '../../../src/lab/world.ts';
import { frontFacts, nginx } from '../../fixtures/facts.ts';

const conf = 'server {\n  listen 80;\n  location / {\n    proxy_pass http://flsk:5000;\n  }\n}\n';
const published = [{ containerPort: 80, hostIp: '127.0.0.1', hostPort: 8000 }];
const mounts = [
  { type: 'bind', source: '/x/nginx.conf', destination: '/etc/nginx/conf.d/default.conf', writable: false },
] as const;

/** A proxy that started at 08:00:02.5, seen at this time, with these sockets. */
const world = (sockets: string, over: Partial<World> = {}): World => {
  const stack = frontFacts(1);
  const front = nginx({ published, mounts });
  const facts = { ...stack, replicas: stack.replicas.map((one) => (one.service === 'nginx' ? front : one)) };
  return {
    project: 'p',
    spec: proxied,
    dir: '/x',
    state: async () => facts,
    time: async () => '2026-01-01T08:00:03.5Z',
    exec: async () => ({ exitCode: 0, stdout: sockets, stderr: '' }),
    realPath: async (path: string) => path,
    folder: async () => [],
    file: async (path: string) =>
      path === 'nginx.conf' ? { kind: 'file', sha256: '0', size: conf.length, text: conf } : { kind: 'absent' },
    ...over,
  } as unknown as World;
};
/** A command in the container that cannot be run. */
const failing = (code: ErrorCode) => async () => {
  throw new LabError(code, text('no', '不行'), text('-', '-'));
};
const listening = '0: 00000000:0050 00000000:0000 0A';
const check = publishes('nginx');

test('a proxy that runs and does not listen is still starting, as while it looks up a name that does not exist', async () => {
  const judged = async (sockets: string, over: Partial<World> = {}) => {
    const judgement = check.judge(await check.gather(world(sockets, over)));
    return [judgement.outcome, judgement.outcome === 'waiting' && judgement.evident === true];
  };
  assert.equal(await judged(listening), ['passed', false]);
  assert.equal(await judged(''), ['waiting', false]);
  assert.equal(await judged('', { time: async () => '2026-01-01T08:00:06Z' }), ['waiting', true]);
  // its sockets cannot be seen
  assert.equal(await judged('', { exec: async () => ({ exitCode: 127, stdout: '', stderr: '' }) }), ['passed', false]);
  assert.equal(await judged('', { exec: failing('E_PROBE') }), ['passed', false]);
  assert.equal(await judged('', { grader: {} as GraderTools }), ['passed', false]);
});

test('a proxy that ended while its sockets were read did not listen; one whose image lacks the tools may', async () => {
  const judged = async (stillRuns: boolean, exec: World['exec']) => {
    const around = { stillRuns: async () => stillRuns } as unknown as Surroundings;
    return check.judge(await check.gather(world('', { exec, around }))).outcome;
  };
  const killed = async () => ({ exitCode: 137, stdout: '', stderr: '' });
  const noTool = async () => ({ exitCode: 127, stdout: '', stderr: '' });
  assert.is(await judged(false, failing('E_PROBE')), 'waiting');
  assert.is(await judged(false, killed), 'waiting');
  assert.is(await judged(true, failing('E_PROBE')), 'passed');
  assert.is(await judged(true, noTool), 'passed');
});

test('an engine that is gone says nothing about the proxy', async () => {
  const gone = world('', { exec: failing('E_ENGINE_LOST') });
  const error = await check.gather(gone).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.is((error as LabError | undefined)?.code, 'E_ENGINE_LOST');
});

test('its port is published all the same: the opposite does not pass while it starts', async () => {
  const opposite = negated(check);
  assert.is(opposite.judge(await opposite.gather(world(''))).outcome, 'waiting');
});

test('the name that it looks up is the cause', async () => {
  const silent = world('');
  const cause = await check.explain?.(silent, await check.gather(silent));
  assert.match(cause?.text.en ?? '', /^nginx\.conf:4: no service has the name `flsk`; the app is `flask`/);
  assert.match(cause?.help.en ?? '', /correct nginx\.conf:4/);
});

test.run();
