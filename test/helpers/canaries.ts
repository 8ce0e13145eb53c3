import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { locateHomes } from '../../src/platform/state-dirs.ts';
import { runsDir } from '../../src/run/journal.ts';
import { anyUnseen } from '../fixtures/unseen.ts';
import type { Ended } from './bin.ts';
import { gradingEngine } from './grading.ts';

/** Targets that hostile submissions must not reach: a file, a process, a port, an environment, and another project's container, network and volume. */
export interface Canaries {
  /** The environment for the grader, in English. */
  readonly env: NodeJS.ProcessEnv;
  /**
   * Throws if a canary was reached, if files or output contain a canary's secret, or if they contain text that a web page, a spreadsheet or a terminal would
   * execute.
   */
  assertUntouched(out: string, output: Ended): Promise<void>;
  /** Throws if the engine, the state folder or the disks of submissions contain anything that did not exist when the canaries were set. */
  assertNothingLeft(): Promise<void>;
  close(): Promise<void>;
}

const program = promisify(execFile);
/** The submissions use these names: see hostile-spy. */
const secretDir = '/tmp/labwright-canary';
const port = 18653;
const label = 'labwright.test=canary';

/** Creates the canaries on this machine and on the grading engine. */
export async function setCanaries(): Promise<Canaries> {
  const { engine, disk } = await gradingEngine();
  const docker = async (...args: readonly string[]) =>
    (await program('docker', args, { env: { ...process.env, ...engine.compose.env } })).stdout.trim();
  const token = `labwright-canary-${process.pid}-${Date.now()}`;
  rmSync(secretDir, { recursive: true, force: true });
  mkdirSync(secretDir, { mode: 0o700 });
  const secret = join(secretDir, 'secret');
  writeFileSync(secret, `${token}\n`, { mode: 0o600 });
  const before = statSync(secret);

  const connections: string[] = [];
  const server = createServer((socket) => {
    connections.push(socket.remoteAddress ?? '');
    socket.on('error', () => undefined).end('HTTP/1.0 200 OK\r\n\r\ncanary');
  });
  // on every address at which a container could reach this machine, including the gateways of networks that are created later
  await new Promise<void>((resolve) => server.listen(port, '0.0.0.0', resolve));
  assert.is((server.address() as AddressInfo).port, port);
  /** Also what a test that was killed has left. */
  const remove = async () => {
    for (const [kind, force] of [['container', '-f'], ['network'], ['volume']] as const) {
      const ids = (await docker(kind, 'ls', ...(kind === 'container' ? ['-a'] : []), '-q', '--filter', `label=${label}`)).split(
        '\n',
      );
      for (const id of ids.filter(Boolean)) await docker(kind, 'rm', ...(force ? [force] : []), id);
    }
  };
  await remove();
  await docker('network', 'create', '--label', label, 'labwright-canary');
  await docker('volume', 'create', '--label', label, 'canary_data');
  const serve = 'echo theirs >/data/theirs && cd /data && exec python3 -u -m http.server 8080';
  await docker(
    ...['run', '-d', '--init', '--name', 'canary', '--label', label, '--network', 'labwright-canary'],
    ...['-v', 'canary_data:/data', 'python:3.13-slim', 'sh', '-c', serve],
  );
  const ask =
    'import socket, sys, time\nfor _ in range(200):\n  if socket.socket().connect_ex(("127.0.0.1", 8080)) == 0: sys.exit(0)\n  time.sleep(0.1)\nsys.exit(1)';
  await docker('exec', 'canary', 'python3', '-c', ask);
  const sleeper = spawn('sleep', ['86400'], { env: { ...process.env, LABWRIGHT_CANARY: token }, stdio: 'ignore' });

  const gateway = await docker('network', 'inspect', '-f', '{{(index .IPAM.Config 0).Gateway}}', 'labwright-canary');
  const address = await docker('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', 'canary');
  for (const at of [`127.0.0.1:${port}`, `${gateway}:${port}`])
    assert.match(await (await fetch(`http://${at}/`)).text(), /canary/, 'it is there for this machine');
  assert.is(await (await fetch(`http://${address}:8080/theirs`)).text(), 'theirs\n', 'it is there for this machine');
  connections.length = 0;
  const logBefore = await docker('logs', 'canary');

  const inventory = async () => {
    const list = async (...args: readonly string[]) => (await docker(...args)).split('\n').filter(Boolean).sort();
    const [containers, networks, volumes, images] = await Promise.all([
      list('ps', '-aq', '--no-trunc'),
      list('network', 'ls', '-q', '--no-trunc'),
      list('volume', 'ls', '-q'),
      list('images', '-aq', '--no-trunc'),
    ]);
    const [disks, runs] = [disk?.submissions, runsDir(locateHomes())].map((dir) =>
      dir !== undefined && existsSync(dir) ? readdirSync(dir).sort() : [],
    );
    return { containers, networks, volumes, images, disks, runs };
  };
  const inventoryBefore = await inventory();

  return {
    // uvu's command line sets FORCE_COLOR
    env: {
      ...process.env,
      NO_COLOR: '1',
      LANG: 'C',
      LC_ALL: 'C',
      LABWRIGHT_CANARY: token,
      AWS_SECRET_ACCESS_KEY: token,
      AWS_SECRET: token,
    },
    assertUntouched: async (out, output) => {
      assert.equal(connections, [], 'the port was not reached');
      assert.is(await docker('logs', 'canary'), logBefore, 'nor the network of another project');
      assert.is(await docker('exec', 'canary', 'ls', '/data'), 'theirs', 'nor its volume');
      assert.ok(readFileSync(`/proc/${sleeper.pid}/environ`, 'utf8').includes(token), 'the process runs');
      assert.equal(readdirSync(secretDir), ['secret']);
      assert.is(readFileSync(secret, 'utf8'), `${token}\n`);
      const { mode, uid } = statSync(secret);
      assert.equal([mode, uid], [before.mode, before.uid]);
      assertNoCanary(out, output, [token, readFileSync('/etc/shadow', 'utf8').split('\n')[0] ?? token]);
    },
    assertNothingLeft: async () => assert.equal(await inventory(), inventoryBefore),
    close: async () => {
      sleeper.kill();
      server.close();
      rmSync(secretDir, { recursive: true, force: true });
      await remove();
      await engine.api.close();
    },
  };
}

function assertNoCanary(out: string, { stdout, stderr }: Ended, secrets: readonly string[]): void {
  const written = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = written.map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')] as const);
  assert.ok(texts.length > 0);
  for (const [name, content] of [...texts, ['stdout', stdout] as const, ['stderr', stderr] as const]) {
    for (const secret of secrets) assert.not.ok(content.includes(secret), `${name} holds a canary`);
    // the byte order mark for Excel and the line endings of CSV are allowed
    assert.not.match(content.replace(/^\ufeff/, '').replaceAll('\r\n', '\n'), anyUnseen, `${name} has control characters`);
    if (name.endsWith('.html')) assert.not.match(content, /<script>alert|<img|javascript:/i, name);
    if (name.endsWith('.csv')) assert.not.match(content, /(?:^|,)"?[=@]/m, name);
  }
}
