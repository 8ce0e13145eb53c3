import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { text } from '../../../src/lab/text.ts';
import { loadPlain, NotPlainError, openPlain, readPlain, readPlainSync, whyUnread } from '../../../src/platform/plain-file.ts';
import { folder } from '../../helpers/folder.ts';
import { rejection } from '../../helpers/rejection.ts';

const dir = folder({ 'a.txt': 'hello', 'far/b.txt': 'far' });
const at = (name: string) => join(dir, name);
const server = createServer().listen(at('socket'));
test.after(() => {
  server.close();
});
execFileSync('mkfifo', [at('fifo')]);
symlinkSync('a.txt', at('link'));
symlinkSync('fifo', at('link-to-fifo'));
symlinkSync('far', at('link-to-far'));
mkdirSync(at('sub'));

const maxBytes = 1000;
const hint = text('a hint', '提示');
const loading = { code: 'E_STATE', hint, maxBytes } as const;
const never = new AbortController().signal;

const others = [
  ['fifo', 'a named pipe', '具名管線'],
  ['link-to-fifo', 'a named pipe', '具名管線'],
  ['socket', 'a socket', 'socket'],
  ['sub', 'a folder', '資料夾'],
] as const;

test('a regular file is read, also through a link', async () => {
  for (const name of ['a.txt', 'link']) {
    assert.is(String(await readPlain(at(name), { maxBytes })), 'hello');
    assert.is(String(readPlainSync(at(name), { maxBytes })), 'hello');
    assert.is(String(await loadPlain(at(name), loading)), 'hello');
  }
  assert.is(String(await readPlain('/proc/self/comm', { maxBytes })), readFileSync('/proc/self/comm', 'utf8'));
});

test('anything but a regular file is refused at once, with its path and type', async () => {
  for (const [name, en, zhTW] of [...others, ['/dev/zero', 'a device', '裝置'] as const]) {
    const path = name.startsWith('/') ? name : at(name);
    const words = [`${path} is ${en}, not a regular file`, `${path} 是${zhTW}，不是一般檔案`];
    const error = await readPlain(path, { maxBytes }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof NotPlainError, name);
    assert.equal([error.text.en, error.text['zh-TW']], words);
    assert.throws(() => readPlainSync(path, { maxBytes }), words[0]);
    const loadError = await rejection(loadPlain(path, loading));
    assert.equal([loadError.code, loadError.text.en, loadError.text['zh-TW'], loadError.hint], ['E_STATE', ...words, hint]);
  }
});

test('a link is refused with `follow: false`; a link to a parent folder is accepted', async () => {
  const refused = await readPlain(at('link'), { maxBytes, follow: false }).catch((thrown: unknown) => thrown);
  assert.is(String(refused), `NotPlainError: ${at('link')} is a symbolic link, not a regular file`);
  assert.throws(() => readPlainSync(at('link'), { maxBytes, follow: false }), 'is a symbolic link');
  assert.is(String(await readPlain(at('link-to-far/b.txt'), { maxBytes, follow: false })), 'far');
});

test('only a folder is opened as a folder', async () => {
  await (await openPlain(at('sub'), { kind: 'folder' })).close();
  const refused = await openPlain(at('a.txt'), { kind: 'folder' }).catch((thrown: unknown) => thrown);
  assert.is(String(refused), `NotPlainError: ${at('a.txt')} is a file, not a folder`);
});

test('append creates an absent file and refuses a pipe', async () => {
  const file = await openPlain(at('new.log'), { access: 'append' });
  await file.appendFile('line\n');
  await file.close();
  assert.is(readFileSync(at('new.log'), 'utf8'), 'line\n');
  const refused = await openPlain(at('fifo'), { access: 'append' }).catch((thrown: unknown) => thrown);
  assert.ok(refused instanceof NotPlainError);
});

test('a file larger than the limit is not read', async () => {
  writeFileSync(at('large'), '');
  truncateSync(at('large'), maxBytes);
  assert.is((await readPlain(at('large'), { maxBytes })).length, maxBytes);
  appendFileSync(at('large'), 'x');
  const refused = await readPlain(at('large'), { maxBytes }).catch((thrown: unknown) => thrown);
  assert.is(String(refused), `NotPlainError: ${at('large')} is larger than 0.001 MB`);
  assert.throws(() => readPlainSync(at('large'), { maxBytes }), 'is larger than');
});

test('absent: undefined from a loader, a system error from a reader', async () => {
  assert.is(await loadPlain(at('none'), loading), undefined);
  assert.is(await loadPlain(at('a.txt/none'), loading), undefined);
  assert.is((await readPlain(at('none'), { maxBytes }).catch((error) => error)).code, 'ENOENT');
});

test('a file without read permission is reported with the code of the system error', async () => {
  // root can read everything, so the message is tested by itself
  const denied = Object.assign(new Error('no'), { code: 'EACCES', syscall: 'open' });
  assert.is(whyUnread('/x', denied).en, '/x cannot be read (EACCES)');
  assert.throws(() => whyUnread('/x', new TypeError('a bug')), 'a bug');
  if (process.getuid?.() === 0) return;
  writeFileSync(at('denied'), 'x');
  chmodSync(at('denied'), 0);
  assert.is((await rejection(loadPlain(at('denied'), loading))).text.en, `${at('denied')} cannot be read (EACCES)`);
});

test('a pipe that the user named is read to its end', async () => {
  const loaded = loadPlain(at('fifo'), { ...loading, pipe: never });
  const writer = await open(at('fifo'), 'w'); // resolves when there is a reader
  await writer.write('first ');
  await writer.write('second');
  await writer.close();
  assert.is(String(await loaded), 'first second');
});

test('a pipe with too much data is refused', async () => {
  const loaded = rejection(loadPlain(at('fifo'), { ...loading, pipe: never }));
  const writer = await open(at('fifo'), 'w');
  await writer.write('x'.repeat(maxBytes + 1));
  assert.match((await loaded).text.en, 'is larger than');
  await writer.close();
});

test('an abort ends the wait for a pipe, with a writer or without', async () => {
  const reason = new Error('enough');
  const without = new AbortController();
  const alone = loadPlain(at('fifo'), { ...loading, pipe: without.signal }).catch((error: unknown) => error);
  without.abort(reason);
  assert.is(((await alone) as Error).cause ?? (await alone), reason);

  const silent = new AbortController();
  const loaded = loadPlain(at('fifo'), { ...loading, pipe: silent.signal }).catch((error: unknown) => error);
  const writer = await open(at('fifo'), 'w');
  silent.abort(reason);
  assert.is(((await loaded) as Error).cause ?? (await loaded), reason);
  await writer.close();
});

test.run();
