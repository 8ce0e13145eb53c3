import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownerFile, ownerOf } from '../../../../src/grade/queue/owner.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

test('an output folder keeps its ID, and another one has another', async () => {
  const [one, other] = [folder(), folder()];
  const id = await ownerOf(one);
  assert.match(id, /^[0-9a-f]{16}$/);
  assert.is(await ownerOf(one), id);
  assert.is.not(await ownerOf(other), id);
  assert.is(readFileSync(join(one, ownerFile), 'utf8'), `${id}\n`);
  assert.is(statSync(join(one, ownerFile)).mode & 0o777, 0o600);
});

test('a file without an ID is replaced: what is written there never reaches the server', async () => {
  for (const content of ['', 'labwright:*', '0123456789ABCDEF', '0123456789abcdef0', '*'.repeat(16)]) {
    const out = folder({ [ownerFile]: content });
    const id = await ownerOf(out);
    assert.match(id, /^[0-9a-f]{16}$/, content);
    assert.is(await ownerOf(out), id, content);
  }
});

test('a folder, a pipe or a large file is refused with the file and what to do', async () => {
  const dir = folder();
  mkdirSync(join(dir, ownerFile));
  const pipe = folder();
  execFileSync('mkfifo', [join(pipe, ownerFile)]);
  const large = folder({ [ownerFile]: 'x'.repeat(101) });
  for (const out of [dir, pipe, large]) {
    const { code, text, hint } = await rejection(ownerOf(out));
    assert.is(code, 'E_STATE');
    assert.match(text.en, ownerFile);
    assert.match(hint.en, 'remove this file');
  }
});

test.run();
