import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Refused } from '../../../../src/grade/submissions/refusal.ts';
import { intakeLimits, unpack } from '../../../../src/grade/submissions/unpack.ts';
import { packFolder, TooLargeError } from '../../../../src/grade/submissions/write-tar.ts';
import { folder } from '../../../helpers/folder.ts';

const { signal } = new AbortController();

function project(): string {
  const dir = folder();
  mkdirSync(join(dir, '資料', 'deep'), { recursive: true });
  writeFileSync(join(dir, 'compose.yaml'), 'services: {}\n');
  writeFileSync(join(dir, '資料', 'deep', `${'n'.repeat(200)}.txt`), '內容');
  writeFileSync(join(dir, 'run.sh'), '#!/bin/sh\n');
  chmodSync(join(dir, 'run.sh'), 0o755);
  symlinkSync('資料/deep', join(dir, 'link'));
  mkdirSync(join(dir, 'empty'));
  return dir;
}

/** Packs a folder, unpacks it as a submission, and returns where. */
async function sent(dir: string) {
  const file = join(folder(), 'packed.tar.gz');
  writeFileSync(file, await packFolder(dir, signal));
  return unpack(file, join(folder(), 'into'), intakeLimits, signal);
}

const thrown = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a submission arrives as it was: the same content, modes, links and hash', async () => {
  const read = await unpack(project(), join(folder(), 'into'), intakeLimits, signal);
  assert.ok(read.ok);
  const arrived = await sent(read.dir);
  assert.ok(arrived.ok);
  assert.is(arrived.hash, read.hash);
  assert.is(readFileSync(join(arrived.dir, '資料', 'deep', `${'n'.repeat(200)}.txt`), 'utf8'), '內容');
  assert.is(statSync(join(arrived.dir, 'run.sh')).mode & 0o777, 0o755);
  assert.is(readlinkSync(join(arrived.dir, 'link')), '資料/deep');
  assert.ok(statSync(join(arrived.dir, 'empty')).isDirectory());
});

test('a changed file has another hash', async () => {
  const [one, other] = [project(), project()];
  writeFileSync(join(other, 'compose.yaml'), 'services: {}\n# changed\n');
  assert.is.not((await sent(one)).hash, (await sent(other)).hash);
});

test('a folder that is too large when packed is not sent', async () => {
  const dir = project();
  writeFileSync(join(dir, 'a'), randomBytes(50_000));
  await packFolder(dir, signal, 60_000);
  assert.instance(await thrown(packFolder(dir, signal, 50_000)), TooLargeError);
});

test('a folder that cannot be read is an error', async () => {
  assert.instance(await thrown(packFolder(join(project(), 'missing'), signal)), Refused);
});

test.run();
