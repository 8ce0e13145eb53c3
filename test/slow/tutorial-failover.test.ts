// time limit: 900 s
// only with test:full
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { root } from '../../src/platform/package-root.ts';
import { envFor, runBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { assertTutorialGate } from '../helpers/tutorial-gate.ts';

/** The tutorial failover: its solution passes, and its gate has no surprise. test:full makes all cases; a run of this file alone some. */
const test = suite<{ engine: Engine; env: NodeJS.ProcessEnv }>('the tutorial failover');
const dir = join(root, 'labs/failover');
test.before(async (context) => {
  context.engine = await readyEngine();
  context.env = envFor(context.engine, folder());
});
test.after(({ engine }) => engine.api.close());
test.after.each(async ({ env }) => {
  const left = await runBin(['clean', '--dry-run', '--json'], env);
  assert.equal(Object.values(JSON.parse(left.stdout)).flat(), []);
});

test('the solution passes, and the client loses answers in the steps that show a loss only', async ({ env }) => {
  const { exitCode, stdout, stderr } = await runBin(['run', '--tutorial', dir, '--verbose'], env);
  // the end has the failed checks; the whole is too long to read
  assert.is(exitCode, 0, stdout.slice(-4000) + stderr);
  const lost = [...stdout.matchAll(/^ +answered \d+ lost (\d+) from/gm)].map(([, count]) => Number(count) > 0);
  // kill/lose, retry/max-fails, retry/next-upstream, drain/cut-off, drain/finish, drain/rolling
  assert.equal(lost, [true, true, false, true, false, false], stdout);
});

test('every mistake is caught, and every alternative solution passes', ({ env }) =>
  assertTutorialGate(env, dir, { mistakes: 15, alternatives: 3 }));

test.run();
