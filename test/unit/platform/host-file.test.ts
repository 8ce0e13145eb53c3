import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, realpathSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { awaitHostFile, listHostFolder, readHostFile, realPathOf } from '../../../src/platform/host-file.ts';
import { folder } from '../../helpers/folder.ts';

const home = folder({
  'stack/log/access.log': 'one\n',
  'stack/log/empty.log': '',
  'stack/中文 name.txt': 'fine\n',
  'secret/access.log': 'not yours\n',
  'stack-2/access.log': 'not yours either\n',
});
const dir = join(home, 'stack');
const patience = () => AbortSignal.timeout(60_000);
const has = (word: string) => (text: string) => text.includes(word);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const kind = async (path: string) => (await readHostFile(dir, path)).kind;

test('a regular file: its text, size and digest', async () => {
  assert.equal(await readHostFile(dir, 'log/access.log'), { kind: 'file', size: 4, sha256: sha256('one\n'), text: 'one\n' });
  assert.equal(await readHostFile(dir, 'log/empty.log'), { kind: 'file', size: 0, sha256: sha256(''), text: '' });
  assert.is(await kind('中文 name.txt'), 'file');
  assert.is(await kind('log/../log/access.log'), 'file');
});

test('the names of the regular files in a folder: no links, no folders, not outside, not many', async () => {
  const many = folder(Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`log/${at}`, ''])));
  assert.is((await listHostFolder(many, 'log')).length, 20);
  const some = folder({ 'log/b.log': '', 'log/a.log': '', 'log/folder/c.log': '', file: '' });
  symlinkSync(join(some, 'file'), join(some, 'log/link.log'));
  symlinkSync(join(some, 'log'), join(some, 'linked'));
  assert.equal(await listHostFolder(some, 'log'), ['a.log', 'b.log']);
  for (const path of ['linked', 'none', 'file', '.', '..', '../..', 'linked/folder'])
    assert.equal(await listHostFolder(some, path), [], path);
});

test('the digest is of the bytes, also if they are not text', async () => {
  const bytes = Buffer.from([0xff, 0x00, 0x0d, 0x0a]);
  writeFileSync(join(dir, 'bytes'), bytes);
  const read = await readHostFile(dir, 'bytes');
  assert.is(read.kind === 'file' && read.sha256, createHash('sha256').update(bytes).digest('hex'));
});

test('an absent file, a folder, and a file as a parent folder have their own results', async () => {
  assert.is(await kind('log/none.log'), 'absent');
  assert.is(await kind('none/access.log'), 'absent');
  assert.is(await kind('log'), 'not-a-file');
  assert.is(await kind('.'), 'not-a-file');
  assert.is(await kind('log/access.log/x'), 'not-a-file');
});

test('no link is followed, neither the file nor a parent folder', async () => {
  symlinkSync(join(home, 'secret/access.log'), join(dir, 'link.log'));
  symlinkSync(join(home, 'none'), join(dir, 'dangling.log'));
  symlinkSync(join(home, 'secret'), join(dir, 'linked'));
  symlinkSync('log', join(dir, 'inside'));
  for (const path of ['link.log', 'dangling.log', 'linked/access.log', 'inside/access.log']) {
    assert.is(await kind(path), 'not-a-file', path);
  }
});

test('the folder of the stack itself may be a link', async () => {
  symlinkSync(dir, join(home, 'by-link'));
  assert.is((await readHostFile(join(home, 'by-link'), 'log/access.log')).kind, 'file');
});

test('a FIFO, a socket or a device does not block', async () => {
  execFileSync('sh', ['-c', 'mkfifo "$0"', join(dir, 'fifo')]);
  const server = createServer().listen(join(dir, 'socket'));
  symlinkSync('/dev/zero', join(dir, 'device'));
  for (const path of ['fifo', 'socket', 'device']) assert.is(await kind(path), 'not-a-file', path);
  server.close();
});

test('a file that is too large is not read', async () => {
  writeFileSync(join(dir, 'large'), '');
  truncateSync(join(dir, 'large'), 4_000_001);
  assert.is(await kind('large'), 'too-large');
  truncateSync(join(dir, 'large'), 4_000_000);
  assert.is(await kind('large'), 'file');
});

