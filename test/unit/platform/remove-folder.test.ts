import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { removeFolder } from '../../../src/platform/remove-folder.ts';
import { folder } from '../../helpers/folder.ts';

test('removes folders nested beyond the longest path, but not the targets of links', async () => {
  const kept = folder({ kept: '' });
  const dir = join(folder(), 'deep');
  mkdirSync(dir);
  symlinkSync(kept, join(dir, 'link'));
  const script = 'a=$(printf "%0200d" 0); for i in $(seq 50); do mkdir $a && cd -P $a || exit; done 2>/dev/null; echo >file';
  execFileSync('sh', ['-c', script], { cwd: dir });
  writeFileSync(join(dir, 'file'), '');
  try {
    const plain = await rm(dir, { recursive: true }).then(
      () => 'removed',
      ({ code }) => code,
    );
    // Node 24 and later remove them themselves
    assert.ok(['ENAMETOOLONG', 'removed'].includes(plain), plain);
  } finally {
    await removeFolder(dir);
  }
  assert.not.ok(existsSync(dir));
  assert.equal(readdirSync(kept), ['kept']);
});

test('removes folders nested so deep also if their names are not UTF-8', async () => {
  const dir = join(folder(), 'deep');
  mkdirSync(dir);
  // few and long names: deep, and quickly created
  const script =
    'a=$(printf "\\263\\370%0198d" 0); b=$a/$a/$a/$a; for i in 1 2 3 4 5 6 7 8; do mkdir -p "$b" && cd -P "$b" || exit; done';
  execFileSync('sh', ['-c', script], { cwd: dir });
  await removeFolder(dir);
  assert.not.ok(existsSync(dir));
});

test('an absent folder is no error', async () => {
  const dir = folder();
  rmSync(dir, { recursive: true });
  await removeFolder(dir);
});

test.run();
