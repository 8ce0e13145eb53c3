import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openKey } from '../../../../src/grade/privacy/key-file.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

async function refused(path: string, out: string, why: RegExp): Promise<void> {
  const error = await rejection(openKey(path, out));
  assert.is(error.code, 'E_USAGE');
  assert.match(error.text.en, why);
  assertComplete(error.text, 'message');
  assertComplete(error.hint, 'hint');
}

test('a key file is created for its owner only, and is the same key the next time', async () => {
  const [home, out] = [folder(), folder()];
  const path = join(home, 'key');
  const first = await openKey(path, out);
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.is(first.secret.length, 32);
  assert.equal((await openKey(path, out)).secret, first.secret);
  assert.not.equal((await openKey(join(home, 'other'), out)).secret, first.secret);
});

test('it is refused in the output folder, also through a link, and nothing is created there', async () => {
  const home = folder();
  const out = join(home, 'grades');
  await refused(join(home, 'grades', 'key'), out, /cannot be read \(ENOENT\)/);
  mkdirSync(join(out, 'deep'), { recursive: true });
  await refused(join(out, 'key'), out, /is in the output folder/);
  await refused(join(out, 'deep', 'key'), out, /is in the output folder/);
  symlinkSync(out, join(home, 'link'));
  await refused(join(home, 'link', 'key'), out, /is in the output folder/);
  await refused(join(out, 'key'), join(home, 'link'), /is in the output folder/);
  assert.not.ok(existsSync(join(out, 'key')));
  assert.ok(await openKey(join(home, 'grades-key'), out), 'a name that only begins alike');
});

for (const mode of [0o640, 0o604, 0o660, 0o620])
  test(`it is refused with mode ${mode.toString(8)}`, async () => {
    const path = join(folder(), 'key');
    await openKey(path, folder());
    chmodSync(path, mode);
    await refused(path, folder(), /is accessible to other users \(mode 06/);
    chmodSync(path, 0o600);
    await openKey(path, folder());
  });

test('another file, a link and a folder are refused and left as they are', async () => {
  const home = folder();
  const roster = join(home, 'class.csv');
  writeFileSync(roster, 'id\nann\n', { mode: 0o600 });
  await refused(roster, folder(), /is not a key file of lab grade/);
  assert.is(readFileSync(roster, 'utf8'), 'id\nann\n');
  await openKey(join(home, 'key'), folder());
  symlinkSync(join(home, 'key'), join(home, 'link'));
  await refused(join(home, 'link'), folder(), /link is a symbolic link/);
  mkdirSync(join(home, 'dir'));
  await refused(join(home, 'dir'), folder(), /dir is a folder/);
  await refused(join(home, 'none', 'key'), folder(), /none cannot be read/);
});

test.run();
