// time limit: 300 s
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type GradingEngine, gradingHomes, openGrading } from '../../src/engine/grading.ts';
import { root } from '../../src/engine/package.ts';
import { remapBase } from '../../src/engine/private/bounds.ts';
import { layoutOf } from '../../src/engine/private/layout.ts';
import { down, up } from '../../src/engine/private/private.ts';
import { findDockerd, kill } from '../../src/engine/private/processes.ts';
import { openDoor } from '../helpers/door.ts';
import { folder } from '../helpers/folder.ts';
import { gradingEngine } from '../helpers/grading.ts';
import { rejection } from '../helpers/rejection.ts';
import { leftovers, ownHomes, unattended } from '../private/own-engine.ts';

/** What holds whoever runs on the engine for submissions: tried from inside. */
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

test('root in a container is nobody on this machine', async ({ grading }) => {
  assert.is(grading.rootId, remapBase);
  assert.match(await inside(grading, 'id -u; cat /proc/self/uid_map'), new RegExp(`^0\\n\\s*0\\s+${remapBase}\\s+65536$`));
  const secret = join(folder(), 'secret');
  writeFileSync(secret, 'canary\n');
  chmodSync(secret, 0o600);
  const said = await inside(grading, 'cat /secret 2>&1 || true', '-v', `${secret}:/secret`);
  assert.match(said, /Permission denied/);
  assert.not.match(readFileSync('/etc/subuid', 'utf8'), new RegExp(String(remapBase)), "the host's own file is as it was");
});

test('it has no new rights, and cannot make any', async ({ grading }) => {
  assert.match(await inside(grading, 'grep NoNewPrivs /proc/self/status'), /NoNewPrivs:\s+1/);
});

test("the host's own services are out of reach, on each of its addresses", async ({ grading }) => {
  const name = `lw-test-${process.pid}`;
  await docker(grading, 'network', 'create', '--internal', name);
  try {
    const gateway = await docker(grading, 'network', 'inspect', '-f', '{{(index .IPAM.Config 0).Gateway}}', name);
    const server = createServer((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\ncanary')).listen(0, gateway);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    try {
      assert.match(await (await fetch(`http://${gateway}:${port}/`)).text(), /canary/, 'it is there for the host');
      const said = await inside(grading, `curl -sS -m 2 http://${gateway}:${port}/ 2>&1 || true`, '--network', name);
      assert.match(said, /timed out/);
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

test('what runs and what is built is below one bounded cgroup', async ({ grading }) => {
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
/** `lab grade` of a user who is not root, but may read this clone wherever it lies. */
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

test('not root, with a Docker: the hint is to grade on that, and what it costs', async ({ grading }) => {
  const path = join(folder(), 'door.sock');
  const door = await openDoor(grading.engine, { path });
  try {
    chmodSync(path, 0o777);
    const said = await gradeAsNobody({ DOCKER_HOST: door.host });
    assert.is(
      said,
      `error E_ENGINE_UNSUPPORTED: the private engine needs root (try sudo)\nhint: add \`--engine docker\` to grade on the Docker at ${door.host}, which protects this machine less; or run the same command as root (\`sudo\`)\n`,
    );
    const zh = await gradeAsNobody({ DOCKER_HOST: door.host }, '--lang', 'zh-TW');
    assert.match(
      zh,
      `提示：加上 \`--engine docker\`，用 ${door.host} 的 Docker 評分，對這台機器的保護較少；或者請以 root 執行同樣的指令`,
    );
  } finally {
    await door.close();
  }
});

test('not root, without a Docker: root first, then how a Docker is installed', async () => {
  const env = { DOCKER_HOST: `unix://${join(folder(), 'none.sock')}` };
  const said = await gradeAsNobody(env);
  assert.match(
    said,
    /\nhint: run the same command as root \(`sudo`\); or install Docker.* and add `--engine docker`, which protects/,
  );
  assert.match(
    await gradeAsNobody(env, '--lang', 'zh-TW'),
    /\n提示：請以 root 執行同樣的指令（`sudo`）；或者請安裝 Docker.*再加上 `--engine docker`/,
  );
});

test('one that is lost in the middle: the hint is about this engine, and its log is there', async () => {
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
    assert.match(lost.hint.en, 'run the same `lab grade` again: it starts the grading engine and goes on');
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
    await own.away();
  }
  assert.equal(leftovers(layout), []);
});

test('it goes, and nothing of it is left on the host', async () => {
  const own = ownHomes();
  const homes = { ...own.homes, bounds: { memoryMb: 512, cpus: 1, pids: 256, diskMb: 600 } };
  const layout = layoutOf(homes);
  try {
    await up(homes, unattended);
    assert.is.not(leftovers(layout).length, 0, 'it was there');
    assert.is(await down(homes), true);
    assert.equal(leftovers(layout), []);
  } finally {
    await down(homes);
    await own.away();
  }
});

test.run();
