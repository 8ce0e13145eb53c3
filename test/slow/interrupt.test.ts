// time limit: 600 s
import * as assert from 'uvu/assert';
import { envFor, runBin, startBin } from '../helpers/bin.ts';
import { besideBystander } from '../helpers/bystander.ts';
import { folder } from '../helpers/folder.ts';
import { killAtRandom, namedAfter } from '../helpers/kill.ts';

const test = besideBystander('interrupt');

const clean = { stdout: 'nothing is left behind\n' };

for (const [signal, moment] of [
  ['SIGINT', 'Services find each other by name'],
  ['SIGTERM', '2/5'],
] as const) {
  test(`${signal} once: everything is removed, exit 130`, async ({ engine }) => {
    const env = envFor(engine, folder());
    const started = startBin(['run', '--verbose'], env);
    await started.until(moment);
    started.child.kill(signal);
    const { exitCode, stdout, stderr } = await started.ended;
    assert.is(exitCode, 130, stdout + stderr);
    assert.match(stderr, /error E_INTERRUPTED: interrupted; what the run had made is removed\nhint: /);
    assert.is((await runBin(['clean', '--dry-run'], env)).stdout, clean.stdout);
    const run = /labwright-([0-9a-f]{8})-/.exec(stdout)?.[1] ?? '';
    assert.ok(run, 'no run was named');
    assert.equal(await namedAfter(engine, run), []);
  });
}

test('SIGINT twice: the run ends at once, and `lab clean` removes what is left', async ({ engine }) => {
  const env = envFor(engine, folder());
  const started = startBin(['run'], env);
  await started.until('Scale out to three');
  // signals that arrive together count as one, so send them until the run has ended
  const interrupting = setInterval(() => started.child.kill('SIGINT'), 20);
  const { exitCode, stderr } = await started.ended;
  clearInterval(interrupting);
  assert.is(exitCode, 130);
  assert.match(stderr, /\nStopped at once\. Remove what is left with: lab clean\n$/);
  assert.not.match(stderr, 'what the run had made is removed');
  assert.is((await runBin(['clean'], env)).exitCode, 0);
  assert.is((await runBin(['clean', '--dry-run'], env)).stdout, clean.stdout);
});

// test/slow/kill.test.ts repeats this more often
test('SIGKILL at a random moment: `lab clean` removes everything', ({ engine }) => killAtRandom(engine, 1, 9000));

test('`lab clean` does not remove a run in progress', async ({ engine }) => {
  const env = envFor(engine, folder());
  const started = startBin(['run', 'setup'], env);
  await started.until('Services find each other');
  // a stopped process holds its lock, and cannot end first
  started.child.kill('SIGSTOP');
  const { exitCode, stdout, stderr } = await runBin(['clean'], env);
  started.child.kill('SIGCONT');
  assert.is(exitCode, 0);
  assert.is(stdout, clean.stdout);
  assert.match(stderr, /^run [0-9a-f]{8} is under way and left alone\n$/);
  assert.is((await started.ended).exitCode, 0);
});

test.run();
