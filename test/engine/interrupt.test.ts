// time limit: 240 s
import { setTimeout } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/engine/engine.ts';
import { envFor, runBin, startBin } from '../helpers/bin.ts';
import { type Bystander, startBystander } from '../helpers/bystander.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { killAtRandom } from '../helpers/kill.ts';

const test = suite<{ engine: Engine; bystander: Bystander; calm: string }>('interrupt');
test.before(async (context) => {
  context.engine = await readyEngine();
  context.bystander = await startBystander(context.engine);
  context.calm = await context.bystander.state();
});
test.after(async ({ engine, bystander, calm }) => {
  const after = await bystander.state();
  await bystander.remove();
  await engine.api.close();
  assert.is(after, calm, 'a bystander project was touched');
});

const clean = { stdout: 'nothing is left behind\n' };

for (const [signal, said] of [
  ['SIGINT', '$ docker compose up -d\n'],
  ['SIGTERM', '2/5'],
] as const) {
  test(`${signal} once: everything is removed, exit 130`, async ({ engine }) => {
    const env = envFor(engine, folder());
    const started = startBin(['run'], env);
    // plain reporters say a command when it has ended; the step's title when it begins
    await started.until(said === '2/5' ? said : 'Start the three services');
    started.child.kill(signal);
    const { exitCode, stdout, stderr } = await started.ended;
    assert.is(exitCode, 130, stdout + stderr);
    assert.match(stderr, /error E_INTERRUPTED: interrupted; what the run had made is removed\nhint: /);
    assert.is((await runBin(['clean', '--dry-run'], env)).stdout, clean.stdout);
  });
}

test('twice: it ends at once, and `lab clean` removes what is left', async ({ engine }) => {
  const env = envFor(engine, folder());
  const started = startBin(['run'], env);
  await started.until('Scale out to three');
  started.child.kill('SIGINT');
  await setTimeout(5);
  const askedAt = performance.now();
  started.child.kill('SIGINT');
  const { exitCode } = await started.ended;
  assert.is(exitCode, 130);
  assert.ok(performance.now() - askedAt < 1000, 'the second Ctrl-C did not end it at once');
  assert.is((await runBin(['clean'], env)).exitCode, 0);
  assert.is((await runBin(['clean', '--dry-run'], env)).stdout, clean.stdout);
});

test('SIGKILL at three moments: `lab clean` removes it all', ({ engine }) => killAtRandom(engine, 3, 9000));

test('a run that is under way is not cleaned away', async ({ engine }) => {
  const env = envFor(engine, folder());
  const started = startBin(['run', 'setup'], env);
  await started.until('Services find one another');
  const { exitCode, stdout, stderr } = await runBin(['clean'], env);
  assert.is(exitCode, 0);
  assert.is(stdout, clean.stdout);
  assert.match(stderr, /^run [0-9a-f]{8} is under way and left alone\n$/);
  assert.is((await started.ended).exitCode, 0);
});

test.run();
