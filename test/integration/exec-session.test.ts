import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exec } from '../../src/docker/api/exec.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { readyEngine } from '../helpers/engine.ts';
import { rejection } from '../helpers/rejection.ts';

const test = suite<{ engine: Engine; id: string }>('exec session');
const docker = (engine: Engine, ...words: string[]): string =>
  execFileSync('docker', words, { encoding: 'utf8', env: { ...process.env, ...engine.compose.env } }).trim();

test.before(async (context) => {
  context.engine = await readyEngine();
});
test.before.each((context) => {
  context.id = docker(context.engine, 'run', '-d', '--init', 'nicolaka/netshoot:v0.13', 'sleep', '300');
});
test.after.each(({ engine, id }) => void docker(engine, 'rm', '-f', id));
test.after(({ engine }) => engine.api.close());

/** The execs that the engine has created in a container so far, from the engine's events. */
const execsIn = (engine: Engine, id: string, until = (Date.now() / 1000 + 0.2).toFixed(3)): string[] =>
  docker(engine, 'events', '--since', '10m', '--until', until, '--filter', `container=${id}`, '--format', '{{.Action}}')
    .split('\n')
    .filter((line) => line.startsWith('exec_create'));

test('one exec runs several scripts; each has its own output, its own exit code and no input', async ({ engine, id }) => {
  assert.equal(await exec(engine.api, id, 'echo one; echo two >&2; exit 3', 20_000), {
    exitCode: 3,
    stdout: 'one\n',
    stderr: 'two\n',
  });
  assert.equal(await exec(engine.api, id, 'cat; printf three', 20_000), { exitCode: 0, stdout: 'three', stderr: '' });
  assert.is((await exec(engine.api, id, "echo 'it''s'\nkill -9 $$", 20_000)).exitCode, 137);
  assert.equal(execsIn(engine, id), ['exec_create: sh -s labwright']);
});

test('concurrent scripts use separate sessions, which are reused', async ({ engine, id }) => {
  const slow = exec(engine.api, id, 'until [ -e /tmp/go ]; do sleep 0.05; done; echo slow', 60_000, 'alone');
  assert.is((await exec(engine.api, id, 'echo quick', 20_000, 'alone')).stdout, 'quick\n');
  await exec(engine.api, id, ': >/tmp/go', 20_000, 'alone');
  assert.is((await slow).stdout, 'slow\n');
  assert.is((await exec(engine.api, id, 'echo again', 20_000)).stdout, 'again\n');
  assert.is(execsIn(engine, id).length, 2);
});

test('a restarted container gets a new session', async ({ engine, id }) => {
  await exec(engine.api, id, 'true', 20_000);
  docker(engine, 'restart', '-t', '0', id);
  assert.is((await exec(engine.api, id, 'echo new', 20_000)).stdout, 'new\n');
});

test('a script still runs if a process in the container kills the session', async ({ engine, id }) => {
  await exec(engine.api, id, 'true', 20_000);
  assert.equal(await exec(engine.api, id, '[ $PPID = 0 ] || kill -9 $PPID; echo said', 20_000), {
    exitCode: 0,
    stdout: 'said\n',
    stderr: '',
  });
  assert.is((await exec(engine.api, id, 'echo on', 20_000)).stdout, 'on\n');
});

test('a script that does not end is reported, and does not delay the next', async ({ engine, id }) => {
  await exec(engine.api, id, 'true', 20_000);
  const error = await rejection(exec(engine.api, id, 'sleep 60', 300));
  assert.is(error.code, 'E_PROBE');
  assert.is((await exec(engine.api, id, 'echo next', 20_000)).stdout, 'next\n');
});

test('endless output is truncated, and does not appear in the output of the next script', async ({ engine, id }) => {
  const { stdout } = await exec(engine.api, id, 'yes', 20_000);
  assert.ok(stdout.length > 900_000 && stdout.length < 1_200_000, `${stdout.length}`);
  assert.equal(await exec(engine.api, id, 'echo next', 20_000), { exitCode: 0, stdout: 'next\n', stderr: '' });
});

test.run();
