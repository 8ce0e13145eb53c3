import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnose } from '../../src/docker/doctor/diagnose.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';
import { runsDir, tryRunLock, writeEntry } from '../../src/run/journal.ts';
import { testEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { lab } from '../helpers/lab.ts';
import { tinyName } from '../helpers/tiny-image.ts';

let engine: Engine;
test.before(async () => {
  engine = await testEngine();
});
test.after(() => engine.api.close());

/** The environment in which the test engine is the machine's Docker. */
const ours = (): NodeJS.ProcessEnv => ({ ...engine.compose.env, DOCKER_HOST: engine.api.endpoint.host });
interface DoctorReport {
  readonly tool: string;
  readonly version: string;
  readonly ok: boolean;
  readonly lines: readonly { id: string; level: string; title: string; detail: string; fix?: string }[];
}

test('on a machine with an engine: every line is shown, and the exit code matches', async () => {
  const { stdout, stderr, exitCode } = await lab(['doctor', '--json'], { env: ours() });
  const report = JSON.parse(stdout) as DoctorReport;
  assert.is(stderr, '');
  assert.is(report.tool, 'labwright');
  const ids = report.lines.map(({ id }) => id).filter((id) => id !== 'disk-labwright');
  const all = ['node', 'engine', 'clock', 'compose', 'disk-engine', 'port', 'networks', 'registry', 'images', 'leftovers'];
  assert.equal(ids, all);
  const line = (id: string) => report.lines.find((one) => one.id === id);
  assert.match(line('engine')?.detail ?? '', `${engine.version}, API ${engine.api.apiVersion}, ${engine.api.endpoint.host}`);
  assert.is(line('compose')?.detail, `\`docker compose\` ${engine.compose.version}`);
  assert.is(line('clock')?.level, 'ok');
  assert.is(report.ok, !report.lines.some(({ level }) => level === 'problem'));
  assert.is(exitCode, report.ok ? 0 : 1);
});

test('the text output is in the chosen language', async () => {
  const { stdout } = await lab(['doctor', '--lang', 'zh-TW'], { env: ours() });
  assert.match(stdout, /^✓ Node {9}v\d+/);
  assert.match(stdout, /^✓ 引擎 {9}\S/m);
  assert.match(stdout, /(可以開始|問題：\d+)[^\n]*\n$/);
});

test('without an engine, doctor reports a problem and its fix, and does not crash', async () => {
  const { stdout, stderr, exitCode } = await lab(['doctor'], { env: { DOCKER_HOST: 'unix:///none.sock' } });
  assert.is(stderr, '');
  assert.is(exitCode, 1);
  assert.match(stdout, /^✗ engine +no Docker engine answers at unix:\/\/\/none\.sock \(ENOENT\)$/m);
  assert.match(stdout, /^ +→ DOCKER_HOST names it: correct it, or `unset DOCKER_HOST`$/m);
  assert.match(stdout, /^problems: \d+, warnings: \d+\n$/m);
});

const noRuns = { underWay: [], ended: [] };
const look = async (
  more: { images?: string[]; port?: { number: number; variable: string }; runs?: { underWay: string[]; ended: string[] } } = {},
) =>
  diagnose({
    choice: 'auto',
    homes: locateHomes(),
    env: ours(),
    home: folder(),
    images: [],
    port: { number: 0, variable: 'PORT' },
    runs: noRuns,
    signal: new AbortController().signal,
    ...more,
  });

test('a port in use and a missing image are reported', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const absent = tinyName();
  const facts = await look({ port: { number: port, variable: 'PORT' }, images: [absent] });
  server.close();
  assert.equal(facts.port, { number: port, variable: 'PORT', free: false });
  assert.equal(facts.images, { needed: [absent], absent: [absent], buildable: false });
});

test('a network of a run is a leftover after the run has ended, and free networks are counted', async () => {
  const before = await look();
  const name = tinyName().replace(':1', '');
  await engine.api.post('/networks/create', {}, { Name: name, Labels: { 'labwright.run': name } });
  try {
    const nothing = { containers: 0, networks: 0, volumes: 0, images: 0 };
    const left = async (runs: { underWay: string[]; ended: string[] }) => {
      // other tests may create and remove resources of their runs at the same time
      const { leftovers } = await look({ runs });
      if (!leftovers || 'message' in leftovers) throw new Error('no count of leftovers');
      const { unknown, ...known } = leftovers;
      return { known, unknown };
    };
    assert.equal((await left({ underWay: [], ended: [name] })).known, { ...nothing, runs: 1, networks: 1, underWay: 0 });
    assert.equal((await left({ underWay: [name], ended: [] })).known, { ...nothing, runs: 0, underWay: 1 });
    assert.ok((await left(noRuns)).unknown >= 1);
    const after = await look();
    assert.ok((after.networksLeft ?? 0) > 0 && (before.networksLeft ?? 0) > 0);
  } finally {
    await engine.api.delete(`/networks/${name}`);
  }
});

test('a run in progress is reported, but not as a leftover; after its process has ended, it is', async () => {
  const stateHome = folder();
  const homes = { ...locateHomes(), state: join(stateHome, 'labwright') };
  const name = `test${process.pid}`;
  await writeEntry(homes, { id: name, startedAt: '', endpoint: engine.api.endpoint, dir: join(runsDir(homes), name) });
  await engine.api.post('/volumes/create', {}, { Name: name, Labels: { 'labwright.run': name } });
  const line = async () => {
    const { stdout } = await lab(['doctor', '--json'], { env: { ...ours(), XDG_STATE_HOME: stateHome } });
    return (JSON.parse(stdout) as DoctorReport).lines.find(({ id }) => id === 'leftovers');
  };
  try {
    const held = await tryRunLock(homes, name);
    const during = await line();
    assert.match(during?.detail ?? '', /(^|; )1 run still running$/);
    assert.not.match(`${during?.detail}${during?.fix}`, /interrupted or kept|what those runs left/);
    await held?.release();
    const after = await line();
    assert.match(after?.detail ?? '', /^1 volume of 1 run interrupted or kept(; |$)/);
    assert.is(after?.level, 'warning');
    assert.match(after?.fix ?? '', /^`lab clean` removes what those runs left/);
  } finally {
    await engine.api.delete(`/volumes/${name}`);
  }
});

test('an engine that starts on demand is not a problem, and is not started', async () => {
  const homes = { cache: folder(), state: join(folder(), 'state') };
  const signal = new AbortController().signal;
  const facts = await diagnose({
    choice: 'private',
    homes,
    env: {},
    home: '/',
    images: ['redis:8.0'],
    port: { number: 0, variable: 'PORT' },
    runs: noRuns,
    signal,
  });
  assert.equal(facts.engine, { state: 'on demand' });
  assert.equal(facts.images, { needed: ['redis:8.0'], absent: ['redis:8.0'], buildable: true });
  assert.is(facts.compose, undefined);
});

test.run();
