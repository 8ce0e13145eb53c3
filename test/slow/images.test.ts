// time limit: 800 s
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { ensureImages, findImage } from '../../src/docker/images/ensure-images.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';
import { testEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { lab } from '../helpers/lab.ts';
import { rejection } from '../helpers/rejection.ts';
import { makeTinyImage, removeImages, tinyName } from '../helpers/tiny-image.ts';

const needed = ['nginx:1.26', 'nicolaka/netshoot:v0.13', 'python:3.13-slim', 'redis:8.0'];
let engine: Engine;
const made: string[] = [];
test.before(async () => {
  engine = await testEngine();
});
test.after(async () => {
  await removeImages(engine, made);
  await engine.api.close();
});

const signal = new AbortController().signal;
const work = () => ({ homes: locateHomes(), unattended: true, signal, progress: () => {} });
/** `lab images …`, for which our engine is the Docker of the machine. */
const images = (...args: string[]) =>
  lab(['images', ...args], { env: { ...engine.compose.env, DOCKER_HOST: engine.api.endpoint.host } });

test('what labs need is there, pulled or built; asked again, it was there', async () => {
  const first = await ensureImages(engine, needed, work());
  assert.equal([...first.present, ...first.pulled, ...first.built].sort(), needed);
  assert.equal(await ensureImages(engine, needed, work()), { present: needed, pulled: [], built: [] });
});

test('what can neither be pulled nor built is told by the pull', async () => {
  const ref = `127.0.0.1:1/${tinyName()}`;
  const error = await rejection(ensureImages(engine, [ref], work()));
  assert.is(error.code, 'E_REGISTRY_UNREACHABLE');
});

test('lab images list', async () => {
  const { stdout, stderr, exitCode } = await images('list');
  assert.is(stderr, '');
  assert.is(exitCode, 0);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.map((line) => line.split(/\s+/)[1]).sort(), needed);
  for (const line of lines) assert.match(line, /^● \S+ +\d+\.\d MB$/);
});

test('lab images list --json', async () => {
  const told = JSON.parse((await images('list', '--json')).stdout);
  assert.is(told.tool, 'labwright');
  assert.equal(told.images.map(({ ref }: { ref: string }) => ref).sort(), needed);
  assert.ok(told.images.every(({ present, bytes }: { present: boolean; bytes: number }) => present && bytes > 1e6));
});

test('lab images list without an engine as yet: all absent, and none is brought up', async () => {
  const home = folder();
  const env = { XDG_STATE_HOME: join(home, 'state'), XDG_CACHE_HOME: join(home, 'cache'), HOME: home };
  const { stdout, exitCode } = await lab(['images', 'list', '--engine', 'private'], { env });
  assert.is(exitCode, 0);
  assert.match(stdout, /^○ redis:8\.0 +absent; from docker\.io, else built from Debian's packages$/m);
  assert.not.ok(existsSync(join(home, 'state', 'labwright', 'engine')));
});

test('lab images pull, where all are there', async () => {
  const { stdout, stderr, exitCode } = await images('pull');
  assert.is(stderr, '');
  assert.is(exitCode, 0);
  assert.match(stdout, /^redis:8\.0 {2}was there$/m);
});

test('lab images save and load: one file for a class', async () => {
  const file = join(folder(), 'class.tar');
  const saved = await images('save', file);
  assert.is(saved.exitCode, 0, saved.stderr);
  assert.match(saved.stdout, /^4 images saved in \S+class\.tar \(\d+\.\d MB\)\n$/);
  assert.match(saved.stderr, /^saving: \d+\.\d MB$/m);
  const loaded = await images('load', file, '--json');
  assert.is(loaded.exitCode, 0, loaded.stderr);
  assert.equal(JSON.parse(loaded.stdout).images.sort(), needed);
});

test('lab images save, interrupted: told as that, and nothing half-written stays', async () => {
  const dir = folder();
  let sent = false;
  const { stdout, stderr, exitCode } = await lab(['images', 'save', join(dir, 'class.tar')], {
    env: { ...engine.compose.env, DOCKER_HOST: engine.api.endpoint.host },
    onStderr: (said, kill) => {
      if (!sent && said.includes('saving')) kill('SIGINT');
      sent ||= said.includes('saving');
    },
  });
  assert.is(exitCode, 130, stderr);
  assert.is(stdout, '');
  assert.match(stderr, /\nerror E_INTERRUPTED: interrupted\nhint: completed work is kept; /);
  assert.equal(readdirSync(dir), []);
});

test('lab images load of what is no archive', async () => {
  const { stderr, exitCode } = await images('load', '/etc/passwd');
  assert.is(exitCode, 3);
  assert.is(
    stderr,
    'error E_IMAGE_FILE: /etc/passwd is not an image archive\nhint: give a file that `lab images save` or `docker save` wrote\n',
  );
});

test('lab images in a wrong way', async () => {
  const hint = 'hint: lab images list | pull | save FILE | load FILE\n';
  const wrong = async (...args: string[]) => {
    const { stderr, exitCode } = await images(...args);
    assert.is(exitCode, 2);
    return stderr;
  };
  assert.is(await wrong('toss'), `error E_USAGE: lab images has no action 'toss'\n${hint}`);
  assert.is(await wrong('save'), `error E_USAGE: lab images save needs a file\n${hint}`);
  assert.is(await wrong('list', 'x'), `error E_USAGE: lab images list takes no file\n${hint}`);
});

test('an image by any of its names', async () => {
  const ref = tinyName();
  made.push(ref);
  await makeTinyImage(engine, ref);
  const found = await findImage(engine, ref);
  assert.ok(found && found.bytes > 500);
  assert.is((await findImage(engine, found.id))?.id, found.id);
  assert.is(await findImage(engine, ref.replace(':1', ':2')), undefined);
});

test.run();
