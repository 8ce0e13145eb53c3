import * as assert from 'uvu/assert';
import { runBin } from './bin.ts';

/** Runs the whole gate by the built program: every mistake is caught, every other right way passes, and nothing is left. */
export async function passesGate(env: NodeJS.ProcessEnv, more: readonly string[] = []): Promise<void> {
  const { exitCode, stdout, stderr } = await runBin(['test', '--json', ...more], env);
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
}
