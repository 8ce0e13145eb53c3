import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { ensureImages, findImage } from '../../src/docker/images/ensure-images.ts';
import { pullImage } from '../../src/docker/images/pull.ts';
import { loadImages, saveImages } from '../../src/docker/images/save-load.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';
import { testEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { errors, type FakeAnswer, fakeRegistry, slowRelay, startRegistry, type TestRegistry } from '../helpers/registry.ts';
import { rejection } from '../helpers/rejection.ts';
import { makeTinyImage, pushImage, removeImages, tinyName } from '../helpers/tiny-image.ts';

let engine: Engine;
const open: TestRegistry[] = [];
const made: string[] = [];

test.before(async () => {
  engine = await testEngine();
});
test.after(async () => {
  await removeImages(engine, made);
  await engine.api.close();
  for (const registry of open) await registry.close();
});

const dir = folder();
const signal = new AbortController().signal;
/** Options that collect the reported progress in `lines`. */
function work(more: { signal?: AbortSignal } = {}) {
  const lines: string[] = [];
  return {
    lines,
    homes: locateHomes(),
    unattended: true,
    signal,
    progress: (line: { en: string }) => void lines.push(line.en),
    ...more,
  };
}

async function openFake(answer: FakeAnswer | 'nothing') {
  const registry = await fakeRegistry(answer);
  open.push(registry);
  return registry;
}

/** The engine as this kind: images are built only on the private engine, and only there do pulls have a short timeout. */
const as = (kind: Engine['kind'], env: Record<string, string> = {}): Engine => ({
  ...engine,
  kind,
  compose: { ...engine.compose, env: { ...engine.compose.env, ...env } },
});

test('push, remove, pull, save, remove, load: the image stays the same', async () => {
  const registry = await startRegistry();
  const relay = await slowRelay(registry.host, 10e6);
  open.push(relay, registry);
  const ref = `${relay.host}/${tinyName()}`;
  made.push(ref);
  await makeTinyImage(engine, ref, 8_000_000);
  const first = await findImage(engine, ref);
  await pushImage(engine, ref);
  await removeImages(engine, [ref]);
  assert.is(await findImage(engine, ref), undefined);

  const pulling = work();
  assert.equal(await ensureImages(engine, [ref, ref], pulling), { present: [], pulled: [ref], built: [] });
  assert.is((await findImage(engine, ref))?.id, first?.id);
  assert.is(pulling.lines[0], `pulling ${ref}`);
  const percent = pulling.lines.slice(1).map((line) => Number(/: (\d+)% \/ 8\.0 MB$/.exec(line)?.[1]));
  assert.ok(percent.length > 0, pulling.lines.join('\n'));
  assert.equal(
    percent,
    [...percent].sort((a, b) => a - b),
  );

  assert.equal(await ensureImages(engine, [ref], work()), { present: [ref], pulled: [], built: [] });

  const file = join(dir, '班級 1.tar');
  const bytes = await saveImages(engine, [ref], file, work());
  assert.ok(bytes > 8_000_000);
  await removeImages(engine, [ref]);
  const loading = work();
  assert.equal(await loadImages(engine, file, loading), [ref]);
  assert.is((await findImage(engine, ref))?.id, first?.id);
  assert.match(loading.lines.at(-1) ?? '', /^loading: \d+\.\d \/ 8\.0 MB$/);

  truncateSync(file, 5_000_000);
  const error = await rejection(loadImages(engine, file, work()));
  assert.is(error.code, 'E_IMAGE_FILE');
  assert.is(error.text.en, `${file} is incomplete or damaged`);
});

test('a registry without the image: E_IMAGE_MISSING', async () => {
  const registry = await startRegistry();
  open.push(registry);
  const ref = `${registry.host}/nothing:1`;
  const error = await rejection(pullImage(engine, ref, work()));
  assert.is(error.code, 'E_IMAGE_MISSING');
  assert.is(error.text.en, `${registry.host} has no image ${ref}`);
});

test('a registry at its rate limit: E_IMAGE_RATE_LIMIT', async () => {
  const body = errors('TOOMANYREQUESTS', 'You have reached your pull rate limit.');
  const { host } = await openFake({ status: 429, body });
  const error = await rejection(ensureImages(as('docker'), [`${host}/x:1`], work()));
  assert.is(error.code, 'E_IMAGE_RATE_LIMIT');
  assert.is(error.text.en, `${host} has reached its rate limit, so ${host}/x:1 can't be pulled`);
  assert.match(error.hint.en, /docker login .*a mirror.*lab images load FILE/);
});

test("status 429 without a registry's error body: E_IMAGE_RATE_LIMIT", async () => {
  const { host } = await openFake({ status: 429, body: 'slow down' });
  assert.is((await rejection(pullImage(engine, `${host}/x:1`, work()))).code, 'E_IMAGE_RATE_LIMIT');
});

test('a registry that refuses: E_IMAGE_REFUSED', async () => {
  const basic = { 'Www-Authenticate': 'Basic realm="x"' };
  for (const answer of [
    { status: 401, headers: basic },
    { status: 401, body: errors('UNAUTHORIZED', 'authentication required') },
    { status: 403 },
    { status: 403, body: errors('DENIED', 'requested access to the resource is denied') },
  ]) {
    const { host } = await openFake(answer);
    const error = await rejection(pullImage(engine, `${host}/x:1`, work()));
    assert.is(error.code, 'E_IMAGE_REFUSED', JSON.stringify(answer));
    assert.is(error.text.en, `${host} refuses ${host}/x:1: it does not exist, or it requires a login`);
    assert.match(error.hint.en, `\`docker login ${host}\``);
  }
});

test('the credentials from `docker login` are sent to the registry', async () => {
  const registry = await openFake({ status: 401, headers: { 'Www-Authenticate': 'Basic realm="x"' } });
  const auth = Buffer.from('me:secret').toString('base64');
  const config = folder({ 'config.json': JSON.stringify({ auths: { [registry.host]: { auth } } }) });
  const error = await rejection(pullImage(as('docker', { DOCKER_CONFIG: config }), `${registry.host}/x:1`, work()));
  assert.is(error.code, 'E_IMAGE_MISSING', 'let in, it finds nothing there');
  assert.ok(
    registry.asked.some((line) => line.endsWith(` Basic ${auth}`)),
    registry.asked.join('\n'),
  );
});

test('an unreachable registry is reported at once, and only one pull is tried', async () => {
  const refs = ['127.0.0.1:1/x:1', '127.0.0.1:1/y:1'];
  const error = await rejection(ensureImages(as('docker'), refs, work()));
  assert.is(error.code, 'E_REGISTRY_UNREACHABLE');
  assert.is(error.text.en, "127.0.0.1:1 can't be reached for 127.0.0.1:1/x:1 (127.0.0.1:1: connect: connection refused)");

  const tried = work();
  const onPrivate = await rejection(ensureImages(as('private'), refs, tried));
  assert.is(onPrivate.code, 'E_REGISTRY_UNREACHABLE');
  assert.equal(tried.lines, ['pulling 127.0.0.1:1/x:1']);
});

test('a registry with status 503: E_REGISTRY_UNREACHABLE', async () => {
  const { host } = await openFake({ status: 503 });
  const error = await rejection(pullImage(engine, `${host}/x:1`, work()));
  assert.is(error.code, 'E_REGISTRY_UNREACHABLE');
  assert.match(error.text.en, 'received unexpected HTTP status: 503');
});

test('a pull on the private engine times out after 5 s if the registry does not respond', async () => {
  const { host } = await openFake('nothing');
  const error = await rejection(pullImage(as('private'), `${host}/x:1`, work()));
  assert.is(error.code, 'E_REGISTRY_UNREACHABLE');
  assert.is(error.text.en, `${host} can't be reached for ${host}/x:1 (no answer in 5 s)`);
});

test('an aborted signal ends a pull', async () => {
  const { host } = await openFake('nothing');
  const abort = new AbortController();
  const reason = new Error('Ctrl-C');
  const pulling = pullImage(as('docker'), `${host}/x:1`, work({ signal: abort.signal })).catch((error: unknown) => error);
  setTimeout(() => abort.abort(reason), 200);
  // without the signal, it would end with the engine's error, or not at all
  assert.is(await pulling, reason);
});

test('save: a missing image and a path that cannot be written are reported', async () => {
  const ref = tinyName();
  const lacking = await rejection(saveImages(engine, [ref], join(dir, 'x.tar'), work()));
  assert.is(lacking.code, 'E_IMAGE_MISSING');
  assert.is(lacking.text.en, `the engine has no ${ref}`);
  assert.is(lacking.hint.en, 'get them first: `lab images pull`');

  made.push(ref);
  await makeTinyImage(engine, ref);
  const nowhere = await rejection(saveImages(engine, [ref], join(dir, 'none', 'x.tar'), work()));
  assert.is(nowhere.code, 'E_USAGE');
  assert.is(nowhere.text.en, `${join(dir, 'none', 'x.tar')} can't be written (ENOENT)`);
  assert.is((await rejection(saveImages(engine, [ref], dir, work()))).text.en, `${dir} is a folder or a device`);
});

test('save: a full disk is reported, and no incomplete file is left', async () => {
  const small = join(dir, 'small');
  mkdirSync(small);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
  try {
    const ref = tinyName();
    made.push(ref);
    await makeTinyImage(engine, ref, 2_000_000);
    const file = join(small, 'x.tar');
    const error = await rejection(saveImages(engine, [ref], file, work()));
    assert.is(error.code, 'E_IMAGE_FILE');
    assert.is(error.text.en, `the disk is full: no space for ${file}`);
    assert.is(error.hint.en, 'free disk space, or choose another folder');
    assert.equal(readdirSync(small), []);
  } finally {
    execFileSync('umount', [small]);
  }
});

test.run();
