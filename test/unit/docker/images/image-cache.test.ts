import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ApiError } from '../../../../src/docker/api/api-error.ts';
import type { Engine } from '../../../../src/docker/engine.ts';
import { ImageCache, imagesToRemove } from '../../../../src/docker/images/image-cache.ts';
import { folder } from '../../../helpers/folder.ts';

const hour = 3_600_000;
const none: ReadonlySet<string> = new Set();

test('the least recently used images are removed, as many as the limit requires', () => {
  const record = {
    b: { bytes: 40, usedMs: 2 * hour },
    a: { bytes: 30, usedMs: hour },
    c: { bytes: 50, usedMs: 3 * hour },
  };
  assert.equal(imagesToRemove(record, none, 20 * hour, 120), []);
  assert.equal(imagesToRemove(record, none, 20 * hour, 100), ['a']);
  assert.equal(imagesToRemove(record, none, 20 * hour, 60), ['a', 'b']);
  assert.equal(imagesToRemove(record, new Set(['a']), 20 * hour, 20), undefined, 'what the class uses stays');
  assert.equal(imagesToRemove(record, new Set(['a']), 20 * hour, 90), ['b']);
  assert.equal(
    imagesToRemove(record, none, 4 * hour, 40),
    undefined,
    'another class may use what was used in the last two hours',
  );
});

/** An engine that records which images are removed; `inUse` cannot be. */
function engine(inUse: readonly string[] = []) {
  const removed: string[] = [];
  const api = {
    delete: async (path: string) => {
      if (inUse.includes(path)) throw new ApiError(409, 'in use');
      removed.push(path);
    },
  };
  return { engine: { api } as unknown as Engine, removed };
}

const caching = (file: string | undefined, nowMs: number, limit = 100) => ({
  ...(file === undefined ? {} : { file }),
  limit,
  nowMs: () => nowMs,
  signal: new AbortController().signal,
});

test('images of submissions are recorded for the next class, and removed there if there are too many', async () => {
  const file = join(folder(), 'images.json');
  const first = engine();
  const one = new ImageCache(first.engine, caching(file, hour));
  assert.ok(await one.keep('a:1', 60, true));
  assert.ok(await one.keep('not:ours', 500, false), 'an image that was there is not counted');
  assert.equal(JSON.parse(readFileSync(file, 'utf8')), { 'a:1': { bytes: 60, usedMs: hour } });
  assert.equal(await one.keep('b:1', 60, true), false, 'the class uses the other one');
  assert.equal(first.removed, ['/images/b:1']);

  const second = engine();
  const other = new ImageCache(second.engine, caching(file, 9 * hour));
  assert.ok(await other.keep('b:1', 60, true));
  assert.equal(second.removed, ['/images/a:1']);
  assert.equal(Object.keys(JSON.parse(readFileSync(file, 'utf8'))), ['b:1']);
  assert.not(existsSync(`${file}.lock`));
});

test('an image in use stays, and stays recorded; a damaged record is begun again', async () => {
  const file = join(folder(), 'images.json');
  writeFileSync(file, '{"a:1": ');
  const { engine: busy, removed } = engine(['/images/a:1']);
  assert.ok(await new ImageCache(busy, caching(file, hour)).keep('a:1', 60, true));
  assert.ok(await new ImageCache(busy, caching(file, 9 * hour)).keep('b:1', 60, true));
  assert.equal(removed, []);
  assert.equal(Object.keys(JSON.parse(readFileSync(file, 'utf8'))).sort(), ['a:1', 'b:1']);
});

test('images take at most half of the space that is free when a class begins', async () => {
  const file = join(folder(), 'images.json');
  const { engine: any } = engine();
  const cache = new ImageCache(any, { ...caching(file, hour), freeBytes: 120 });
  assert.is(await cache.room(), 60);
  assert.ok(await cache.keep('a:1', 50, true));
  assert.equal(await cache.keep('b:1', 20, true), false);
  const next = new ImageCache(any, { ...caching(file, hour), freeBytes: 1000 });
  assert.is(await next.room(), 50, 'the limit is for all images together');
});

test('on an engine that others use too, only what has no room is removed again', async () => {
  const { engine: shared, removed } = engine();
  const cache = new ImageCache(shared, caching(undefined, hour));
  assert.ok(await cache.keep('a:1', 60, true));
  assert.equal(await cache.keep('b:1', 60, true), false);
  assert.ok(await cache.keep('c:1', 40, true));
  assert.equal(removed, ['/images/b:1']);
});

test.run();
