// time limit: 900 s
// only with test:full
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { envFor, runBin } from '../helpers/bin.ts';
import { checksOf } from '../helpers/counts.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { nodeMajors, nodeProgram } from '../helpers/node-versions.ts';

const test = suite<{ engine: Engine }>('runs in a row');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

test('many consecutive runs pass, on Node 20, 22 and 24 in turn, without errored or skipped checks', async ({ engine }) => {
  const nodes = await Promise.all(nodeMajors.map(nodeProgram));
  const env = envFor(engine, folder());
  for (let run = 1; run <= 20; run++) {
    const { exitCode, stdout, stderr } = await runBin(['run', '--reporter', 'json'], env, undefined, nodes[run % nodes.length]);
    assert.is(exitCode, 0, `run ${run}: ${stderr}${stdout}`);
    assert.equal((JSON.parse(stdout) as { totals: object }).totals, { passed: checksOf(), failed: 0, skipped: 0, errored: 0 });
  }
  assert.is((await runBin(['clean', '--dry-run'], env)).stdout, 'nothing is left behind\n');
});

test.run();
