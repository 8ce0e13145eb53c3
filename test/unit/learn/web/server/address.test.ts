import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { urlOf } from '../../../../../src/learn/web/server/access.ts';
import { type Address, removeUnused, takeAddress } from '../../../../../src/learn/web/server/address.ts';
import { folder } from '../../../../helpers/folder.ts';
import { rejection } from '../../../../helpers/rejection.ts';

/** What a server leaves for the next one of the same folder. */

const taken = async (state: string, dir: string): Promise<Address> => {
  const address = await takeAddress({ state }, dir);
  assert.ok('secret' in address);
  return address;
};
const recordsIn = (state: string) => readdirSync(join(state, 'web')).filter((name) => name.endsWith('.json'));

test('the record is for its owner alone, and is removed when the server ends and its folder is gone', async () => {
  const state = folder();
  const address = await taken(state, '/home/me/lab');
  assert.is(address.port, 0);
  assert.is(address.secret.length, 32);
  await address.listensOn(4000);
  const [name = ''] = recordsIn(state);
  assert.is(statSync(join(state, 'web', name)).mode & 0o777, 0o600);
  assert.is(statSync(join(state, 'web')).mode & 0o777, 0o700);
  await address.release();
  assert.equal(recordsIn(state), []);
  assert.not.equal((await taken(state, '/home/me/lab')).secret, address.secret);
});

test('after the end of a server, the next one of the folder has its port and another secret', async () => {
  const [state, dir] = [folder(), folder()];
  const first = await taken(state, dir);
  await first.listensOn(4000);
  await first.release();
  const [name = ''] = recordsIn(state);
  assert.equal(JSON.parse(readFileSync(join(state, 'web', name), 'utf8')), { version: 1, folder: dir, port: 4000 });
  const next = await taken(state, dir);
  assert.is(next.port, 4000);
  assert.not.equal(next.secret, first.secret);
  // no page can be opened before it listens
  assert.is((await rejection(takeAddress({ state }, dir))).code, 'E_STATE');
  await next.release();
});

test('a second server of the folder learns the address of the first; another folder has its own', async () => {
  const state = folder();
  const first = await taken(state, '/home/me/lab');
  assert.is((await rejection(takeAddress({ state }, '/home/me/lab'))).code, 'E_STATE');
  await first.listensOn(4000);
  assert.equal(await takeAddress({ state }, '/home/me/lab'), { url: urlOf(first.secret, 4000) });
  const other = await taken(state, '/home/me/other');
  assert.not.equal(other.secret, first.secret);
});

test('after a crash, the next server has the same port and secret', async () => {
  const state = folder();
  const first = await taken(state, '/home/me/lab');
  await first.listensOn(4000);
  const [name = ''] = recordsIn(state);
  const record = readFileSync(join(state, 'web', name));
  await first.release();
  // as after SIGKILL: the record exists, and no process holds the lock
  writeFileSync(join(state, 'web', name), record);
  const next = await taken(state, '/home/me/lab');
  assert.is(next.port, 4000);
  assert.equal(Buffer.from(next.secret), Buffer.from(first.secret));
});

test('a record that is damaged, or of another folder, is not used', async () => {
  for (const record of [
    '',
    '{',
    '{"version":1}',
    JSON.stringify({ version: 1, folder: '/x', port: 4000, secret: 'A'.repeat(43) }),
  ]) {
    const state = folder();
    const first = await taken(state, '/home/me/lab');
    await first.listensOn(4001);
    const [name = ''] = recordsIn(state);
    await first.release();
    writeFileSync(join(state, 'web', name), record);
    assert.is((await taken(state, '/home/me/lab')).port, 0, record);
  }
});

test('the records of folders that are gone are removed; a folder that exists, and a running server, keep theirs', async () => {
  const state = folder();
  await removeUnused({ state });
  const dir = folder();
  for (const name of ['gone', 'there']) {
    mkdirSync(join(dir, name));
    const address = await taken(state, join(dir, name));
    await address.listensOn(4000);
    await address.release();
  }
  const running = await taken(state, join(dir, 'running'));
  await running.listensOn(4001);
  rmSync(join(dir, 'gone'), { recursive: true });
  assert.is(recordsIn(state).length, 3);
  await removeUnused({ state });
  const left = recordsIn(state).map((name) => JSON.parse(readFileSync(join(state, 'web', name), 'utf8')).folder);
  assert.equal(left.sort(), [join(dir, 'running'), join(dir, 'there')]);
  await running.release();
});

test.run();
