import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { root } from '../../src/platform/package-root.ts';
import { envFor, runBin, startBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { ownTime } from '../helpers/faketime.ts';
import { folder } from '../helpers/folder.ts';
import { namedAfter } from '../helpers/kill.ts';
import { openRelay } from '../helpers/relay.ts';

/** Faults of the machine during a run. */
const test = suite<{ engine: Engine }>('faults of the machine');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

test('the clock is set back an hour during a run, then forward a day: the run passes with correct durations', async ({
  engine,
}) => {
  const time = await ownTime();
  const state = folder();
  const out = join(folder(), 'report.json');
  const startedMs = performance.now();
  const env = { ...envFor(engine, state), ...time.env };
  const started = startBin(['run', 'setup', '--reporter', 'terminal', '--reporter', 'json', '--out', out], env);
  await started.until('Start the three services');
  await time.set(-3600);
  // a process with this environment does see the changed clock
  const seen = execFileSync(process.execPath, ['-p', 'Date.now()'], { env: { ...process.env, ...time.env }, encoding: 'utf8' });
  assert.ok(Math.abs(Date.now() - 3_600_000 - Number(seen)) < 60_000, `the clock was not set back: ${seen}`);
  await started.until('Services find each other');
  await time.set(86_400);
  const { exitCode, stdout, stderr } = await started.ended;
  const tookMs = performance.now() - startedMs;
  assert.is(exitCode, 0, stdout + stderr);
  const report = JSON.parse(readFileSync(out, 'utf8')) as {
    runId: string;
    durationMs: number;
    labs: { steps: { durationMs: number; checks: { durationMs: number }[] }[] }[];
  };
  const steps = report.labs.flatMap((lab) => lab.steps);
  const durations = [report, ...steps, ...steps.flatMap((step) => step.checks)].map(({ durationMs }) => durationMs);
  assert.equal(
    durations.filter((ms) => ms < 0 || ms > tookMs),
    [],
  );
  assert.equal(await namedAfter(engine, report.runId), []);
  assert.is((await runBin(['clean', '--dry-run'], envFor(engine, state))).stdout, 'nothing is left behind\n');
});

test('no permission on the socket: E_ENGINE_PERMISSION with a fix, exit 3, and nothing is written', async ({ engine }) => {
  const relay = await openRelay(engine);
  const path = relay.host.replace('unix://', '');
  chmodSync(join(path, '..'), 0o755);
  chmodSync(path, 0o600);
  const state = folder();
  chmodSync(state, 0o777);
  try {
    const bin = join(root, 'dist/src/cli/main.js');
    const env = { ...envFor(engine, state), DOCKER_HOST: relay.host };
    const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all', process.execPath];
    const failure = await promisify(execFile)('setpriv', [...asNobody, bin, 'run'], { env }).catch((error) => error);
    assert.is(failure.code, 3, failure.stderr);
    const { stderr } = failure;
    assert.match(stderr, `error E_ENGINE_PERMISSION: no permission to use the engine at ${relay.host}\nhint: `);
    assert.match(stderr, /docker group.*usermod -aG docker/);
    assert.equal(readdirSync(state), []);
  } finally {
    await relay.close();
  }
});

test.run();
