// time limit: 600 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/engine/engine.ts';
import { envFor, runBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';

const test = suite<{ engine: Engine }>('the whole gate');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

test('every mistake is caught, every other right way passes, and nothing is left', async ({ engine }) => {
  const env = envFor(engine, folder());
  const { exitCode, stdout, stderr } = await runBin(['test', '--json'], env);
  const report = JSON.parse(stdout || '{}');
  const surprises = report.cases?.filter((one: { surprise: string | null }) => one.surprise) ?? [stderr];
  assert.equal(surprises, []);
  assert.is(exitCode, 0, stderr);
  assert.is(report.mutationScore, 1);
  assert.ok(report.mistakes >= 40, `${report.mistakes} mistakes`);
  assert.ok(report.equivalents >= 12, `${report.equivalents} equivalents`);
  console.log(`${report.mistakes} mistakes, ${report.equivalents} equivalents, ${Math.round(report.durationMs / 1000)} s`);
  const left = await runBin(['clean', '--dry-run', '--json'], env);
  assert.equal(Object.values(JSON.parse(left.stdout)).flat(), []);
});

test.run();
