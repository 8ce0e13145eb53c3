import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadClassKey } from '../../../../src/grade/queue/class-key.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

test('a missing key is created for this user only, and read again', async () => {
  const path = join(folder(), 'class.key');
  const key = await loadClassKey(path, { create: true });
  assert.is(key.length, 32);
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.is(readFileSync(path, 'utf8'), `${key.toString('base64')}\n`);
  assert.equal(await loadClassKey(path), key);
  assert.equal(await loadClassKey(path, { create: true }), key);
  assert.not.equal(await loadClassKey(join(folder(), 'class.key'), { create: true }), key);
});

test('two programs that create it at once have the same key', async () => {
  const path = join(folder(), 'class.key');
  const keys = await Promise.all([1, 2, 3, 4].map(() => loadClassKey(path, { create: true })));
  for (const key of keys) assert.equal(key, keys[0]);
});

test('a worker creates no key', async () => {
  const error = await rejection(loadClassKey(join(folder(), 'class.key')));
  assert.is(error.code, 'E_USAGE');
  assert.match(error.message, /class\.key does not exist$/);
  assert.match(error.hint.en, /copy the key file from the machine/);
});

test('a key that other users can read is refused', async () => {
  const path = join(folder(), 'class.key');
  await loadClassKey(path, { create: true });
  for (const mode of [0o640, 0o604, 0o660]) {
    chmodSync(path, mode);
    const error = await rejection(loadClassKey(path, { create: true }));
    assert.is(error.code, 'E_USAGE');
    assert.match(error.message, /can be read by other users$/);
    assert.match(error.hint.en, /chmod 600/);
  }
});

test('a file with anything else is refused', async () => {
  const path = join(folder(), 'class.key');
  for (const content of [
    '',
    'secret',
    Buffer.alloc(31, 7).toString('base64'),
    Buffer.alloc(33, 7).toString('base64'),
    `${'*'.repeat(44)}`,
  ]) {
    writeFileSync(path, content, { mode: 0o600 });
    assert.match((await rejection(loadClassKey(path))).message, /contains no class key$/);
  }
  writeFileSync(path, 'x'.repeat(2000));
  assert.match((await rejection(loadClassKey(path))).message, /is larger than/);
  const dir = join(folder(), 'dir');
  mkdirSync(dir);
  assert.match((await rejection(loadClassKey(dir, { create: true }))).message, /is a folder, not a regular file$/);
});

test.run();
