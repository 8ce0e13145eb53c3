import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { IntakeLimits } from '../../../../src/grade/submissions/archive-entry.ts';
import { folderItems } from '../../../../src/grade/submissions/read-folder.ts';
import { gitItems } from '../../../../src/grade/submissions/read-git.ts';
import { Refused } from '../../../../src/grade/submissions/refusal.ts';
import { intakeLimits, unpack } from '../../../../src/grade/submissions/unpack.ts';
import { paxOf, type TarEntry, tarOf, type ZipEntry, zip } from '../../../helpers/archives.ts';
import { folder } from '../../../helpers/folder.ts';

/** Each is refused for its own reason; nothing outside is read or written. */

const secret = 'only for the host';
const canary = join(folder({ 'canary.txt': secret }), 'canary.txt');
const untouched = () => {
  const { ino, mtimeMs, ctimeMs, mode } = lstatSync(canary);
  return JSON.stringify([ino, mtimeMs, mode, ctimeMs, readFileSync(canary, 'utf8')]);
};
let canaryWas = untouched();

const compose: ZipEntry & TarEntry = { name: 'compose.yaml', content: 'services: {}\n' };

const makePipe = (path: string) => execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', path]);

/** The refusals, each as `code place`. Asserts that nothing left or entered the folder. */
async function refusals(path: string, limits: Partial<IntakeLimits> = {}): Promise<string[]> {
  const around = folder();
  const into = join(around, 'into');
  const result = await unpack(path, into, { ...intakeLimits, ...limits }, new AbortController().signal);
  assert.is(untouched(), canaryWas);
  assert.equal(readdirSync(around), ['into']);
  for (const one of readdirSync(into, { recursive: true, withFileTypes: true })) {
    const at = join(one.parentPath, one.name);
    if (one.isFile()) assert.not.match(readFileSync(at, 'utf8'), secret);
    else if (one.isSymbolicLink()) assert.not.match(readlinkSync(at), /^\//);
    else assert.ok(one.isDirectory(), at);
  }
  if (result.ok) return [];
  for (const { text } of result.refusals) assert.ok(text.en.length > 15 && /\p{sc=Han}/u.test(text['zh-TW']), text.en);
  return result.refusals.map(({ code, place }) => `${code} ${place?.file ?? ''}`.trim());
}

const wrote = (bytes: Uint8Array, name = 'a.zip'): string => {
  const path = join(folder(), name);
  writeFileSync(path, bytes);
  return path;
};
const ofZip = (entries: readonly ZipEntry[], limits?: Partial<IntakeLimits>) =>
  refusals(wrote(zip([compose, ...entries])), limits);
const ofTar = (entries: readonly TarEntry[], limits?: Partial<IntakeLimits>) =>
  refusals(wrote(tarOf([compose, ...entries]), 'a.tar'), limits);

test('harmless content is not refused', async () => {
  assert.equal(
    await ofZip([
      { name: '說明.txt', content: 'x' },
      { name: 'a b/👩‍💻.md', content: 'x' },
    ]),
    [],
  );
  assert.equal(await ofTar([{ name: 'a/b' }, { name: 'a/up', type: '2', target: '../compose.yaml' }]), []);
});

const names: readonly (readonly [string, string | Uint8Array, string])[] = [
  ['up and out', '../out.txt', 'path-leaves-folder ../out.txt'],
  ['up and out, from below', 'flask/../../out.txt', 'path-leaves-folder flask/../../out.txt'],
  ['absolute', '/tmp/out.txt', 'path-absolute /tmp/out.txt'],
  ['a drive', 'C:/out.txt', 'path-absolute C:/out.txt'],
  ['backslashes', '..\\out.txt', 'path-backslash ..\\out.txt'],
  ['up and out, and no UTF-8', Buffer.from('../\xb3\xf8', 'latin1'), 'path-leaves-folder ../\\xB3\\xF8'],
  ['a line end', 'a\nb', 'name-invisible a b'],
  ['an escape sequence', 'a\u001b[31mb', 'name-invisible a[U+001B][31mb'],
  ['a text turned round', 'a\u202egnp.exe', 'name-invisible a[U+202E]gnp.exe'],
  ['too long a name', 'x'.repeat(300), `name-too-long ${'x'.repeat(199)}…`],
  ['too long a path', 'abcdefghi/'.repeat(120), `name-too-long ${'abcdefghi/'.repeat(20).slice(0, 199)}…`],
  ['too deep', 'a/'.repeat(40), `path-too-deep ${'a/'.repeat(40)}`],
  ['another case', 'Compose.YAML', 'names-collide Compose.YAML'],
  ['the same again', 'compose.yaml', 'names-collide compose.yaml'],
  ['below a file', 'compose.yaml/x', 'path-through-file compose.yaml'],
];
for (const [what, name, code] of names) {
  test(`a zip with a name that is ${what}`, async () => assert.equal(await ofZip([{ name, content: 'x' }]), [code]));
  if (name.length <= 100) test(`a tar with a name that is ${what}`, async () => assert.equal(await ofTar([{ name }]), [code]));
}

test('names that differ in the form of an accent, also of folders', async () => {
  assert.equal(await ofZip([{ name: 'caf\u00e9/a' }, { name: 'cafe\u0301/b' }]), ['names-collide cafe\u0301']);
});

test('a name with a NUL', async () => {
  assert.equal(await ofZip([{ name: 'a.txt\0.png' }]), ['name-invisible a.txt[U+0000].png']);
});

test('long names of tar, in an extended header', async () => {
  assert.equal(await ofTar([paxOf({ path: '../out.txt' }), { name: 'x' }]), ['path-leaves-folder ../out.txt']);
  assert.equal(await ofTar([{ name: 'l', type: 'L', content: '../out.txt\0' }, { name: 'x' }]), [
    'path-leaves-folder ../out.txt',
  ]);
  assert.equal(await ofTar([paxOf({ path: 'a\u202eb' }), { name: 'x' }]), ['name-invisible a[U+202E]b']);
});

const links: readonly (readonly [string, readonly (readonly [name: string, target: string])[], readonly string[]])[] = [
  ['absolute', [['l', canary]], ['link-leaves-folder l']],
  ['up and out', [['l', '../../canary.txt']], ['link-leaves-folder l']],
  [
    'through another',
    [
      ['a', 'b/..'],
      ['b', '.'],
      ['c', 'a/../x'],
    ],
    ['link-leaves-folder a', 'link-leaves-folder c'],
  ],
  [
    'a chain, each of which looks harmless',
    [
      ['d/e/up', '..'],
      ['out', 'd/e/up/../../x'],
    ],
    ['link-leaves-folder out'],
  ],
  [
    'in a circle',
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    ['link-circle a', 'link-circle b'],
  ],
  [
    'to an absolute one',
    [
      ['a', 'b/x'],
      ['b', '/etc'],
    ],
    ['link-leaves-folder a', 'link-leaves-folder b'],
  ],
  [
    'by another case',
    [
      ['D', 'x/y'],
      ['l', 'd/../../../z'],
    ],
    ['link-leaves-folder l'],
  ],
  ['with a backslash', [['l', '..\\x']], ['link-leaves-folder l']],
  ['with what is not seen', [['l', 'a\nb']], ['name-invisible l']],
];
for (const [what, all, codes] of links) {
  test(`links: ${what}`, async () => {
    const inZip = all.map(([name, content]) => ({ name, content, mode: 0o120777 }));
    const inTar = all.map(([name, target]) => ({ name, target, type: '2' }));
    const onDisk = folder({ 'compose.yaml': 'services: {}\n' });
    for (const [name, target] of all) {
      mkdirSync(dirname(join(onDisk, name)), { recursive: true });
      symlinkSync(target, join(onDisk, name));
    }
    assert.equal(await ofZip(inZip), codes);
    assert.equal(await ofTar(inTar), codes);
    assert.equal((await refusals(onDisk)).sort(), [...codes].sort());
  });
}

test('a link, and then a file written through it', async () => {
  const target = dirname(canary);
  const codes = ['path-through-file l', 'link-leaves-folder l'];
  assert.equal(
    await ofTar([
      { name: 'l', type: '2', target },
      { name: 'l/canary.txt', content: 'gone' },
    ]),
    codes,
  );
  assert.equal(
    await ofZip([
      { name: 'l', content: target, mode: 0o120777 },
      { name: 'l/canary.txt', content: 'gone' },
    ]),
    codes,
  );
});

test('a link, and then a file of its name', async () => {
  assert.equal(
    await ofTar([
      { name: 'l', type: '2', target: canary },
      { name: 'l', content: 'gone' },
    ]),
    ['names-collide l', 'link-leaves-folder l'],
  );
});

test('hard links of a tar that lead out, or to a link', async () => {
  for (const target of [canary, '../canary.txt', 'nothing']) {
    assert.equal(await ofTar([{ name: 'h', type: '1', target }]), ['link-leaves-folder h']);
  }
  const chain = [
    { name: 'l', type: '2', target: canary },
    { name: 'h', type: '1', target: 'l' },
  ];
  assert.equal(await ofTar(chain), ['link-leaves-folder h', 'link-leaves-folder l']);
});

test('devices, pipes and sockets in archives', async () => {
  for (const type of ['3', '4', '6']) assert.equal(await ofTar([{ name: 'd', type }]), ['special-file d']);
  for (const kind of [0o010000, 0o020000, 0o060000, 0o140000])
    assert.equal(await ofZip([{ name: 'd', mode: kind | 0o644 }]), ['special-file d']);
});

test('a folder with a pipe, a socket, a link to the outside: none is opened', async () => {
  const dir = folder({ 'compose.yaml': 'services: {}\n' });
  makePipe(join(dir, 'pipe'));
  symlinkSync(canary, join(dir, 'out'));
  symlinkSync(dirname(canary), join(dir, 'outside'));
  const server = createServer();
  await new Promise<void>((done) => server.listen(join(dir, 'socket'), done));
  const codes = await refusals(dir);
  server.close();
  assert.equal(codes.sort(), [
    'link-leaves-folder out',
    'link-leaves-folder outside',
    'special-file pipe',
    'special-file socket',
  ]);
});

test('a submission that is itself a link, a pipe or absent', async () => {
  const dir = folder();
  symlinkSync(dirname(canary), join(dir, 'ann'));
  makePipe(join(dir, 'bob'));
  assert.equal(await refusals(join(dir, 'ann')), ['link-leaves-folder ann']);
  assert.equal(await refusals(join(dir, 'bob')), ['special-file']);
  assert.equal(await refusals(join(dir, 'eve')), ['unreadable eve']);
});

if (process.getuid?.() === 0)
  test("a hard link in a student's folder to another user's file", async () => {
    const dir = folder({ 'compose.yaml': 'services: {}\n' });
    linkSync(canary, join(dir, 'mine.txt'));
    canaryWas = untouched();
    for (const path of [dir, join(dir, 'compose.yaml')]) chownSync(path, 1234, 1234);
    assert.equal(await refusals(dir), ['link-leaves-folder mine.txt']);
  });

test('a folder that changes while it is read', async () => {
  const outside = folder({ 'x.txt': secret });
  const dir = folder({ 'compose.yaml': 'services: {}\n', 'flask/x.txt': 'x' });
  const into = join(folder(), 'into');
  let swaps = 0;
  const swap = setInterval(() => {
    swaps += 1;
    const flask = join(dir, 'flask');
    rmSync(flask, { recursive: true });
    if (swaps % 2 === 1) return symlinkSync(outside, flask);
    mkdirSync(flask);
    writeFileSync(join(flask, 'x.txt'), 'x');
  }, 1);
  try {
    for (let at = 0; at < 40; at++) {
      const result = await unpack(dir, `${into}${at}`, intakeLimits, new AbortController().signal);
      const copy = join(`${into}${at}`, '0', 'flask', 'x.txt');
      if (existsSync(copy)) assert.not.match(readFileSync(copy, 'utf8'), secret);
      if (!result.ok)
        for (const { code } of result.refusals) assert.ok(['unreadable', 'link-leaves-folder'].includes(code), code);
    }
  } finally {
    clearInterval(swap);
  }
  assert.ok(swaps > 5, `${swaps}`);
});

if (existsSync('/proc/self/fd'))
  test('a folder replaced by a link while it is read: reading continues in the opened folder', async () => {
    const dir = folder({ 'a/1.txt': 'own', 'a/2.txt': 'own' });
    const outside = folder({ '1.txt': secret, '2.txt': secret });
    const read: string[] = [];
    for await (const item of folderItems(dir)) {
      if (item.kind !== 'file') continue;
      let text = '';
      for await (const chunk of item.read?.() ?? []) text += Buffer.from(chunk).toString();
      read.push(text);
      if (read.length > 1) continue;
      renameSync(join(dir, 'a'), join(dir, 'b'));
      symlinkSync(outside, join(dir, 'a'));
    }
    assert.equal(read.slice(0, 2), ['own', 'own']);
    assert.not.ok(read.includes(secret));
  });

test('a submission that is too large, has too many files, or a file that is too large', async () => {
  const noise = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, at) => (at * 7919) % 251));
  assert.equal(await ofZip([{ name: 'a', content: noise(3000) }], { fileBytes: 2000 }), ['file-too-large a']);
  assert.equal(await ofTar([{ name: 'a', content: noise(3000) }], { fileBytes: 2000 }), ['file-too-large a']);
  const three = ['a', 'b', 'c'].map((name) => ({ name, content: noise(1500) }));
  assert.equal(await ofZip(three, { bytes: 4000 }), ['too-large']);
  assert.equal(await ofTar(three, { bytes: 4000 }), ['too-large']);
  assert.equal(await ofZip(three, { files: 3 }), ['too-many-files']);
  assert.equal(await ofTar(three, { files: 3 }), ['too-many-files']);
  assert.equal(await ofZip([{ name: 'a/b/c/' }], { files: 3 }), ['too-many-files']);
  const dir = folder({ 'compose.yaml': '', big: '' });
  truncateSync(join(dir, 'big'), 1024 ** 4);
  assert.equal(await refusals(dir), ['file-too-large big']);
});

