import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { filters, jsonLines } from '../../src/docker/api/engine-api.ts';
import { type Started, startBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { type Learner, learner } from '../helpers/learner.ts';
import { openRelay } from '../helpers/relay.ts';
import { median } from './processes.ts';

/**
 * Measures live mode on a real stack, with a real `lab learn --follow`: `npm run bench:learn -- --changes 50 --idle 20`. The latency of a change is the time
 * from the engine's own event (or from the change of the file) until the line with the check's new mark arrives here; in the first figure, less the time of
 * the probes that ran meanwhile (`probesMs` of the line). Then the processor time and the requests to the engine of a session in which nothing changes.
 * Exits with 1 if a bound does not hold.
 */
const bounds = { medianMs: 50, p95Ms: 150, idlePercent: 1, idleRequests: 0 };

const { values } = parseArgs({
  options: {
    changes: { type: 'string', default: '50' },
    idle: { type: 'string', default: '20' },
    verbose: { type: 'boolean', default: false },
  },
});
const [changes, idleSeconds] = [Number(values.changes), Number(values.idle)];
if (!Number.isInteger(changes) || changes < 1) throw new Error(`--changes is a whole number from 1, not '${values.changes}'`);
if (!(idleSeconds > 0)) throw new Error(`--idle is a number of seconds, not '${values.idle}'`);

interface Line {
  readonly kind: string;
  readonly step?: string;
  readonly check?: string;
  readonly mark?: string;
  readonly latencyMs?: number;
  readonly probesMs?: number;
  /** When it arrived here: milliseconds since 1970. */
  readonly atMs: number;
}
interface Event {
  readonly Action: string;
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
  readonly timeNano: number;
}
/** A change, and the check that it turns: to passed, or from it. */
interface Change {
  readonly name: string;
  /** A command; or what changes a file. */
  readonly act: string | (() => void);
  /** The service and action of the event after which the claim is true, or false; omitted: the change of the file itself. */
  readonly event?: readonly [service: string, action: string];
  readonly check: string;
  readonly passes: boolean;
  /** Another check that passes again later, and has to before the next change. */
  readonly after?: string;
}

/** A list that grows, of which the next item can be awaited. */
class Feed<T> {
  readonly #items: T[] = [];
  readonly #waiting = new Set<() => void>();
  get length(): number {
    return this.#items.length;
  }
  push(item: T): void {
    this.#items.push(item);
    for (const wake of [...this.#waiting]) wake();
  }
  /** The first item that matches, from this position on. Rejects after 30 s. */
  async find(from: number, matches: (item: T) => boolean, what: string): Promise<T> {
    const limit = new AbortController();
    const late = setTimeout(30_000, undefined, { signal: limit.signal }).then(() => {
      throw new Error(`not seen within 30 s: ${what}`);
    });
    late.catch(() => undefined);
    const found = new Promise<T>((resolve) => {
      const look = () => {
        const item = this.#items.slice(from).find(matches);
        if (item === undefined) return;
        this.#waiting.delete(look);
        resolve(item);
      };
      this.#waiting.add(look);
      look();
    });
    try {
      return await Promise.race([found, late]);
    } finally {
      limit.abort();
    }
  }
}

const engine = await readyEngine();
const me = await learner(engine, 'nginx');
const requests: string[] = [];
const relay = await openRelay(engine, { breaks: (request) => requests.push(request) === 0 });
const lines = new Feed<Line>();
const events = new Feed<Event>();
let session: Started | undefined;
try {
  await me.type('docker compose build && docker compose up -d --scale redis-server=2');
  session = startBin(['learn', 'nginx', '--follow', '--reporter', 'ndjson'], { ...me.env, DOCKER_HOST: relay.host }, me.dir);
  process.exitCode = (await bench(session)) ? 0 : 1;
} finally {
  session?.child.kill('SIGKILL');
  await relay.close();
  await me.remove();
  await engine.api.close();
}

async function bench(started: Started): Promise<boolean> {
  readLines(started);
  await readEvents();
  await lines.find(0, ({ kind, step }) => kind === 'step-began' && step === 'nginx/up', 'the step nginx/up');
  const all = kinds(me);
  const seen = new Map<string, { whole: number[]; own: number[] }>();
  for (let at = 0; at < changes; at++) {
    const change = all[at % all.length] as Change;
    const { wholeMs, ownMs } = await make(change);
    const of = seen.get(change.name) ?? { whole: [], own: [] };
    of.whole.push(wholeMs);
    of.own.push(ownMs);
    seen.set(change.name, of);
  }
  console.log(
    `${engine.kind} engine ${engine.version}, ${changes} changes. Milliseconds from event to verdict: median, 95th percentile`,
  );
  for (const [name, { whole, own }] of seen) row(name, `without probes ${figures(own)}   with probes ${figures(whole)}`);
  const own = [...seen.values()].flatMap((one) => one.own);
  row('all', `without probes ${figures(own)}   with probes ${figures([...seen.values()].flatMap((one) => one.whole))}`);
  const idle = await idleOf(started);
  row(`idle for ${idleSeconds} s`, `${idle.percent.toFixed(2)} % of one core, ${idle.requests.length} requests to the engine`);
  for (const request of idle.requests) console.log(`  ${request}`);
  return [
    bound('median without probes', median(own), bounds.medianMs),
    bound('95th percentile without probes', p95(own), bounds.p95Ms),
    bound('idle percent', idle.percent, bounds.idlePercent),
    bound('idle requests', idle.requests.length, bounds.idleRequests),
  ].every(Boolean);
}

/** A second replica of Redis keeps the step from passing: its checks are looked at until the end. */
function kinds({ dir }: Learner): Change[] {
  const conf = join(dir, 'nginx/nginx.conf');
  const original = readFileSync(conf);
  const replace = (content: Buffer | string) => () => {
    writeFileSync(`${conf}~`, content);
    renameSync(`${conf}~`, conf);
  };
  const flask = (name: string, command: string, action: string, passes: boolean): Change => ({
    ...{ name, passes, act: `docker compose ${command}`, event: ['flask', action], check: 'flask-has-1-replica' },
  });
  const nginx = { check: 'nginx-has-1-replica' };
  const same = 'conf-is-the-same-file';
  return [
    flask('stop', 'stop -t 0 flask', 'die', false),
    flask('start', 'start flask', 'start', true),
    flask('pause', 'pause flask', 'pause', false),
    flask('unpause', 'unpause flask', 'unpause', true),
    flask('scale out', 'up -d --scale flask=2 --scale redis-server=2', 'start', false),
    flask('scale in', 'up -d --scale flask=1 --scale redis-server=2', 'destroy', true),
    { ...nginx, name: 'kill', act: 'docker compose kill nginx', event: ['nginx', 'die'], passes: false },
    { ...nginx, name: 'restart', act: 'docker compose start nginx', event: ['nginx', 'start'], passes: true, after: same },
    { name: 'edit nginx.conf', act: replace(`# edited\n${original}`), check: same, passes: false },
    { name: 'undo the edit', act: replace(original), check: same, passes: true },
  ];
}

async function make({ name, act, event, check, passes, after }: Change): Promise<{ wholeMs: number; ownMs: number }> {
  const [fromLine, fromEvent] = [lines.length, events.length];
  const turned = (id: string, to: boolean) =>
    lines.find(fromLine, (line) => line.check === id && (line.mark === 'passed') === to, `${name}: ${id}`);
  const [verdict, later] = [turned(check, passes), after === undefined ? undefined : turned(after, true)];
  for (const one of [verdict, later]) one?.catch(() => undefined); // awaited below
  const ofProject = ({ Action, Actor: { Attributes } }: Event) =>
    Attributes['com.docker.compose.service'] === event?.[0] && Action === event?.[1];
  let causedMs = now();
  if (typeof act === 'string') {
    await me.type(act);
    causedMs = (await events.find(fromEvent, ofProject, `${name}: the event`)).timeNano / 1e6;
  } else act();
  const { atMs, probesMs, latencyMs } = await verdict;
  if (probesMs === undefined || latencyMs === undefined) throw new Error(`${name}: the line of ${check} has no times`);
  await later;
  if (values.verbose) row(name, `${(atMs - causedMs).toFixed(0)} ms, ${probesMs} in probes; by its own account ${latencyMs}`);
  return { wholeMs: atMs - causedMs, ownMs: atMs - causedMs - probesMs };
}

function readLines({ child }: Started): void {
  let rest = '';
  child.stderr?.pipe(process.stderr);
  child.stdout?.on('data', (text: string) => {
    const atMs = now();
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push({ ...(JSON.parse(part) as Line), atMs });
  });
}

async function readEvents(): Promise<void> {
  const label = [`com.docker.compose.project=${me.name}`];
  const stream = await engine.api.stream('GET', '/events', { filters: filters({ type: ['container'], label }) });
  const read = async () => {
    for await (const event of jsonLines<Event>(stream as unknown as AsyncIterable<Uint8Array>)) events.push(event);
  };
  // the stream ends with the bench
  read().catch(() => undefined);
}

/** Waits until the last look has ended, then measures a session in which nothing happens. */
async function idleOf({ child }: Started): Promise<{ percent: number; requests: readonly string[] }> {
  // claims have 3 s to become true after the last change, and 20 s while containers use the processor
  for (let before = -1; before !== requests.length; await setTimeout(4000)) before = requests.length;
  const from = requests.length;
  const beforeMs = cpuMs(child.pid);
  await setTimeout(idleSeconds * 1000);
  return { percent: (cpuMs(child.pid) - beforeMs) / (idleSeconds * 10), requests: requests.slice(from) };
}

/** The processor time of a process, in milliseconds. The kernel counts in hundredths of a second. */
function cpuMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
function p95(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.ceil(all.length * 0.95) - 1] ?? Number.NaN;
}
function figures(all: readonly number[]): string {
  return `${median(all).toFixed(0).padStart(4)} ${p95(all).toFixed(0).padStart(5)}`;
}
function row(name: string, value: string): void {
  console.log(`  ${name.padEnd(32)} ${value}`);
}
function bound(name: string, value: number, most: number): boolean {
  const holds = value <= most;
  row(name, `${value.toFixed(2)}, wanted at most ${most}${holds ? '' : ': MISSED'}`);
  return holds;
}
