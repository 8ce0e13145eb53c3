// time limit: 2700 s
// alone
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../labs/compose-scale/index.ts';
import { locateHomes } from '../../src/engine/homes.ts';
import { assets, root } from '../../src/engine/package.ts';
import type { Grade, Gradebook, Remark } from '../../src/grade/grade.ts';
import { standardRubric } from '../../src/grade/rubric.ts';
import { runsDir } from '../../src/run/journal.ts';
import { differences } from '../fixtures/class-expected.ts';
import { type ExpectedHostile, expectedHostile } from '../fixtures/class-hostile.ts';
import { type ExpectedSlow, expectedSlow } from '../fixtures/class-hostile-slow.ts';
import { hostileArchives } from '../fixtures/hostile-archives.ts';
import { runBin } from '../helpers/bin.ts';
import { folder } from '../helpers/folder.ts';
import { gradingEngine } from '../helpers/grading.ts';

/** Hostile submissions are graded on a machine full of canaries, beside right ones: nothing is reached, nobody else loses a point, nothing is left. */
interface Machine {
  readonly docker: (...args: readonly string[]) => Promise<string>;
  readonly token: string;
  readonly heard: string[];
  /** What the network canary was asked, and the pid of the process canary. */
  readonly pid: number;
  close(): Promise<void>;
}
const test = suite<{ machine: Machine }>('hostile submissions');

const program = promisify(execFile);
const classDir = join(root, 'test/fixtures/class');
const slowDir = join(root, 'test/fixtures/class-slow');
/** Names that the submissions know: see hostile-spy. */
const secretDir = '/tmp/labwright-canary';
const port = 18653;

test.before(async (it) => {
  const { engine } = await gradingEngine();
  const env = { ...process.env, ...engine.compose.env };
  const docker = async (...args: readonly string[]) => (await program('docker', args, { env })).stdout.trim();
  const token = `labwright-canary-${process.pid}-${Date.now()}`;
  rmSync(secretDir, { recursive: true, force: true });
  mkdirSync(secretDir, { mode: 0o700 });
  writeFileSync(join(secretDir, 'secret'), `${token}\n`, { mode: 0o600 });
  const heard: string[] = [];
  const server: Server = createServer((socket) => {
    heard.push(socket.remoteAddress ?? '');
    socket.on('error', () => undefined).end('HTTP/1.0 200 OK\r\n\r\ncanary');
  });
  // on every address that a container could know this machine by, the gateways of networks that are yet to come among them
  await new Promise<void>((resolve) => server.listen(port, '0.0.0.0', resolve));
  assert.is((server.address() as AddressInfo).port, port);
  await docker('network', 'create', 'labwright-canary');
  await docker('volume', 'create', 'canary_data');
  const serve = 'echo theirs >/data/theirs && cd /data && exec python3 -u -m http.server 8080';
  await docker(
    ...['run', '-d', '--init', '--name', 'canary', '--network', 'labwright-canary'],
    ...['-v', 'canary_data:/data', 'python:3.13-slim', 'sh', '-c', serve],
  );
  const ask =
    'import socket, sys, time\nfor _ in range(200):\n  if socket.socket().connect_ex(("127.0.0.1", 8080)) == 0: sys.exit(0)\n  time.sleep(0.1)\nsys.exit(1)';
  await docker('exec', 'canary', 'python3', '-c', ask);
  const sleeper = spawn('sleep', ['86400'], { env: { ...process.env, LABWRIGHT_CANARY: token }, stdio: 'ignore' });
  it.machine = {
    docker,
    token,
    heard,
    pid: sleeper.pid ?? 0,
    close: async () => {
      sleeper.kill();
      server.close();
      rmSync(secretDir, { recursive: true, force: true });
      await docker('rm', '-f', 'canary');
      await docker('volume', 'rm', 'canary_data');
      await docker('network', 'rm', 'labwright-canary');
      await engine.api.close();
    },
  };
});
test.after(({ machine }) => machine.close());