test('junk is ignored, up to a limit', async () => {
  const many = Array.from({ length: 90 }, (_, at) => ({ name: `node_modules/${at}` }));
  assert.equal(await ofTar(many, { files: 5 }), []);
  assert.equal(await ofTar([...many, ...many], { files: 5 }), ['too-many-files']);
  assert.equal(await ofZip([...many, ...many], { files: 5 }), ['too-many-files']);
});

test('bombs: by ratio, in a zip, a tgz, and in ignored junk', async () => {
  const zeros = Buffer.alloc(8 * 1024 * 1024);
  assert.equal(await ofZip([{ name: 'a', content: zeros }]), ['archive-ratio']);
  assert.equal(await refusals(wrote(gzipSync(tarOf([compose, { name: 'a', content: zeros }])), 'a.tgz')), ['archive-ratio']);
  const junk = tarOf([compose, { name: '.git/a', content: zeros }]);
  assert.equal(await refusals(wrote(gzipSync(junk), 'a.tgz')), ['archive-ratio']);
});

test('bombs: endlessly nested archives', async () => {
  let inner = zip([compose]);
  for (let at = 0; at < 6; at++) inner = zip([{ name: `${at}.zip`, content: inner, store: true }]);
  assert.equal(await refusals(wrote(inner)), ['archive-depth']);
});

