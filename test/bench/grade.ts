import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { assets, root } from '../../src/platform/package-root.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { gradingEngine } from '../helpers/grading.ts';
import { type Measured, measure, median } from './processes.ts';
import { sweepVolumes } from './volumes.ts';

/**
 * Measures how fast a class is graded: by `lab grade`, with its sandbox and all checks, and by an expert's script with neither, four submissions at a time. `--trust` is without audits.
 * Runs them alternately on the same submissions: `npm run bench:grade -- --rounds 3 --size 24`. Exits with 1 if a bound does not hold.
 */
const bounds = { rate: 0.6, trusted: 0.95, growthMb: 40 };

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    size: { type: 'string', default: '24' },
    large: { type: 'string', default: '1000' },
  },
});
const [rounds, size, large] = [values.rounds, values.size, values.large].map((value) => {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new Error(`a whole number from 1 is wanted, not '${value}'`);
  return count;
}) as [number, number, number];

const script = join(dirname(root), 'shared', 'baseline', 'expert-one.sh');
if (!existsSync(script)) {
  console.error(`There is nothing to compare with: no ${script}.`);
  process.exit(2);
}
const bin = join(root, 'dist/src/cli/main.js');
const listener = join(root, 'test/bench/grade-spent.mjs');

/** Creates right submissions. Unless `alike`, each has a different line in its app, so that each is built. */
function makeClass(count: number, alike = false): string {
  const dir = folder();
  for (let at = 0; at < count; at++) {
    const to = join(dir, `student-${String(at).padStart(4, '0')}`);
    cpSync(join(assets, 'compose-scale/nginx'), to, { recursive: true });
    appendFileSync(join(to, 'flask/app.py'), alike ? '# all the same\n' : `# ${process.pid}-${performance.now()}-${at}\n`);
    mkdirSync(join(to, 'var/log/nginx'), { recursive: true });
  }
  return dir;
}

const engine = await readyEngine();
const grading = await gradingEngine();
const env = { ...process.env, LANG: 'C', LC_ALL: 'C' };
const sweep = await sweepVolumes(engine.api, []);
try {
  process.exitCode = (await bench()) ? 0 : 1;
} finally {
  await sweep();
  await engine.api.close();
  await grading.engine.api.close();
}

async function bench(): Promise<boolean> {
  console.log(`engine ${grading.engine.version}, ${size} submissions, ${rounds} rounds after one to warm up\n`);
  const rates: Record<'expert' | 'lab grade' | 'trusted', number[]> = { expert: [], 'lab grade': [], trusted: [] };
  let peak = 0;
  const graded: Graded[] = [];
  for (let round = 0; round <= rounds; round++) {
    // a new class for each round, the same for both, so that no result is reused from the previous round
    const count = round === 0 ? 4 : size;
    const dir = makeClass(count);
    const ours = await grade(dir);
    const trusted = await grade(dir, ['--trust']);
    const expert = await measure('sh', ['-c', `ls -d ${dir}/*/ | xargs -P 4 -n 1 ${script} >/dev/null`], {
      env: { ...env, ...engine.compose.env },
    });
    const perMinute = {
      expert: count / (expert.wallMs / 60_000),
      'lab grade': count / (ours.wallMs / 60_000),
      trusted: count / (trusted.wallMs / 60_000),
    };
    console.log(
      `${round === 0 ? 'warm-up' : `round ${round}`}: expert ${perMinute.expert.toFixed(1)} a minute, lab grade ${perMinute['lab grade'].toFixed(1)} a minute, with --trust ${perMinute.trusted.toFixed(1)}`,
    );
    if (round === 0) continue;
    rates.expert.push(perMinute.expert);
    rates['lab grade'].push(perMinute['lab grade']);
    rates.trusted.push(perMinute.trusted);
    peak = Math.max(peak, ours.peakMb ?? 0);
    graded.push(ours);
  }
  const [expert, ours, trusted] = [median(rates.expert), median(rates['lab grade']), median(rates.trusted)];
  console.log(`\nmedian: expert ${expert.toFixed(1)}, lab grade ${ours.toFixed(1)} a minute, with --trust ${trusted.toFixed(1)}`);
  whereTimeGoes(graded, size);
  const many = await grade(makeClass(large, true));
  console.log(
    `memory: ${peak.toFixed(0)} MB with ${size}, ${(many.peakMb ?? 0).toFixed(0)} MB with ${large} (${(many.wallMs / 1000).toFixed(0)} s)`,
  );
  console.log('\nbounds');
  return [
    bound('lab grade to expert, submissions a minute', ours / expert, (value) => value >= bounds.rate, `at least ${bounds.rate}`),
    bound('the same with --trust', trusted / expert, (value) => value >= bounds.trusted, `at least ${bounds.trusted}`),
    bound(`growth of memory, MB`, (many.peakMb ?? 0) - peak, (value) => value <= bounds.growthMb, `at most ${bounds.growthMb}`),
  ].every(Boolean);
}

interface Graded extends Measured {
  readonly spent: { readonly parts: Readonly<Record<string, number>>; readonly beforeMs: number; readonly afterMs: number };
}

async function grade(dir: string, options: readonly string[] = []): Promise<Graded> {
  const spent = join(folder(), 'spent.json');
  const measured = await measure(
    process.execPath,
    ['--import', listener, bin, 'grade', dir, '--out', folder(), '--build-network', 'none', ...options],
    {
      env: { ...env, LABWRIGHT_SPENT: spent },
    },
  );
  return { ...measured, spent: JSON.parse(readFileSync(spent, 'utf8')) };
}

/** Prints the time per submission for each part, in the median round. Includes the three gradings of the reference solution. Several submissions run at a time. */
function whereTimeGoes(rounds: readonly Graded[], count: number): void {
  const round = [...rounds].sort((a, b) => a.wallMs - b.wallMs)[Math.floor(rounds.length / 2)];
  if (!round) return;
  const { parts, beforeMs, afterMs } = round.spent;
  const all = Object.values(parts).reduce((sum, ms) => sum + ms, 0);
  console.log(
    `\nwhere the time of a submission goes (the middle round, ${seconds(round.wallMs)} in all, ${count} and 3 controls)`,
  );
  for (const [part, ms] of Object.entries(parts))
    console.log(`  ${part.padEnd(48)} ${seconds(ms / (count + 3)).padStart(7)}  ${((100 * ms) / all).toFixed(0).padStart(3)}%`);
  console.log(`  ${'before the first: start, engine'.padEnd(48)} ${seconds(beforeMs).padStart(7)}  once`);
  console.log(`  ${'after the last: all that is written'.padEnd(48)} ${seconds(afterMs).padStart(7)}  once`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function bound(what: string, value: number, holds: (value: number) => boolean, wanted: string): boolean {
  const ok = holds(value);
  console.log(`  ${what.padEnd(48)} ${value.toFixed(2)}, ${wanted}: ${ok ? 'holds' : 'DOES NOT HOLD'}`);
  return ok;
}
