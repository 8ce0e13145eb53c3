// time limit: 800 s
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clock } from '../../src/cli/clock.ts';
import { makeDisk, removeDisk } from '../../src/docker/embedded/disks.ts';
import { down, up } from '../../src/docker/embedded/embedded-engine.ts';
import { type GradingEngine, gradingHomes, openGrading } from '../../src/docker/embedded/grading-engine.ts';
import { layoutOf, remapBase } from '../../src/docker/embedded/layout.ts';
import { parseMounts } from '../../src/docker/embedded/mounts.ts';
import { findDockerd, kill } from '../../src/docker/embedded/processes.ts';
import { root } from '../../src/platform/package-root.ts';
import { clean } from '../../src/run/clean.ts';
import { runDir, runsDir, writeEntry } from '../../src/run/journal.ts';
import { folder } from '../helpers/folder.ts';
import { gradingEngine } from '../helpers/grading.ts';
import { leftovers, loopsBelow, type OwnEngine, ownHomes, unattended } from '../helpers/own-engine.ts';
import { rejection } from '../helpers/rejection.ts';
import { openRelay } from '../helpers/relay.ts';

/** The isolation of the grading engine, tested from inside a container. */
const test = suite<{ grading: GradingEngine }>('grading engine');

test.before(async (it) => {
  it.grading = await gradingEngine();
});
test.after(async ({ grading }) => {
  await grading.engine.api.close();
});

const program = promisify(execFile);
const docker = async ({ engine }: GradingEngine, ...args: readonly string[]) =>
  (await program('docker', args, { env: { ...process.env, ...engine.compose.env } })).stdout.trim();
const inside = (grading: GradingEngine, script: string, ...options: readonly string[]) =>
  docker(grading, 'run', '--rm', ...options, 'nicolaka/netshoot:v0.13', 'sh', '-c', script);

test('root in a container is an unprivileged user on this machine', async ({ grading }) => {
  assert.is(grading.rootId, remapBase);
  assert.match(await inside(grading, 'id -u; cat /proc/self/uid_map'), new RegExp(`^0\\n\\s*0\\s+${remapBase}\\s+65536$`));
  const secret = join(folder(), 'secret');
  writeFileSync(secret, 'canary\n');
  chmodSync(secret, 0o600);
  const output = await inside(grading, 'cat /secret 2>&1 || true', '-v', `${secret}:/secret`);
  assert.match(output, /Permission denied/);
  assert.not.match(readFileSync('/etc/subuid', 'utf8'), new RegExp(String(remapBase)), "the host's own file is as it was");
});

test('a process in a container cannot gain privileges', async ({ grading }) => {
  assert.match(await inside(grading, 'grep NoNewPrivs /proc/self/status'), /NoNewPrivs:\s+1/);
});