test('bombs: entries that share their bytes', async () => {
  const content = 'x'.repeat(1000);
  assert.equal(
    await ofZip([
      { name: 'a', content },
      { name: 'b', content, localName: 'a', sharesWith: 1 },
    ]),
    ['archive-damaged b'],
  );
  assert.equal(
    await ofZip([
      { name: 'a', content },
      { name: 'a', content, sharesWith: 1 },
    ]),
    ['archive-overlap'],
  );
});

test('zips with wrong sizes', async () => {
  const content = 'x'.repeat(5000);
  assert.equal(await ofZip([{ name: 'a', content, size: 10 }]), ['archive-damaged a']);
  assert.equal(await ofZip([{ name: 'a', content, size: 50_000 }]), ['archive-damaged a']);
  // zip64: the size is in an extra field
  assert.equal(await ofZip([{ name: 'a', content, size: 0xffffffff, extra: fieldOf(2n ** 40n) }]), ['file-too-large a']);
  assert.equal(await ofZip([{ name: 'a', content, size: 0xffffffff, extra: fieldOf(10n) }]), ['archive-damaged a']);
});
const fieldOf = (size: bigint): Buffer => {
  const field = Buffer.alloc(12);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8, 2);
  field.writeBigUInt64LE(size, 4);
  return field;
};

