// time limit: 600 s
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { down, type PrivateEngine, running, status, up } from '../../src/docker/embedded/embedded-engine.ts';
import { listens } from '../../src/docker/embedded/ping.ts';
import { root } from '../../src/platform/package-root.ts';
import {
  commandLines,
  docker,
  importSleep,
  leftovers,
  type OwnEngine,
  ownHomes,
  run,
  unattended,
} from '../helpers/own-engine.ts';
import { rejection } from '../helpers/rejection.ts';

/** One private engine, from its first start through every kind of end. Each test depends on the previous ones. */
const test = suite<{ own: OwnEngine; engine: PrivateEngine }>('private engine', {} as never);

test.before((it) => {
  it.own = ownHomes();
});
test.after(async ({ own }) => own.remove());

const bin = [join(root, 'dist/src/cli/main.js'), 'engine'];
function lab(own: OwnEngine, ...args: readonly string[]) {
  const done = spawnSync(process.execPath, [...bin, ...args], { cwd: root, env: own.env, encoding: 'utf8' });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

test('while the engine is down: status exits with 1, env and logs report an error, down does nothing', async ({ own }) => {
  const before = lab(own, 'status');
  assert.is(before.code, 1);
  assert.match(before.out, /^not running\n/);
  const env = lab(own, 'env');
  assert.is(env.code, 3);
  assert.is(env.out, '');
  assert.match(env.err, 'error E_ENGINE_UNREACHABLE: the private engine is not running\nhint: `lab engine up` starts it\n');
  assert.match(lab(own, 'logs').err, 'error E_STATE: the private engine has no log yet');
  assert.is(lab(own, 'down').out, 'The private engine was not running.\n');
  assert.is(lab(own, 'frobnicate').code, 2);
  assert.is(await running(own.homes), undefined);
});

test('two concurrent `lab engine up` start one engine', async (it) => {
  const both = [0, 1].map(() => spawn(process.execPath, [...bin, 'up'], { cwd: root, env: it.own.env, stdio: 'ignore' }));
  const codes = await Promise.all(both.map(async (child) => (await once(child, 'exit'))[0]));
  assert.equal(codes, [0, 0]);
  assert.is(daemons(it.own), 1);
  it.engine = await up(it.own.homes, unattended);
});

test('`up` does nothing while the engine is running', async ({ own, engine }) => {
  assert.equal(await up(own.homes, { unattended: true, progress: () => assert.unreachable('nothing to do') }), engine);
});

test('lab engine status, env and logs while the engine is running', ({ own, engine }) => {
  const now = lab(own, 'status', '--json');
  assert.is(now.code, 0);
  const report = JSON.parse(now.out) as { running: boolean; host: string; pid: number };
  assert.is(report.running, true);
  assert.is(report.host, engine.host);
  const env = lab(own, 'env');
  assert.is(env.err, '');
  const script = `${env.out}\ncommand -v docker; docker version -f '{{.Server.Version}}'; docker compose version --short; docker info -f '{{.DockerRootDir}}'`;
  const [path, server, compose, data] = run({ DOCKER_CONTEXT: 'nowhere' }, 'sh', '-ec', script).split('\n');
  assert.match(path ?? '', own.homes.cache);
  assert.match(server ?? '', /^\d+\.\d+/);
  assert.match(compose ?? '', /^2\./);
  assert.is(data, own.layout.data);
  assert.match(lab(own, 'logs').out, 'API listen on');
});

test('networks are /26 subnets of the pool, and ports are published on loopback', ({ engine, own }) => {
  const { pool } = JSON.parse(readFileSync(own.layout.subnetFile, 'utf8')) as { pool: string };
  docker(engine, 'network', 'create', 'small');
  const subnet = docker(engine, 'network', 'inspect', '-f', '{{(index .IPAM.Config 0).Subnet}}', 'small');
  assert.match(subnet, /\/26$/);
  assert.is(subnet.split('.')[1], pool.split('.')[1]);
  importSleep(engine, own.homes.state);
  docker(engine, 'run', '-d', '--name', 'sleeper', '--network', 'small', '-p', '5000', '--init', 'sleep');
  assert.match(docker(engine, 'port', 'sleeper'), /^5000\/tcp -> 127\.0\.0\.1:\d+$/);
});

test('dockerd killed, with its containers left: status reports it, and up recovers', async ({ own, engine }) => {
  const { pid } = await status(own.homes);
  process.kill(pid ?? 0, 'SIGKILL');
  assert.is((await status(own.homes)).running, false);
  assert.equal(await up(own.homes, unattended), engine);
  assert.is(daemons(own), 1);
  assert.match(docker(engine, 'ps', '-a', '--format', '{{.Names}} {{.Status}}'), /^sleeper Exited/);
  docker(engine, 'start', 'sleeper');
});

test('containerd killed: up recovers, and containers start again', async ({ own, engine }) => {
  const [pid] =
    commandLines()
      .find((line) => /^\d+ \S*\/containerd --config/.test(line) && line.includes(own.layout.run))
      ?.split(' ') ?? [];
  process.kill(Number(pid), 'SIGKILL');
  while (await listens(own.layout.containerdSocket)) await turn();
  assert.equal(await up(own.homes, unattended), engine);
  docker(engine, 'start', 'sleeper');
  assert.is(docker(engine, 'ps', '-q').length, 12);
});

test('dockerd killed and not restarted: down removes what it left', async ({ own }) => {
  const { pid } = await status(own.homes);
  process.kill(pid ?? 0, 'SIGKILL');
  await down(own.homes);
  assert.equal(leftovers(own.layout), []);
});

test('a stale PID file with the PID of another process, and a dead socket: up starts the engine and does not kill that process', async ({
  own,
  engine,
}) => {
  mkdirSync(own.layout.run, { recursive: true });
  writeFileSync(own.layout.pidFile, String(process.pid));
  // a socket without a listener
  const path = JSON.stringify(own.layout.socket);
  spawnSync(process.execPath, [
    '-e',
    `require('net').createServer().listen(${path}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  assert.ok(existsSync(own.layout.socket));
  assert.equal(await up(own.homes, unattended), engine);
});

test('a daemon that does not start: its last log lines are reported, and nothing is left', async ({ own }) => {
  await down(own.homes);
  const settings = readFileSync(own.layout.settings, 'utf8');
  writeFileSync(own.layout.settings, '{"no-such-setting": true}');
  const error = await rejection(up(own.homes, unattended));
  assert.is(error.code, 'E_ENGINE_START');
  assert.match(error.text.en, 'no-such-setting');
  assert.match(error.hint['zh-TW'], own.layout.log);
  assert.equal(leftovers(own.layout), []);
  writeFileSync(own.layout.settings, settings);
});

test('interrupted during the start: exit code 130, and nothing is left', async ({ own }) => {
  const child = spawn(process.execPath, [...bin, 'up'], { cwd: root, env: own.env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const stderr = (async () => {
    let text = '';
    for await (const chunk of child.stderr) text += chunk;
    return text;
  })();
  // the log file appears when dockerd is launched, before dockerd can answer
  const folder = watch(own.layout.dir);
  await once(folder, 'change');
  folder.close();
  child.kill('SIGINT');
  assert.equal(await ended, [130, null]);
  assert.match(await stderr, 'error E_INTERRUPTED');
  assert.equal(leftovers(own.layout), []);
});

test('lab engine up prints the host and how to stop the engine; after lab engine down, only the data is left', ({
  own,
  engine,
}) => {
  const start = lab(own, 'up');
  assert.is(start.code, 0);
  assert.match(start.err, /^starting the engine \d+\.\d s\n$/);
  assert.match(start.out, `The private engine is up: a Docker of labwright's own at ${engine.host}`);
  assert.match(start.out, 'Stop it: lab engine down\n');
  docker(engine, 'start', 'sleeper');
  assert.match(lab(own, 'up', '--lang', 'zh-TW').out, /^專用引擎已經在執行/);
  const stop = lab(own, 'down');
  assert.is(stop.code, 0);
  assert.match(stop.err, /^stopping the engine and its containers \d+\.\d s\n$/);
  assert.is(stop.out, 'The private engine is stopped. Its images stay for the next time.\n');
  assert.equal(leftovers(own.layout), []);
  assert.ok(existsSync(own.layout.data));
});

/** The number of dockerd processes with this data root. */
const daemons = ({ layout }: OwnEngine): number =>
  commandLines().filter((line) => /^\d+ \S*\/dockerd /.test(line) && line.includes(`--data-root=${layout.data} `)).length;

test.run();