test("a container cannot reach the host's services or an external DNS server, and has no IPv6 address", async ({ grading }) => {
  const name = `lw-test-${process.pid}`;
  await docker(grading, 'network', 'create', '--internal', name);
  try {
    const gateway = await docker(grading, 'network', 'inspect', '-f', '{{(index .IPAM.Config 0).Gateway}}', name);
    const server = createServer((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\ncanary')).listen(0, gateway);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    try {
      assert.match(await (await fetch(`http://${gateway}:${port}/`)).text(), /canary/, 'it is there for the host');
      const internal = await inside(grading, `curl -sS -m 2 http://${gateway}:${port}/ 2>&1 || true`, '--network', name);
      assert.match(internal, /timed out/);
      const bridge = await inside(grading, `curl -sS -m 2 http://${gateway}:${port}/ 2>&1 || true`);
      assert.match(bridge, /timed out/, 'nor from the network that is not closed');
    } finally {
      server.close();
    }
    const names = await inside(grading, 'dig +time=2 +tries=1 +short deb.debian.org; cat /proc/net/if_inet6', '--network', name);
    assert.match(names, /^0+1 \S+ \S+ \S+ \S+\s+lo$/, 'no name is known from outside, and there is no IPv6 but the loopback');
  } finally {
    await docker(grading, 'network', 'rm', name);
  }
});

test('containers and builds run below one cgroup with limits', async ({ grading }) => {
  const layout = layoutOf({ cache: '', state: '', ...(grading.bounds ? { bounds: grading.bounds } : {}) });
  assert.ok(layout.bounds && layout.bounds.memoryMb > 0);
  const cgroup = await inside(grading, 'cat /proc/self/cgroup');
  const top = /:(\/labwright-[0-9a-f]{8})\//.exec(cgroup)?.[1] ?? 'none';
  const dir = folder();
  writeFileSync(join(dir, 'Dockerfile'), 'FROM python:3.13-slim\nARG NOW\nRUN cat /proc/self/cgroup\nRUN ls /sys/class/net\n');
  const built = await program(
    'docker',
    ['build', '--network', 'none', '--progress', 'plain', '--build-arg', `NOW=${Date.now()}`, dir],
    {
      env: { ...process.env, ...grading.engine.compose.env },
    },
  );
  assert.match(built.stderr, new RegExp(`:${top}/buildkit/`));
  const devices = /RUN ls \/sys\/class\/net\n[\s\S]*?DONE/.exec(built.stderr)?.[0] ?? '';
  assert.not.match(devices, /eth0/, 'a build has no network');
  const limit = (controller: string, file: string) =>
    readFileSync(`/sys/fs/cgroup${cgroup.includes(`:${controller}:`) ? `/${controller}` : ''}${top}/${file}`, 'utf8').trim();
  const version1 = /:memory:/.test(cgroup);
  // all together count as four threads of other programs: apps start on a busy machine
  assert.is(limit('cpu', version1 ? 'cpu.shares' : 'cpu.weight'), version1 ? '4096' : '400');
  const bytes = (grading.bounds?.memoryMb ?? 0) * 1024 * 1024;
  assert.is(Number(limit('memory', version1 ? 'memory.limit_in_bytes' : 'memory.max')), bytes - (bytes % 4096));
  assert.is(Number(limit('memory', version1 ? 'buildkit/memory.limit_in_bytes' : 'buildkit/memory.max')) <= bytes / 2, true);
  assert.is(Number(limit('pids', 'pids.max')), grading.bounds?.pids);
});

const nobody = [
  '--reuid=65534',
  '--regid=65534',
  '--clear-groups',
  '--inh-caps=+dac_read_search',
  '--ambient-caps=+dac_read_search',
];
/** Runs `lab grade` as a user who is not root, but may read this clone in any folder. */
async function gradeAsNobody(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<string> {
  const home = folder();
  chmodSync(home, 0o777);
  const submissions = folder();
  mkdirSync(join(submissions, 'ann'));
  const words = [join(root, 'dist/src/cli/main.js'), 'grade', submissions, '--out', join(home, 'grades'), ...args];
  const own = {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CACHE_HOME: join(home, 'cache'),
  };
  const ended = await program('setpriv', [...nobody, process.execPath, ...words], { env: { ...own, ...env }, cwd: home }).catch(
    (error: { code: number; stderr: string }) => error,
  );
  assert.is('code' in ended && ended.code, 3, ended.stderr);
  return ended.stderr;
}

test('not root, with a Docker: the hint suggests to grade on it, and mentions the weaker protection', async ({ grading }) => {
  const path = join(folder(), 'relay.sock');
  const relay = await openRelay(grading.engine, { path });
  try {
    chmodSync(path, 0o777);
    const stderr = await gradeAsNobody({ DOCKER_HOST: relay.host });
    assert.is(
      stderr,
      `error E_ENGINE_UNSUPPORTED: the private engine needs root (try sudo)\nhint: add \`--engine docker\` to grade on the Docker at ${relay.host}, which protects this machine less; or run the same command as root (\`sudo\`)\n`,
    );
    const zh = await gradeAsNobody({ DOCKER_HOST: relay.host }, '--lang', 'zh-TW');
    assert.match(
      zh,
      `提示：加上 \`--engine docker\`，用 ${relay.host} 的 Docker 評分，對這台機器的保護較少；或者請以 root 執行同樣的指令`,
    );
  } finally {
    await relay.close();
  }
});

test('not root, without a Docker: the hint suggests root first, then how to install Docker', async () => {
  const env = { DOCKER_HOST: `unix://${join(folder(), 'none.sock')}` };
  const stderr = await gradeAsNobody(env);
  assert.match(
    stderr,
    /\nhint: run the same command as root \(`sudo`\); or install Docker.* and add `--engine docker`, which protects/,
  );
  assert.match(
    await gradeAsNobody(env, '--lang', 'zh-TW'),
    /\n提示：請以 root 執行同樣的指令（`sudo`）；或者請安裝 Docker.*再加上 `--engine docker`/,
  );
});

test('dockerd of the grading engine dies: the hint is about this engine and names an existing log', async () => {
  const own = ownHomes();
  const homes = gradingHomes(own.homes);
  const layout = layoutOf(homes);
  const opening = {
    choice: 'private',
    homes: own.homes,
    env: process.env,
    home: homedir(),
    progress: () => {},
    ...unattended,
  } as const;
  try {
    const { engine } = await openGrading({ ...opening, signal: new AbortController().signal }, []);
    kill(await findDockerd(layout), 'SIGKILL');
    const lost = await rejection(engine.api.get('/version'));
    await engine.api.close();
    assert.is(lost.code, 'E_ENGINE_LOST');
    assert.match(lost.hint.en, 'run the same `lab grade` again: it starts the grading engine and continues');
    assert.match(lost.hint['zh-TW'], '再執行一次同樣的 `lab grade`：它會啟動評分引擎並繼續評分');
    for (const hint of Object.values(lost.hint)) {
      assert.not.match(hint, 'lab engine up');
      assert.ok(existsSync(/\/\S+\.log/.exec(hint)?.[0] ?? ''), hint);
    }
    const again = await openGrading({ ...opening, signal: new AbortController().signal }, []);
    await again.engine.api.get('/version');
    await again.engine.api.close();
  } finally {
    await down(homes);
    await own.remove();
  }
  assert.equal(leftovers(layout), []);
});

test('`lab clean` removes the disk that a killed grader left for a submission', async ({ grading: { engine, disk } }) => {
  const state = folder();
  const homes = { state, cache: join(state, 'cache') };
  const id = `grading${process.pid}`;
  if (!disk) throw new Error('the grading engine has no disk of its own');
  const path = join(disk.submissions, id);
  await makeDisk(path, { mb: 20, files: 100 }, disk.dockerd);
  const entry = { id, startedAt: clock.time(), endpoint: engine.api.endpoint, dir: runDir(homes, id), disk: path };
  await writeEntry(homes, { ...entry, of: 'grade' });
  try {
    assert.equal((await clean(homes, clock, { dryRun: true })).left.files, [`${path}.img`]);
    assert.ok(existsSync(path), 'a look changes nothing');
    const { left, failed } = await clean(homes, clock, { dryRun: false });
    assert.equal([left.files, failed], [[`${path}.img`], []]);
    assert.equal(
      [existsSync(path), existsSync(`${path}.img`), loopsBelow(path), readdirSync(runsDir(homes))],
      [false, false, [], []],
    );
  } finally {
    await removeDisk(path);
  }
});

const bounds = { memoryMb: 512, cpus: 1, pids: 256, diskMb: 600 };
const size = { mb: 20, files: 100 };
const pidOf = async ({ layout }: OwnEngine): Promise<number> => (await findDockerd(layout))[0]?.pid ?? 0;
const mountsOf = (pid: number | 'self', ...words: readonly string[]): string[] =>
  readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
    .split('\n')
    .filter((line) => words.some((word) => line.includes(word)));

/** A separate engine for a test, with limits like the grading engine. */
function ownBounded(): OwnEngine {
  const own = ownHomes();
  const homes = { ...own.homes, bounds };
  return { ...own, homes, layout: layoutOf(homes), remove: () => down(homes).then(own.remove) };
}

test('two grading engines have no mounts of each other or of another engine; after `down` in either order, no mount or loop device is left', async () => {
  const [one, other] = [ownBounded(), ownBounded()];
  const foreign = folder({
    'a b/engine/data/there': '',
    'overlay2/1/merged/there': '',
    'up/there': '',
    'work/there': '',
    'media/there': '',
  });
  const network = `lwtest${process.pid}`;
  const mount = (...args: readonly string[]) => execFileSync('mount', args);
  try {
    await up(one.homes, unattended);
    await makeDisk(join(one.layout.submissions, 'first'), size, await pidOf(one));
    // like the mounts of engines that run in the host's mount namespace
    mount('-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', `${foreign}/a b/engine/data`);
    mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', `${foreign}/up`);
    execFileSync('mkdir', [`${foreign}/up/up`, `${foreign}/up/work`]);
    const layers = `lowerdir=${foreign}/work,upperdir=${foreign}/up/up,workdir=${foreign}/up/work`;
    mount('-t', 'overlay', 'overlay', '-o', layers, `${foreign}/overlay2/1/merged`);
    execFileSync('ip', ['netns', 'add', network]);
    // a disk of this machine, on a shared mount: unmounting it propagates
    mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', `${foreign}/media`);
    mount('--make-shared', `${foreign}/media`);
    execFileSync('mkdir', [`${foreign}/media/stick`]);
    mount('-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', `${foreign}/media/stick`);
    const others = [one.layout.dir, one.layout.run, foreign, network];
    assert.ok(mountsOf('self', ...others).length >= 4, 'they are there');

    await up(other.homes, unattended);
    const pid = await pidOf(other);
    const copies = mountsOf(pid, ...others).filter((line) => !/\/(up|media(\/stick)?) rw/.test(line));
    assert.equal(copies, [], 'copies of what belongs to others');
    assert.is(mountsOf(pid, `${foreign}/media/stick`).length, 1);
    execFileSync('umount', [`${foreign}/media/stick`]);
    assert.is(mountsOf(pid, `${foreign}/media/stick`).length, 0, 'it would still be in use');
    assert.ok(mountsOf(pid, other.layout.data).length > 0, 'its own is there');

    // a later mount propagates into the namespace of the engine, and so does its removal
    const later = join(other.layout.submissions, 'later');
    await makeDisk(later, size, pid);
    await removeDisk(later);
    assert.equal([mountsOf(pid, later), loopsBelow(later)], [[], []]);

    assert.is(await down(one.homes), true);
    assert.equal([leftovers(one.layout), mountsOf(pid, one.layout.dir)], [[], []]);
    await up(one.homes, unattended);
    await makeDisk(join(other.layout.submissions, 'last'), size, pid);
    assert.is(await down(other.homes), true);
    assert.equal([leftovers(other.layout), mountsOf(await pidOf(one), other.layout.dir)], [[], []]);
    assert.is(await down(one.homes), true);
    assert.equal(leftovers(one.layout), []);
  } finally {
    for (const { point } of parseMounts(readFileSync('/proc/self/mountinfo', 'utf8')).reverse())
      if (point.startsWith(foreign) || point === `/run/netns/${network}`) execFileSync('umount', [point]);
    rmSync(`/run/netns/${network}`, { force: true });
    // first the engine that may still use the other's disk
    for (const own of [other, one]) await own.remove();
  }
});

test.run();