test('zips with a password, another method, a wrong checksum, a different local name', async () => {
  assert.equal(await ofZip([{ name: 'a', content: 'x', flags: 1 }]), ['archive-encrypted a']);
  assert.equal(await ofZip([{ name: 'a', content: 'x', flags: 0x41 }]), ['archive-encrypted']);
  assert.equal(await ofZip([{ name: 'a', content: 'x', method: 14 }]), ['archive-method a']);
  assert.equal(await ofZip([{ name: 'a', content: 'x', crc: 1 }]), ['archive-damaged a']);
  assert.equal(await ofZip([{ name: 'a', content: 'x', localName: 'b' }]), ['archive-damaged a']);
});

test('a zip with a UTF-8 name that differs from its plain name', async () => {
  const { crc32 } = await import('node:zlib');
  const data = Buffer.concat([Buffer.from([1]), Buffer.alloc(4), Buffer.from('../out.txt')]);
  data.writeUInt32LE(crc32('fine.txt'), 1);
  const extra = Buffer.concat([Buffer.from([0x75, 0x70, data.length, 0]), data]);
  assert.equal(await ofZip([{ name: 'fine.txt', content: 'x', extra, flags: 0 }]), ['path-leaves-folder ../out.txt']);
});

test('archives truncated at every block', async () => {
  const entries = [compose, { name: 'flask/app.py', content: 'x'.repeat(700) }];
  const [packed, plain] = [zip(entries), tarOf(entries)];
  const zipped = gzipSync(plain);
  for (const share of [0.2, 0.5, 0.8, 0.98]) {
    for (const [bytes, name] of [
      [packed, 'a.zip'],
      [zipped, 'a.tgz'],
    ] as const)
      assert.equal(
        await refusals(wrote(bytes.subarray(0, Math.floor(bytes.length * share)), name)),
        ['archive-damaged'],
        `${name} ${share}`,
      );
  }
  for (let at = 512; at < plain.length - 1024; at += 512)
    assert.equal(await refusals(wrote(plain.subarray(0, at), 'a.tar')), ['archive-damaged'], `${at}`);
});

