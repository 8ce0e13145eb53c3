// time limit: 600 s
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assets } from '../../../src/platform/package-root.ts';
import { type Ended, startBin, terminate } from '../../helpers/bin.ts';
import { folder } from '../../helpers/folder.ts';

/** The program does not block if another program replaces a file by something else, and SIGTERM ends it wherever it waits. */

const servers: Server[] = [];
test.after(() => {
  for (const server of servers) server.close();
});

const environment = (state: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: state,
  XDG_STATE_HOME: state,
  LANG: 'C',
  ...more,
});
const fifo = (path: string): string => {
  rmSync(path, { force: true });
  execFileSync('mkfifo', [path]);
  return path;
};
const runsIn = (state: string): string => {
  const runs = join(state, 'labwright', 'runs');
  mkdirSync(runs, { recursive: true });
  return runs;
};
const outcome = ({ exitCode, signal, stderr }: Ended) => [exitCode, signal, stderr.split('\n')[0]];
/** Runs the program, and kills it after 60 s if it blocks. */
const run = async (args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Promise<Ended> => {
  const started = startBin(args, env, cwd);
  const guard = setTimeout(() => started.child.kill('SIGKILL'), 60_000);
  return started.ended.finally(() => clearTimeout(guard));
};

test('lab clean: a named pipe and a folder among the entries of runs are reported', async () => {
  const state = folder();
  const runs = runsIn(state);
  const pipe = fifo(join(runs, 'pipe.json'));
  mkdirSync(join(runs, 'folder.json'));
  const ended = await run(['clean'], environment(state));
  assert.is(ended.exitCode, 3);
  assert.match(ended.stderr, `error E_STATE: ${pipe} is a named pipe, not a regular file`);
  assert.match(ended.stderr, `error E_STATE: ${join(runs, 'folder.json')} is a folder, not a regular file`);
  assert.match(ended.stderr, 'then remove the file');
});

test("a named pipe as Docker's configuration or as a certificate is reported", async () => {
  const state = folder();
  const config = join(state, '.docker');
  mkdirSync(config);
  const path = fifo(join(config, 'config.json'));
  assert.equal(outcome(await run(['verify'], environment(state), state)), [
    3,
    null,
    `error E_ENGINE_UNREACHABLE: ${path} is a named pipe, not a regular file`,
  ]);
  const server = createServer().listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const ca = fifo(join(config, 'ca.pem'));
  const tls = { DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: config };
  const ended = await run(['verify', '--engine', 'docker'], environment(state, tls), state);
  assert.equal(outcome(ended), [3, null, `error E_ENGINE_UNREACHABLE: ${ca} is a named pipe, not a regular file`]);
});

test('lab clean reports what is left before the record of a page that is no file ends it', async () => {
  const state = folder();
  const pages = join(state, 'labwright', 'web');
  mkdirSync(pages, { recursive: true });
  fifo(join(pages, 'page.json'));
  const ended = await run(['clean'], environment(state));
  assert.is(ended.stdout, 'nothing is left behind\n');
  assert.match(ended.stderr, /^error E_STATE: .*page\.json/);
  assert.is(ended.exitCode, 3, ended.stderr);
});

test('lab engine logs: a named pipe as the log is reported', async () => {
  const state = folder();
  mkdirSync(join(state, 'labwright', 'engine'), { recursive: true });
  const log = fifo(join(state, 'labwright', 'engine', 'dockerd.log'));
  const ended = await run(['engine', 'logs'], environment(state));
  assert.equal(outcome(ended), [3, null, `error E_STATE: ${log} is a named pipe, not a regular file`]);
});

test('lab grade: a named pipe among the files of the output folder is reported', async () => {
  const state = folder({ 'class/ann/compose.yaml': 'services: {}\n' });
  const out = join(state, 'grades');
  mkdirSync(out);
  for (const [name, exitCode, code] of [
    ['overrides.csv', 2, 'E_SUBMISSION'],
    ['journal.ndjson', 3, 'E_STATE'],
  ] as const) {
    const path = fifo(join(out, name));
    const ended = await run(['grade', 'class', '--out', out], environment(state), state);
    assert.equal(outcome(ended), [exitCode, null, `error ${code}: ${path} is a named pipe, not a regular file`]);
    rmSync(path);
  }
});

test('lab grade --roster: a named pipe is read, and SIGTERM ends the wait for it', async () => {
  const state = folder({ 'class/ann/compose.yaml': 'services: {}\n' });
  const roster = fifo(join(state, 'roster'));
  const args = ['grade', 'class', '--roster', roster];
  const started = startBin(args, environment(state), state);
  const writer = await open(roster, 'w'); // resolves when the program has opened the pipe
  const { exitCode, signal, stderr } = await terminate(started);
  assert.equal([exitCode, signal], [130, null]);
  assert.match(stderr, 'error E_INTERRUPTED');
  await writer.close();

  const reading = run(args, environment(state), state);
  const again = await open(roster, 'w');
  await again.write('shoe size\n44\n');
  await again.close();
  assert.equal(outcome(await reading), [
    2,
    null,
    `error E_SUBMISSION: ${roster}:1: no column identifies the students: shoe size`,
  ]);
});

/** An engine that reports its version and never answers other requests, like one with a hanging disk. */
async function hungEngine(state: string): Promise<{ host: string; asked: Promise<unknown> }> {
  const path = join(state, 'hung.sock');
  const server = createHttpServer((request, response) => {
    if (request.url?.endsWith('/_ping')) response.writeHead(200, { 'Api-Version': '1.45' }).end('OK');
    else if (request.url?.endsWith('/version')) response.end('{"Version":"26.1.5","Os":"linux"}');
    else server.emit('asked');
  }).listen(path);
  servers.push(server);
  await once(server, 'listening');
  return { host: `unix://${path}`, asked: once(server, 'asked') };
}

for (const args of [['verify'], ['verify', 'scale'], ['doctor'], ['images', 'list']]) {
  test(`lab ${args.join(' ')}: SIGTERM ends the wait for an engine that hangs`, async () => {
    // Compose is available, so that the program waits only for the engine
    const compose = readFileSync(join(assets, 'compose-scale/base/compose.yaml'), 'utf8');
    const state = folder({ 'compose.yaml': compose, 'bin/docker-compose': '#!/bin/sh\necho 2.40.3\n' });
    const { host, asked } = await hungEngine(state);
    const PATH = `${join(state, 'bin')}:/bin`;
    const started = startBin(args, environment(state, { PATH, DOCKER_HOST: host }), state);
    await asked;
    const { exitCode, signal, stderr } = await terminate(started);
    assert.equal([exitCode, signal], [130, null]);
    assert.match(stderr, 'error E_INTERRUPTED: interrupted\nhint: ');
  });
}

test('lab clean: SIGTERM ends the wait for an engine that hangs, and the run stays in the journal', async () => {
  const state = folder();
  const runs = runsIn(state);
  const { host, asked } = await hungEngine(state);
  const entry = { id: 'abc', startedAt: '2026-01-01T00:00:00.000Z', endpoint: { host }, dir: join(runs, 'abc') };
  writeFileSync(join(runs, 'abc.json'), JSON.stringify(entry));
  const started = startBin(['clean'], environment(state));
  await asked;
  const { exitCode, signal, stderr } = await terminate(started);
  assert.equal([exitCode, signal], [130, null]);
  assert.match(stderr, 'hint: `lab clean` again removes the rest');
  assert.ok(existsSync(join(runs, 'abc.json')));
});

test.run();