/** What is on the engine and in the places of this machine where a run puts things. */
async function standing({ docker }: Machine): Promise<Record<string, string[]>> {
  const list = async (...args: readonly string[]) => (await docker(...args)).split('\n').filter(Boolean).sort();
  const [containers, networks, volumes, images] = await Promise.all([
    list('ps', '-aq', '--no-trunc'),
    list('network', 'ls', '-q', '--no-trunc'),
    list('volume', 'ls', '-q'),
    list('images', '-aq', '--no-trunc'),
  ]);
  const runs = readdirSync(runsDir(locateHomes())).sort();
  return { containers, networks, volumes, images, runs };
}

/** Grades these, and two right ones beside them; holds what is said of every canary. */
async function gradeAll(
  machine: Machine,
  paths: readonly string[],
  expected: readonly (ExpectedHostile | ExpectedSlow)[],
  rubric: string,
): Promise<void> {
  const { docker, token, heard, pid } = machine;
  const out = join(folder(), 'out');
  const right = ['right-one', 'right-two'].map((name) => copyOfReference(name));
  const [head, ...rest] = paths;
  const half = Math.ceil(rest.length / 2);
  const all = [head ?? '', right[0] ?? '', ...rest.slice(0, half), right[1] ?? '', ...rest.slice(half)];
  const gateway = await docker('network', 'inspect', '-f', '{{(index .IPAM.Config 0).Gateway}}', 'labwright-canary');
  const canary = await docker('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', 'canary');
  for (const address of [`127.0.0.1:${port}`, `${gateway}:${port}`])
    assert.match(await (await fetch(`http://${address}/`)).text(), /canary/);
  assert.is(await (await fetch(`http://${canary}:8080/theirs`)).text(), 'theirs\n', 'it is there for this machine');
  heard.length = 0;
  const asked = await docker('logs', 'canary');
  const before = await standing(machine);
  const secretBefore = statSync(join(secretDir, 'secret'));

  const env = {
    ...process.env,
    LANG: 'C',
    LC_ALL: 'C',
    LABWRIGHT_CANARY: token,
    AWS_SECRET_ACCESS_KEY: token,
    AWS_SECRET: token,
  };
  const said = await runBin(['grade', ...all, '--out', out, '--rubric', rubric, '--jobs', '3'], env);

  const book =
    said.exitCode === 0 || said.exitCode === 3
      ? (JSON.parse(readFileSync(join(out, 'grades.json'), 'utf8')) as Gradebook)
      : undefined;
  if (!book) return assert.unreachable(`it ended with ${said.exitCode}:\n${said.stdout}${said.stderr}`);
  const wrong = [...expected, ...right.map(asRight)].flatMap((one) => {
    const grade = book.entries.find(({ student }) => student.id === one.name)?.grade;
    if (!grade) return [`${one.name}: not graded`];
    const found = 'status' in one ? notAsExpected(grade, one) : outOfRange(grade, one);
    return found.map((difference) => `${one.name}: ${difference}`);
  });
  assert.is(wrong.join('\n'), '');
  assert.is(book.entries.length, expected.length + right.length);

  assert.equal(heard, [], 'the port was not reached');
  assert.is(await docker('logs', 'canary'), asked, 'nor the network of another project');
  assert.is(await docker('exec', 'canary', 'ls', '/data'), 'theirs', 'nor its volume');
  assert.ok(readFileSync(`/proc/${pid}/environ`, 'utf8').includes(token), 'the process runs');
  assert.equal(readdirSync(secretDir), ['secret']);
  assert.is(readFileSync(join(secretDir, 'secret'), 'utf8'), `${token}\n`);
  assert.is(statSync(join(secretDir, 'secret')).mode, secretBefore.mode);
  assert.is(statSync(join(secretDir, 'secret')).uid, secretBefore.uid);
  const shadow = readFileSync('/etc/shadow', 'utf8').split('\n')[0] ?? token;
  const written = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = written.map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')] as const);
  for (const [name, content] of [...texts, ['stdout', said.stdout] as const, ['stderr', said.stderr] as const]) {
    for (const secret of [token, shadow]) assert.not.ok(content.includes(secret), `${name} holds a canary`);
    assert.not.match(content, /[^\P{Cc}\t\r\n]|\u202e/u, `${name} has control characters`);
    if (name.endsWith('.html')) assert.not.match(content, /<script>alert|<img|javascript:/i, name);
    if (name.endsWith('.csv')) assert.not.match(content, /(?:^|,)"?[=@]/m, name);
  }
  assert.equal(await standing(machine), before, 'nothing is left');
}

const asRight = (path: string): ExpectedHostile => ({ name: basename(path), status: 'graded' });

function notAsExpected(grade: Grade, one: ExpectedHostile): string[] {
  const at = grade.refusals.map(placed);
  const misplaced = one.at?.some((place, index) => !at[index]?.startsWith(place));
  return [...differences(grade, one), ...(misplaced ? [`at: expected ${one.at}, is ${at}`] : [])];
}

function outOfRange(grade: Grade, { lost: [least, most], says }: ExpectedSlow): string[] {
  const lost = grade.max - (grade.points ?? Number.NaN);
  const told = grade.checks.filter(({ points, max }) => points < max).map((one) => `${one.actual?.en} ${one.because?.en}`);
  const found = lost >= least && lost <= most ? [] : [`${grade.status}, lost ${lost}: ${grade.review?.en ?? told.join('; ')}`];
  return says && !told.some((one) => says.test(one)) ? [...found, `nothing says ${says}: ${told.join('; ')}`] : found;
}

const placed = ({ code, place }: Remark): string =>
  `${code} ${place?.file ?? ''}${place?.line === undefined ? '' : `:${place.line}:${place.column}`}`.trim();

/** One more right submission, not the same as others. */
function copyOfReference(name: string): string {
  const dir = join(mkdtempSync(join(folder(), 'class-')), name);
  cpSync(join(assets, composeScale.id, 'nginx'), dir, { recursive: true });
  writeFileSync(join(dir, 'README.md'), `# ${name}\n`);
  return dir;
}

const hostileIn = (dir: string): string[] =>
  readdirSync(dir)
    .filter((name) => name.startsWith('hostile-'))
    .map((name) => join(dir, name));

test('each archive is what its recipe says', async () => {
  const there = hostileIn(classDir).map((path) => path.slice(classDir.length + 1));
  assert.equal(
    there.filter((name) => /\.(?:zip|tar|gz)$/.test(name)),
    Object.keys(hostileArchives).sort(),
  );
  // how far zeros are packed is the packer's own affair
  for (const [name, make] of Object.entries(hostileArchives))
    if (name.endsWith('.tar')) assert.ok(readFileSync(join(classDir, name)).equals(await make()), name);
});

test('what is refused, and what is soon contained', async ({ machine }) => {
  const startedMs = performance.now();
  await gradeAll(machine, hostileIn(classDir), expectedHostile, standardRubric(composeScale));
  assert.ok(performance.now() - startedMs < 420_000, 'a class is not held up');
});

test('names that a page, a sheet or a terminal would run are told harmlessly', async ({ machine }) => {
  const dir = folder();
  for (const name of ['=1+1', '<script>alert(1)<', '@SUM(1)', '-2+3', "a'b&c"])
    cpSync(join(classDir, 'hostile-host-root'), join(dir, name), { recursive: true });
  const paths = readdirSync(dir).map((name) => join(dir, name));
  const expected = readdirSync(dir).map((name): ExpectedHostile => ({ name, status: 'refused', refusal: 'path-absolute' }));
  await gradeAll(machine, paths, expected, standardRubric(composeScale));
});

test('what runs into a limit', async ({ machine }) => {
  const short = { buildSeconds: 20, stepSeconds: 40, totalSeconds: 90, diskMb: 100 };
  const text = Object.entries(short).reduce(
    (yaml, [name, value]) => yaml.replace(new RegExp(`^  ${name}: \\d+$`, 'm'), `  ${name}: ${value}`),
    readFileSync(standardRubric(composeScale), 'utf8'),
  );
  for (const [name, value] of Object.entries(short)) assert.match(text, new RegExp(`^  ${name}: ${value}$`, 'm'));
  const startedMs = performance.now();
  await gradeAll(machine, hostileIn(slowDir), expectedSlow, join(folder({ 'rubric.yaml': text }), 'rubric.yaml'));
  assert.ok(performance.now() - startedMs < 1_800_000, 'a class is not held up');
});

test.run();
