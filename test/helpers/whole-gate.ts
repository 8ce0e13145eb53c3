import * as assert from 'uvu/assert';
import { runBin } from './bin.ts';

/** Runs the gate (all cases, or the cases in `only`) with the built program: every mistake is caught, every alternative solution passes, and nothing is left. */
export async function assertGatePasses(env: NodeJS.ProcessEnv, only: readonly string[] = []): Promise<void> {
  const { exitCode, stdout, stderr } = await runBin(['test', '--json', ...only.flatMap((id) => ['--only', id])], env);
  const report = JSON.parse(stdout || '{}');
  const surprises = report.cases?.filter((one: { surprise: string | null }) => one.surprise) ?? [stderr];
  assert.equal(surprises, []);
  assert.is(exitCode, 0, stderr);
  assert.is(report.mutationScore, 1);
  if (only.length > 0) assert.is(report.mistakes + report.equivalents, only.length);
  else
    assert.ok(
      report.mistakes >= 40 && report.equivalents >= 12,
      `${report.mistakes} mistakes, ${report.equivalents} equivalents`,
    );
  console.log(`${report.mistakes} mistakes, ${report.equivalents} equivalents, ${Math.round(report.durationMs / 1000)} s`);
  const left = await runBin(['clean', '--dry-run', '--json'], env);
  assert.equal(Object.values(JSON.parse(left.stdout)).flat(), []);
}
