import * as assert from 'uvu/assert';
import { loadMarkdown } from '../../src/authoring/markdown/load-tutorial.ts';
import { runBin } from './bin.ts';
import { repeats } from './repeats.ts';

interface TutorialGateOptions {
  /** How many of each the tutorial has, at least. */
  readonly mistakes: number;
  readonly alternatives: number;
}

/**
 * Runs the gate of a tutorial in Markdown with the built program: every mistake is caught, every alternative solution passes. `test:full` tries all cases and
 * the solutions, CI every 16th case. Prints the slowest cases.
 */
export async function assertTutorialGate(env: NodeJS.ProcessEnv, dir: string, least: TutorialGateOptions): Promise<void> {
  const { gate } = await loadMarkdown(dir);
  const cases = [...gate.mistakes, ...gate.equivalents].map(({ id }) => id);
  const counts = `${gate.mistakes.length} mistakes, ${gate.equivalents.length} alternatives`;
  assert.ok(gate.mistakes.length >= least.mistakes && gate.equivalents.length >= least.alternatives, counts);
  const every = repeats(1, 16);
  const only = every === 1 ? [] : cases.filter((_, at) => at % every === 2).flatMap((id) => ['--only', id]);
  const { exitCode, stdout, stderr } = await runBin(['test', dir, '--json', ...only], env);
  const report = JSON.parse(stdout || '{}') as Partial<Report>;
  assert.equal(report.cases?.filter(({ surprise }) => surprise) ?? [stderr], []);
  assert.is(exitCode, 0, stderr);
  assert.is(report.mutationScore, 1);
  const slowest = [...(report.cases ?? [])].sort((a, b) => b.durationMs - a.durationMs).slice(0, 3);
  const seconds = (ms = 0) => `${Math.round(ms / 1000)} s`;
  const list = slowest.map(({ id, durationMs }) => `${id} ${seconds(durationMs)}`).join(', ');
  console.log(`${report.cases?.length} cases (${counts}), ${seconds(report.durationMs)}; the slowest: ${list}`);
}

interface Report {
  readonly cases: readonly { readonly id: string; readonly surprise: string | null; readonly durationMs: number }[];
  readonly mutationScore: number | null;
  readonly durationMs: number;
}