test('garbage, and files with the name of an archive only', async () => {
  for (const bytes of ['', 'hello', 'PK\x03\x04 and nothing more', '\x1f\x8b\x08 and nothing more'])
    assert.equal(await refusals(wrote(Buffer.from(bytes, 'latin1'))), ['archive-damaged'], bytes);
  assert.equal(await refusals(wrote(deflateRawSync('x'.repeat(2000)))), ['archive-damaged']);
  const others = ['BZh91AY&SY', '\xfd7zXZ\0', '7z\xbc\xaf\x27\x1c', 'Rar!\x1a\x07', '\x28\xb5\x2f\xfd'];
  for (const magic of others) assert.equal(await refusals(wrote(Buffer.from(magic, 'latin1'))), ['archive-format'], magic);
  const changed = tarOf([compose]);
  changed[5] = 0x41;
  assert.equal(await refusals(wrote(changed, 'a.tar')), ['archive-damaged']);
});

test('tars with sparse files, volumes, huge headers and wrong sizes', async () => {
  assert.equal(await ofTar([{ name: 's', type: 'S' }]), ['archive-entry s']);
  assert.equal(await ofTar([{ name: 'v', type: 'V' }]), ['archive-entry v']);
  assert.equal(await ofTar([paxOf({ 'GNU.sparse.major': '1', 'GNU.sparse.realsize': '99999999' }), { name: 's' }]), [
    'archive-entry s',
  ]);
  assert.equal(await ofTar([{ name: 'h', type: 'x', size: 5 * 1024 * 1024 }]), ['archive-damaged']);
  assert.equal(await ofTar([{ name: 'a', size: 8 ** 11 - 1 }]), ['file-too-large a']);
  assert.equal(await ofTar([paxOf({ size: '99999999999' }), { name: 'a' }]), ['file-too-large a']);
  assert.equal(await ofTar([{ name: 'a', content: 'x', size: 5000 }]), ['archive-damaged']);
});

test('no project, several, one too deep', async () => {
  const ofFolder = (files: readonly string[]) => refusals(folder(Object.fromEntries(files.map((name) => [name, '']))));
  assert.equal(await ofFolder(['README.md']), ['no-compose-file']);
  assert.equal(await ofFolder([]), ['no-compose-file']);
  assert.equal(await ofFolder(['a/b/compose.yaml']), ['no-compose-file a/b/compose.yaml']);
  assert.equal((await ofFolder(['a/compose.yaml', 'b/compose.yml']))[0]?.split(' ')[0], 'several-projects');
  assert.equal((await ofFolder(['a.zip', 'b.rar']))[0]?.split(' ')[0], 'several-projects');
});

test('many refusals are reported, but not all; an incompletely read submission has no hash', async () => {
  const path = wrote(zip(Array.from({ length: 60 }, (_, at) => ({ name: `../${at}` }))));
  const result = await unpack(path, join(folder(), 'into'), intakeLimits, new AbortController().signal);
  assert.equal([result.hash, !result.ok && result.refusals.length], ['', 20]);
  const empty = await unpack(folder({ 'a.txt': 'x' }), join(folder(), 'into'), intakeLimits, new AbortController().signal);
  assert.match(empty.hash, /^[0-9a-f]{64}$/);
});

test('a bare repository on a machine without git', async () => {
  const dir = folder({ HEAD: 'ref: refs/heads/main\n' });
  const error = await gitItems(dir, new AbortController().signal, '/nonexistent')
    .next()
    .then(String, (one) => one);
  assert.instance(error, Refused);
  assert.is(error.remark.code, 'git-missing');
});

test('a file system error of the machine is not the fault of a submission', async () => {
  const dir = folder({ 'compose.yaml': '' });
  const error = await unpack(dir, join(dir, 'compose.yaml', 'into'), intakeLimits, new AbortController().signal).then(
    String,
    String,
  );
  assert.match(error, /ENOTDIR/);
});

test.run();
