import { readdirSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import CachePolicy from 'http-cache-semantics';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HttpCache } from '../../../../src/grade/build-network/http-cache.ts';
import { folder } from '../../../helpers/folder.ts';

const policy = new CachePolicy(
  { url: '/', method: 'GET', headers: {} },
  { status: 200, headers: { 'cache-control': 'max-age=60' } },
);

async function store(cache: HttpCache, url: string, content: string): Promise<void> {
  const draft = cache.begin(url, policy, content.length);
  await draft.write(Buffer.from(content));
  await draft.keep();
}
const read = async (cache: HttpCache, url: string) => {
  const found = await cache.find(url);
  return found && text(await found.open());
};
const bodiesIn = (dir: string) => readdirSync(dir).filter((name) => name.endsWith('.body'));

test('finds what was stored for a URL, also with a cache opened later', async () => {
  const dir = folder();
  await store(await HttpCache.open(dir, 10_000), 'http://a/1', 'one');
  const cache = await HttpCache.open(dir, 10_000);
  assert.is(await read(cache, 'http://a/1'), 'one');
  assert.is(await read(cache, 'http://a/2'), undefined);
});

test('a body that was cut, by a crash or a full disk, is not used', async () => {
  const dir = folder();
  const cache = await HttpCache.open(dir, 10_000);
  await store(cache, 'http://a/1', 'one');
  truncateSync(join(dir, bodiesIn(dir)[0] ?? ''), 2);
  assert.is(await read(cache, 'http://a/1'), undefined);
});

test('over its size, what was unused for the longest time is removed', async () => {
  const dir = folder();
  const cache = await HttpCache.open(dir, 10_000);
  for (const name of ['1', '2', '3']) await store(cache, `http://a/${name}`, name.repeat(2000));
  for (const name of readdirSync(dir)) utimesSync(join(dir, name), 1, 1);
  // used now
  assert.is((await read(cache, 'http://a/1'))?.length, 2000);
  for (const name of ['4', '5']) await store(cache, `http://a/${name}`, name.repeat(2000));
  assert.is((await read(cache, 'http://a/5'))?.length, 2000);
  assert.is((await read(cache, 'http://a/1'))?.length, 2000);
  // both were unused for the same time
  assert.ok([await read(cache, 'http://a/2'), await read(cache, 'http://a/3')].includes(undefined));
  assert.ok(bodiesIn(dir).length < 5);
  assert.not(cache.fits(5000));
  assert.not(cache.fits(Number.NaN));
});

test.run();
