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
/** Runs `lab images …` with the test engine as the machine's Docker. */
const images = (...args: string[]) =>
  lab(['images', ...args], { env: { ...engine.compose.env, DOCKER_HOST: engine.api.endpoint.host } });

test('required images are present, pulled or built; the second time, all are present', async () => {
  const first = await ensureImages(engine, needed, work());
  assert.equal([...first.present, ...first.pulled, ...first.built].sort(), needed);
  assert.equal(await ensureImages(engine, needed, work()), { present: needed, pulled: [], built: [] });
});

test('an image that can neither be pulled nor built: the error of the pull is reported', async () => {
  const ref = `127.0.0.1:1/${tinyName()}`;
  const error = await rejection(ensureImages(engine, [ref], work()));
  assert.is(error.code, 'E_REGISTRY_UNREACHABLE');
});

test('lab images list shows each required image with its size', async () => {
  const { stdout, stderr, exitCode } = await images('list');
  assert.is(stderr, '');
  assert.is(exitCode, 0);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.map((line) => line.split(/\s+/)[1]).sort(), needed);
  for (const line of lines) assert.match(line, /^● \S+ +\d+\.\d MB$/);
});

test('lab images list --json reports each required image as present', async () => {
  const report = JSON.parse((await images('list', '--json')).stdout);
  assert.is(report.tool, 'labwright');
  assert.equal(report.images.map(({ ref }: { ref: string }) => ref).sort(), needed);
  assert.ok(report.images.every(({ present, bytes }: { present: boolean; bytes: number }) => present && bytes > 1e6));
});

test('lab images list before the first start of the engine: all images are absent, and no engine is started', async () => {
  const home = folder();
  const env = { XDG_STATE_HOME: join(home, 'state'), XDG_CACHE_HOME: join(home, 'cache'), HOME: home };
  const { stdout, exitCode } = await lab(['images', 'list', '--engine', 'private'], { env });
  assert.is(exitCode, 0);
  assert.match(stdout, /^○ redis:8\.0 +absent; from docker\.io, else built from Debian's packages$/m);
  assert.not.ok(existsSync(join(home, 'state', 'labwright', 'engine')));
});

test('lab images pull reports images that are already present', async () => {
  const { stdout, stderr, exitCode } = await images('pull');
  assert.is(stderr, '');
  assert.is(exitCode, 0);
  assert.match(stdout, /^redis:8\.0 {2}was there$/m);
});

test('lab images save and load use one file for all images', async () => {
  const file = join(folder(), 'class.tar');
  const saved = await images('save', file);
  assert.is(saved.exitCode, 0, saved.stderr);
  assert.match(saved.stdout, /^4 images saved in \S+class\.tar \(\d+\.\d MB\)\n$/);
  assert.match(saved.stderr, /^saving: \d+\.\d MB$/m);
  const loaded = await images('load', file, '--json');
  assert.is(loaded.exitCode, 0, loaded.stderr);
  assert.equal(JSON.parse(loaded.stdout).images.sort(), needed);
});

test('lab images save, interrupted: E_INTERRUPTED, and no incomplete file is left', async () => {
  const dir = folder();
  let sent = false;
  const { stdout, stderr, exitCode } = await lab(['images', 'save', join(dir, 'class.tar')], {
    env: { ...engine.compose.env, DOCKER_HOST: engine.api.endpoint.host },
    onStderr: (output, kill) => {
      if (!sent && output.includes('saving')) kill('SIGINT');
      sent ||= output.includes('saving');
    },
  });
  assert.is(exitCode, 130, stderr);
  assert.is(stdout, '');
  assert.match(stderr, /\nerror E_INTERRUPTED: interrupted\nhint: completed work is kept; /);
  assert.equal(readdirSync(dir), []);
});

test('lab images load of a file that is not an archive: E_IMAGE_FILE', async () => {
  const { stderr, exitCode } = await images('load', '/etc/passwd');
  assert.is(exitCode, 3);
  assert.is(
    stderr,
    'error E_IMAGE_FILE: /etc/passwd is not an image archive\nhint: give a file that `lab images save` or `docker save` wrote\n',
  );
});

test('lab images with wrong arguments: E_USAGE', async () => {
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

test('an image is found by name and by ID', async () => {
  const ref = tinyName();
  made.push(ref);
  await makeTinyImage(engine, ref);
  const found = await findImage(engine, ref);
  assert.ok(found && found.bytes > 500);
  assert.is((await findImage(engine, found.id))?.id, found.id);
  assert.is(await findImage(engine, ref.replace(':1', ':2')), undefined);
});

test.run();
