import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { composeLine } from '../../src/docker/compose/compose.ts';
import { assets, root } from '../../src/platform/package-root.ts';
import { readyEngine } from '../helpers/engine.ts';
import { type Measured, measure, median } from './processes.ts';
import { spentBy } from './spent.ts';
import { sweepVolumes } from './volumes.ts';

/**
 * Measures how long the tutorial takes: by hand (the commands of the chapter), by an expert's script, and by `lab run`, which also makes all checks. Runs them
 * alternately on the same engine and files: `npm run bench -- --rounds 5`. Exits with 1 if a bound does not hold.
 */
const bounds = { byHand: 0.25, expert: 0.95, list: 3, peakMb: 150 };

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is a whole number from 1, not '${values.rounds}'`);

const baseline = join(dirname(root), 'shared', 'baseline');
const scripts = { 'by hand': join(baseline, 'by-hand.sh'), expert: join(baseline, 'expert.sh') };
for (const path of Object.values(scripts)) {
  if (existsSync(path)) continue;
  console.error(`There is nothing to compare with: no ${path}. The bench needs by-hand.sh and expert.sh there.`);
  process.exit(2);
}
const bin = join(root, 'dist/src/cli/main.js');
const taken = await portTaken(8000);
if (taken) {
  console.error('Port 8000 is taken, and the scripts need it: free it, then try again.');
  process.exit(2);
}

const engine = await readyEngine();
const english = { ...process.env, LANG: 'C', LC_ALL: 'C' };
const env = { ...english, ...engine.compose.env };
// the environment of a user who has not selected an engine
const labEnv = engine.kind === 'private' ? english : env;
const stacks = ['base', 'nginx'].map((name) => join(assets, 'compose-scale', name));
const contenders: Readonly<Record<string, () => Promise<Measured>>> = {
  'by hand': () => measure('bash', [scripts['by hand'], ...stacks], { env }),
  expert: () => measure('bash', [scripts.expert, ...stacks], { env }),
  'lab run': () => measure(process.execPath, [bin, 'run', '--engine', engine.kind, '--reporter', 'ndjson'], { env: labEnv }),
};
const sweep = await sweepVolumes(engine.api, ['hand-base', 'hand-nginx', 'expert-base', 'expert-nginx']);
let holds: boolean;
try {
  holds = await bench();
} finally {
  await sweep();
  await engine.api.close();
}
process.exitCode = holds ? 0 : 1;

async function bench(): Promise<boolean> {
  console.log(
    `${engine.kind} engine ${engine.version}, Compose ${engine.compose.version}, ${rounds} rounds after one to warm up\n`,
  );
  const seen = Object.fromEntries(Object.keys(contenders).map((name) => [name, [] as Measured[]]));
  for (let round = 0; round <= rounds; round++) {
    const line: string[] = [];
    for (const [name, work] of Object.entries(contenders)) {
      const measured = await work();
      line.push(`${name} ${seconds(measured.wallMs)}`);
      if (round > 0) seen[name]?.push(measured);
    }
    console.log(`${round === 0 ? 'warm-up' : `round ${round}`}: ${line.join(', ')}`);
  }
  const walls = (name: string) => (seen[name] ?? []).map(({ wallMs }) => wallMs);
  const middle = Object.fromEntries(Object.keys(contenders).map((name) => [name, median(walls(name))]));

  console.log('\nmedian (least to most)');
  for (const name of Object.keys(contenders)) {
    const all = walls(name);
    row(name, `${seconds(middle[name] ?? 0)} (${seconds(Math.min(...all))} to ${seconds(Math.max(...all))})`);
  }

  await whereTimeGoes(seen['lab run'] ?? []);
  const starts = await startsOf({ 'node -e 0': ['-e', '0'], 'lab list': [bin, 'list'] });
  const peaks = (seen['lab run'] ?? []).flatMap(({ peakMb }) => peakMb ?? []);

  console.log('\nbounds');
  const ours = middle['lab run'] ?? 0;
  return [
    bound('lab run to by hand', ours / (middle['by hand'] ?? 0), bounds.byHand),
    bound('lab run to expert', ours / (middle.expert ?? 0), bounds.expert),
    bound('lab list to node -e 0', (starts['lab list'] ?? 0) / (starts['node -e 0'] ?? 0), bounds.list),
    peaks.length === 0
      ? row('memory', 'not told by this system')
      : bound("lab run's own process at its highest (VmHWM), MB", Math.max(...peaks), bounds.peakMb),
  ].every(Boolean);
}

/** Prints the time of each part of the median run. */
async function whereTimeGoes(runs: readonly Measured[]): Promise<void> {
  const { started } = composeLine(engine.compose, 'version --short');
  const idle: number[] = [];
  for (let time = 0; time < 11; time++) idle.push((await measure('sh', ['-c', started], { env })).wallMs);
  const run = [...runs].sort((a, b) => a.wallMs - b.wallMs)[Math.floor(runs.length / 2)];
  if (!run) return;
  const { parts } = spentBy(run.stdout, run.wallMs, median(idle), engine.compose.line);
  console.log(`\nwhere the time of a run goes (the middle one, ${seconds(run.wallMs)})`);
  for (const [what, ms] of parts) row(what, `${seconds(ms)}  ${((100 * ms) / run.wallMs).toFixed(0).padStart(3)}%`);
}

/** The median times of programs that node starts, alternately. */
async function startsOf(programs: Readonly<Record<string, readonly string[]>>): Promise<Record<string, number>> {
  const all = Object.fromEntries(Object.keys(programs).map((name) => [name, [] as number[]]));
  for (let time = 0; time < 21; time++)
    for (const [name, args] of Object.entries(programs)) all[name]?.push((await measure(process.execPath, args)).wallMs);
  console.log('\nstarts, 21 each in turn');
  for (const [name, times] of Object.entries(all)) row(name, `${median(times).toFixed(0)} ms`);
  return Object.fromEntries(Object.entries(all).map(([name, times]) => [name, median(times)]));
}

function bound(what: string, value: number, most: number): boolean {
  const ok = value <= most;
  row(what, `${value.toFixed(2)}, at most ${most}: ${ok ? 'holds' : 'DOES NOT HOLD'}`);
  return ok;
}

function row(what: string, value: string): true {
  console.log(`  ${what.padEnd(56)} ${value}`);
  return true;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

async function portTaken(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(true));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}
