import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readArchive } from '../../../../src/docker/api/archive.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';
import { tar } from '../../../helpers/tar.ts';

const dir = folder();
const file = (content: Uint8Array | string): string => {
  const path = join(dir, 'archive.tar');
  writeFileSync(path, content);
  return path;
};
const manifest = JSON.stringify([{ RepoTags: ['a:1', 'b:2'] }, { RepoTags: null }]);
const whole = tar({ 'blobs/x': Buffer.alloc(3000), 'manifest.json': manifest });

test('lists the images of an archive', async () => {
  assert.equal(await readArchive(file(whole)), { bytes: whole.length, refs: ['a:1', 'b:2'] });
});

test('a compressed archive is not read: the engine unpacks it', async () => {
  const zipped = gzipSync(whole);
  assert.equal(await readArchive(file(zipped)), { bytes: zipped.length });
});

test('anything other than an image archive is refused', async () => {
  for (const content of [
    '',
    'hello',
    Buffer.alloc(4096),
    Buffer.alloc(4096, 'x'),
    tar({ 'a.txt': 'hello' }),
    tar({ 'manifest.json': '{' }),
  ]) {
    const error = await rejection(readArchive(file(content)));
    assert.is(error.code, 'E_IMAGE_FILE');
    assert.is(error.text.en, `${dir}/archive.tar is not an image archive`);
    assert.is(error.text['zh-TW'], `${dir}/archive.tar 不是映像檔封存檔`);
    assert.is(error.hint.en, 'give a file that `lab images save` or `docker save` wrote');
  }
});

test('a truncated archive is reported as incomplete, wherever it ends', async () => {
  for (const length of [600, 3000, 3584, 3600, 4100]) {
    const error = await rejection(readArchive(file(whole.subarray(0, length))));
    assert.is(error.code, 'E_IMAGE_FILE');
    assert.is(error.text.en, `${dir}/archive.tar is incomplete or damaged`, `cut at ${length}`);
    assert.is(error.hint.en, 'copy it again, and compare its size with the original');
  }
});

test('an absent file and a folder are errors', async () => {
  const absent = await rejection(readArchive(join(dir, 'none')));
  assert.is(absent.text.en, `there is no file ${dir}/none`);
  assert.is((await rejection(readArchive(dir))).text.en, `${dir} is a folder, not a regular file`);
});

test.run();
