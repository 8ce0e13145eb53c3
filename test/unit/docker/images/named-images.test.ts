import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { label } from '../../../../src/docker/embedded/images/recipes.ts';
import { ImageCache } from '../../../../src/docker/images/image-cache.ts';
import { NamedImages, type NamedImagesOptions } from '../../../../src/docker/images/named-images.ts';
import type { RegistryLook } from '../../../../src/docker/images/registry-look.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { type EngineAnswer, fakeEngine } from '../../../helpers/fake-engine.ts';

const online: RegistryLook = { answers: true, from: 'docker.io' };
const offline: RegistryLook = { answers: false, from: 'docker.io', why: 'no such host' };
const reset: EngineAnswer = { lines: [{ error: 'read tcp: connection reset by peer' }] };
const pulled: EngineAnswer = { lines: [{ status: 'Pulling' }, { status: 'Digest' }] };
const layer = (id: string, total: number) => ({ id, status: 'Downloading', progressDetail: { current: 1, total } });

interface Setting extends Partial<Pick<NamedImagesOptions, 'look' | 'provided' | 'copy' | 'bounds'>> {
  /** Images on the engine, with the label's value of stand-ins. */
  readonly there?: Readonly<Record<string, string | undefined>>;
  /** What each pull in turn ends with. */
  readonly pulls?: readonly EngineAnswer[];
  readonly limit?: number;
}

/** Provides images on a fake engine for `work`. */
async function on(
  { there = {}, pulls = [], limit, ...over }: Setting,
  work: (images: NamedImages, asked: () => string[]) => Promise<void>,
): Promise<void> {
  const images = new Map(Object.entries(there));
  const left = [...pulls];
  const fake = await fakeEngine((request) => {
    const [, name] = /^GET \/images\/(.+)\/json$/.exec(request) ?? [];
    if (name !== undefined && !images.has(name)) return { status: 404, lines: [{ message: 'No such image' }] };
    if (name !== undefined) {
      const hash = images.get(name);
      return { lines: [{ Id: `sha256:${name}`, Size: 50, Config: { Labels: hash === undefined ? null : { [label]: hash } } }] };
    }
    const [, image, tag] = /^POST \/images\/create\?fromImage=(.+)&tag=(.+)$/.exec(request) ?? [];
    if (image === undefined) return { lines: [] };
    const answer = left.shift() ?? reset;
    if (answer === pulled) images.set(`${image.replace(/^library\//, '')}:${tag}`, undefined);
    return answer;
  });
  const { signal } = new AbortController();
  const cache = new ImageCache(fake.engine, { nowMs: () => 0, signal, ...(limit === undefined ? {} : { limit }) });
  const usual = { provided: [], copy: async () => false, look: online };
  const asked = () => fake.asked.filter((line) => line.startsWith('POST'));
  try {
    await work(new NamedImages({ engine: fake.engine, cache, signal, ...usual, ...over }), asked);
  } finally {
    await fake.close();
  }
}

test('an image is pulled once for a class, whoever names it', () =>
  on({ pulls: [pulled] }, async (images, asked) => {
    assert.equal(await Promise.all([images.get('python:3.12'), images.get('python:3.12')]), [{ ok: true }, { ok: true }]);
    assert.equal(await images.get('python:3.12'), { ok: true });
    assert.equal(asked(), ['POST /images/create?fromImage=library/python&tag=3.12']);
    assert.is(await images.identify('python:3.12'), 'sha256:python:3.12');
  }));

test('a failed pull is tried once more; what the registry does not have is not', async () => {
  await on({ pulls: [reset, pulled] }, async (images, asked) => {
    assert.equal([await images.get('redis:7'), asked().length], [{ ok: true }, 2]);
  });
  await on({ pulls: [reset, reset, pulled] }, async (images, asked) => {
    const failed = await images.get('redis:7');
    if (failed.ok) throw new Error('it was provided');
    assert.equal([failed.offline, asked().length], [false, 2]);
    assert.match(failed.why.en, /^docker\.io can't be reached for redis:7 \(.*connection reset by peer\)$/);
    assertComplete(failed.why, 'failed');
  });
  const missing = { lines: [{ error: 'manifest for redis:99 not found: manifest unknown' }] };
  await on({ pulls: [missing, pulled] }, async (images, asked) => {
    const failed = await images.get('redis:99');
    assert.equal([failed.ok || failed.why.en, asked().length], ['docker.io has no image redis:99', 1]);
  });
});

test('nothing is pulled of Docker Hub where no registry answers, and another registry is asked once', async () => {
  await on({ look: offline }, async (images, asked) => {
    const failed = await images.get('redis:7');
    assert.equal(failed.ok || [failed.offline, failed.why.en], [true, "docker.io can't be reached (no such host)"]);
    assert.equal(asked(), []);
  });
  await on({ look: offline, pulls: [reset, reset, reset] }, async (images, asked) => {
    const both = [await images.get('ghcr.io/a/b:1'), await images.get('ghcr.io/a/c:1')];
    assert.equal(
      both.map((one) => one.ok || one.offline),
      [true, true],
    );
    assert.is(asked().length, 2, 'the second image is not tried');
  });
});

test('an image on the engine is used, but a stand-in only if it is an image of the tutorial', async () => {
  await on({ there: { 'redis:7': undefined, 'redis:8.0': 'abc' }, provided: ['redis:8.0'] }, async (images, asked) => {
    assert.equal([await images.get('redis:7'), await images.get('redis:8.0'), asked()], [{ ok: true }, { ok: true }, []]);
    assert.is(await images.identify('redis:8.0'), 'abc', 'its ID differs on each machine');
    assert.is(await images.identify('none:1'), '');
  });
  await on({ there: { 'debian:trixie-slim': 'abc' }, look: offline }, async (images) => {
    assert.is((await images.get('debian:trixie-slim')).ok, false);
  });
});

test('an image of another engine of this machine is copied, whether or not a registry answers', () =>
  on({ there: { 'node:22': undefined }, look: offline, copy: async (ref) => ref === 'node:22' }, async (images, asked) => {
    assert.equal([await images.get('node:22'), asked()], [{ ok: true }, []]);
  }));

test('a pull is bounded in size and time, and all images of a class in size', async () => {
  const large = { lines: [layer('a', 600), layer('b', 500), { status: 'Digest' }] };
  await on({ pulls: [large, large], bounds: { bytes: 1000, ms: 60_000 } }, async (images) => {
    const failed = await images.get('node:22');
    assert.equal(failed.ok || failed.why.en, 'node:22 has more than 0.001 MB to pull');
  });
  await on({ pulls: [large, pulled], bounds: { bytes: 1_100, ms: 60_000 } }, async (images) => {
    assert.is((await images.get('node:22')).ok, false, 'the fake engine does not have it afterwards');
  });
  await on({ pulls: [pulled, pulled], limit: 60 }, async (images) => {
    assert.equal(await images.get('node:22'), { ok: true });
    const failed = await images.get('node:24');
    assert.match(failed.ok ? '' : failed.why.en, /^the engine already keeps as many images/);
  });
});

test.run();