test('`tail` reads the last whole lines of a file that is too large', async () => {
  const line = `${'x'.repeat(99)}\n`;
  writeFileSync(join(dir, 'log/flood.log'), `first\n${line.repeat(40_000)}last\n`);
  assert.is(await kind('log/flood.log'), 'too-large');
  const read = await readHostFile(dir, 'log/flood.log', true);
  const text = `${line.repeat(39_999)}last\n`;
  assert.equal({ ...read, text: '' }, { kind: 'file', size: 4_000_011, sha256: sha256(text), text: '' });
  assert.ok(read.kind === 'file' && read.text === text);
  // a file without a line end is one line
  truncateSync(join(dir, 'large'), 4_000_001);
  const zeros = await readHostFile(dir, 'large', true);
  assert.ok(zeros.kind === 'file' && zeros.text.length === 4_000_000);
  assert.equal(await readHostFile(dir, 'log/access.log', true), await readHostFile(dir, 'log/access.log'));
  assert.is((await readHostFile(dir, 'link.log', true)).kind, 'not-a-file');
});

test('awaited: the end of a file that is too large', async () => {
  const path = join(dir, 'log/flood.log');
  setTimeout(appendFileSync, 5, path, 'at last\n');
  const file = await awaitHostFile(dir, 'log/flood.log', has('at last'), patience(), true);
  assert.ok(file.kind === 'file' && file.text.endsWith('at last\n'));
});

test('nothing outside the folder is read', async () => {
  for (const path of [
    '../secret/access.log',
    '../stack-2/access.log',
    join(home, 'secret/access.log'),
    '/etc/passwd',
    '..',
    'a\0b',
  ]) {
    assert.is(await kind(path), 'not-a-file', path);
  }
});

test('awaited: resolves at once if it is true already', async () => {
  const file = await awaitHostFile(dir, 'log/access.log', has('one'), patience());
  assert.is(file.kind, 'file');
});

test('awaited: a line written later, in each way of writing', async () => {
  const path = join(dir, 'log/late.log');
  const signal = patience();
  for (const delayMs of [0, 1, 5, 20]) {
    const word = `word-${delayMs}`;
    const awaited = awaitHostFile(dir, 'log/late.log', has(word), signal);
    setTimeout(appendFileSync, delayMs, path, `${word}\n`);
    const file = await awaited;
    assert.ok(file.kind === 'file' && file.text.includes(word), word);
  }
  assert.not.ok(signal.aborted, 'a change was missed');
});

test('awaited: resolves to the current content after the timeout', async () => {
  const file = await awaitHostFile(dir, 'log/access.log', has('never'), AbortSignal.timeout(30));
  assert.is(file.kind === 'file' && file.text, 'one\n');
  assert.is((await awaitHostFile(dir, 'log/access.log', has('never'), AbortSignal.abort())).kind, 'file');
});

test('awaited: an absent folder is reported at once', async () => {
  assert.equal(await awaitHostFile(dir, 'nowhere/access.log', has(''), patience()), { kind: 'absent' });
  mkdirSync(join(dir, 'nowhere'));
  assert.equal(await awaitHostFile(dir, 'nowhere/access.log', has(''), AbortSignal.timeout(20)), { kind: 'absent' });
});

test('the real path: resolves parent links, also for deleted files and for paths of Docker Desktop', async () => {
  const real = realpathSync(dir);
  const link = join(home, 'link');
  symlinkSync(dir, link);
  for (const before of ['', '/host_mnt']) {
    assert.is(await realPathOf(`${before}${link}`), real);
    assert.is(await realPathOf(`${before}${link}/log/access.log`), join(real, 'log/access.log'));
    assert.is(await realPathOf(`${before}${link}/gone/gone.conf`), join(real, 'gone/gone.conf'));
  }
  assert.is(await realPathOf('/no-such-place/of/this/host'), '/no-such-place/of/this/host');
});

test.run();
