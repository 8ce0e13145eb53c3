import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { printable } from '../../../src/formats/untrusted-text.ts';
import { findSubmissions } from '../../../src/grade/submissions/find-submissions.ts';
import { certainEncoding } from '../../../src/grade/submissions/names/encoding.ts';
import { loadRoster } from '../../../src/grade/submissions/roster.ts';
import { intakeLimits, type Unpacked, unpack } from '../../../src/grade/submissions/unpack.ts';
import { paxOf, tarOf, zip } from '../../helpers/archives.ts';
import { folder } from '../../helpers/folder.ts';

/** Names that are not UTF-8, or not safe to show: every submission is listed, and the name of one file costs nothing. */

const compose = 'services: {}\n';
const raw = (bytes: string): Buffer => Buffer.from(bytes, 'latin1');
const at = (dir: string, name: Buffer): Buffer => Buffer.concat([Buffer.from(`${dir}/`), name]);
const path = (...parts: readonly (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)));

test('names become printable and stay unique', () => {
  for (const [name, shown] of [
    ['王小明', '王小明'],
    [raw('\xb3\xf8\xa7i.txt'), '\\xB3\\xF8\\xA7i.txt'],
    // a second byte of Big5 can be a backslash
    [raw('\xa5\\'), '\\xA5\\x5C'],
    [raw('\xff\n'), '\\xFF\\x0A'],
    ['exe.\u202efdp', 'exe.\\u202Efdp'],
    ['a\u0000\u001b[31m\u009b\u007f', 'a\\u0000\\u001B[31m\\u009B\\u007F'],
    ['\u{e0041}', '\\uDB40\\uDC41'],
    ['a b', 'a b'],
    [' \u3000', '\\u0020\\u3000'],
    ['\u200b', '\\u200B'],
  ] as const)
    assert.is(printable(name), shown);
});

test('an encoding is certain if all names together have one reading', () => {
  const of = (encoding: string, ...names: readonly string[]) =>
    certainEncoding(names.map((name) => iconv.encode(name, encoding)));
  assert.is(of('cp950', '王小明'), 'cp950');
  assert.is(of('cp950', '陳大文', '林志玲', '報告.txt', 'B10902001'), 'cp950');
  assert.is(of('cp936', '张伟', '王芳', '实验报告.txt'), 'cp936');
  assert.is(of('cp932', '田中太郎', 'レポート.txt'), 'cp932');
  assert.is(of('cp437', 'Müller', 'José', 'François Lefèvre'), 'cp437');
  // too few names, two readings, another encoding, and undefined bytes
  assert.is(of('cp950', '陳'), undefined);
  assert.is(of('cp936', '李娜'), undefined);
  assert.is(of('cp437', 'Ångström'), undefined);
  assert.is(of('cp866', 'Иванов', 'Петров'), undefined);
  assert.is(of('cp1252', 'Müller', 'José'), undefined);
  assert.is(certainEncoding([raw('\xff\xfe')]), undefined);
  assert.is(certainEncoding([raw('\xa4\xfd\xa4p\xa9\xfa'), raw('\xff')]), undefined);
  assert.is(of('utf8', 'ann'), undefined);
});

/** Submissions of one class: the bytes of their names, and the ID of each. */
const big5 = [raw('\xa4\xfd\xa4p\xa9\xfa'), '王小明'] as const;
const odd: readonly (readonly [string | Buffer, string])[] = [
  ['venv', 'venv'],
  ['...', '...'],
  ['.hidden', '.hidden'],
  ['node_modules', 'node_modules'],
  ['a b', 'a b'],
  ['exe.\u202efdp', 'exe.\\u202Efdp'],
  ['tab\tand\u001b[31mred', 'tab\\u0009and\\u001B[31mred'],
  ['back\\slash', 'back\\slash'],
  ['王大明', '王大明'],
  ['\ufffd\ufffd', '\ufffd\ufffd'],
  ['B10902001', 'B10902001'],
];
const invalid = [raw('\xff\xfe'), '\\xFF\\xFE'] as const;
/** Files that systems and tools leave beside submissions. */
const notSubmissions = ['__MACOSX', '.git', '.DS_Store', 'Thumbs.db', 'roster.csv', '.cache'];

/** Every entry becomes a row or is listed as left out: `rows`, then `left`. */
async function listed(where: string, roster?: Awaited<ReturnType<typeof loadRoster>>) {
  const { found, missing, leftOut } = await findSubmissions([where], roster);
  for (const { student, source } of found) for (const shown of [student.id, source]) assert.is(printable(shown), shown);
  const ids = found.map(({ student }) => student.id);
  assert.is(new Set(ids).size, ids.length, 'IDs are unique');
  // each can be unpacked from where it was found
  for (const one of found) {
    const result = await unpack(one.path, join(folder(), 'into'), intakeLimits, new AbortController().signal);
    assert.ok(result.ok, `${one.source}: ${JSON.stringify(result)}`);
  }
  return { ids: ids.sort(), missing: missing.map(({ id }) => id), left: leftOut.map(({ place }) => place?.file ?? '').sort() };
}

const sources: Readonly<Record<string, (names: readonly (string | Buffer)[], more: readonly string[]) => string>> = {
  folder: (names, more) => {
    const dir = folder();
    for (const name of names) {
      mkdirSync(at(dir, Buffer.from(name)));
      writeFileSync(at(dir, path(name, '/compose.yaml')), compose);
    }
    for (const name of more) {
      const isFolder = !/\.(?!git|cache)/.test(name);
      if (isFolder) mkdirSync(join(dir, name));
      writeFileSync(join(dir, name, isFolder ? 'x' : ''), '');
    }
    return dir;
  },
  'zip without the flag of UTF-8': (names, more) =>
    wrote('class.zip', zip(entriesOf(names, more).map((one) => ({ ...one, flags: 0 })))),
  tar: (names, more) => wrote('class.tar', tarOf(entriesOf(names, more))),
  tgz: (names, more) =>
    wrote('class.tgz', gzipSync(tarOf(entriesOf(names, more).map((one) => ({ ...one, name: path('./', one.name) }))))),
};
const entriesOf = (names: readonly (string | Buffer)[], more: readonly string[]) => [
  ...names.map((name) => ({ name: path(name, '/compose.yaml'), content: compose })),
  ...more.map((name) => ({ name: path(name, /\.(?!git|cache)/.test(name) ? '' : '/x'), content: '' })),
];
function wrote(name: string, bytes: Uint8Array): string {
  const file = join(folder(), name);
  writeFileSync(file, bytes);
  return file;
}

for (const [kind, make] of Object.entries(sources)) {
  test(`a class as a ${kind}: every entry becomes a row or is listed as left out`, async () => {
    const names = [...odd, big5];
    const { ids, left } = await listed(
      make(
        names.map(([name]) => name),
        notSubmissions,
      ),
    );
    assert.equal(ids, names.map(([, id]) => id).sort());
    assert.equal(left, [...notSubmissions].sort());
  });

  test(`a class as a ${kind}: names of no certain encoding are escaped`, async () => {
    const names = [...odd, big5, invalid];
    const { ids } = await listed(
      make(
        names.map(([name]) => name),
        [],
      ),
    );
    const escaped = '\\xA4\\xFD\\xA4p\\xA9\\xFA';
    assert.equal(ids, [...odd.map(([, id]) => id), escaped, invalid[1]].sort());
  });

  for (const [encoding, names] of [
    ['cp950', ['陳大文', '林志玲', 'ann']],
    ['cp936', ['张伟', '王芳', '刘洋', 'ann']],
    ['cp932', ['田中太郎', '佐藤', 'ann']],
    ['cp437', ['José', 'François', 'ann']],
  ] as const)
    test(`a class as a ${kind}: names in ${encoding}`, async () => {
      const { ids } = await listed(
        make(
          names.map((name) => iconv.encode(name, encoding)),
          [],
        ),
      );
      assert.equal(ids, [...names].sort());
    });

  test(`a class as a ${kind}: the same name in two encodings is two students`, async () => {
    const { ids } = await listed(make(['王小明', big5[0], 'ann'], []));
    assert.equal(ids, ['\\xA4\\xFD\\xA4p\\xA9\\xFA', 'ann', '王小明'].sort());
  });
}

test('names in Big5 are matched with the roster and not reported as missing', async () => {
  const roster = await loadRoster(join(folder({ 'roster.csv': 'id,name\nb1,王小明\nb2,Ann\nb3,Eve\n' }), 'roster.csv'));
  const dir = sources['zip without the flag of UTF-8']?.([big5[0], 'Ann'], []) ?? '';
  const { ids, missing } = await listed(dir, roster);
  assert.equal([ids, missing], [['b1', 'b2'], ['b3']]);
});

test("a zip's extra field for UTF-8 names is authoritative", async () => {
  const { crc32 } = await import('node:zlib');
  const field = (name: Buffer, text: string) => {
    const data = path(Buffer.from([1, 0, 0, 0, 0]), text);
    data.writeUInt32LE(crc32(name), 1);
    return path(Buffer.from([0x75, 0x70, data.length, 0]), data);
  };
  const entries = [raw('\xff'), raw('\xfe')].map((name, index) => {
    const own = path(name, '/compose.yaml');
    return { name: own, content: compose, flags: 0, extra: field(own, `學生${index}/compose.yaml`) };
  });
  assert.equal((await listed(wrote('class.zip', zip(entries)))).ids, ['學生0', '學生1']);
});

test('a Python environment is not a submission, a folder with only such a name is', async () => {
  const dir = folder({ 'ann/compose.yaml': compose, 'venv/pyvenv.cfg': '', 'venv/lib/x': '', 'eve/flask/app.py': '' });
  const { found, leftOut } = await findSubmissions([dir]);
  assert.equal([found.map(({ student }) => student.id), leftOut.map(({ code }) => code)], [['ann', 'eve'], ['tool']]);
  // a Compose file inside a package does not make its folder a submission
  const own = folder({ 'lab/compose.yaml': compose, 'node_modules/x/docker-compose.yml': compose, '.github/x': '' });
  assert.equal(
    (await findSubmissions([own])).found.map(({ source }) => source),
    [own],
  );
});

test('an unreadable entry of an archive affects its own submission only', async () => {
  const others = ['ann', 'bob'].map((name) => ({ name: `${name}/compose.yaml`, content: compose }));
  for (const file of [
    wrote('class.zip', zip([...others, { name: 'eve/a', content: 'x', flags: 1 }, { name: '../out', content: 'x' }])),
    wrote('class.tar', tarOf([...others, { name: 'eve/a', type: 'S' }, { name: '/out' }])),
  ]) {
    const { found, leftOut } = await findSubmissions([file]);
    assert.equal(leftOut.length, 1, file);
    const ends = await Promise.all(
      found.map(async ({ student, path: from }) => {
        const result = await unpack(from, join(folder(), 'into'), intakeLimits, new AbortController().signal);
        return [student.id, result.ok];
      }),
    );
    assert.equal(
      ends,
      [
        ['ann', true],
        ['bob', true],
        ['eve', false],
      ],
      file,
    );
  }
});

/** The unpacked content: `path` below the project, and the notes. */
async function taken(from: string | Buffer): Promise<{ files: string[]; notes: string[]; dir: string; hash: string }> {
  const result: Unpacked = await unpack(from, join(folder(), 'into'), intakeLimits, new AbortController().signal);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusals)}`);
  const files = (readdirSync(result.dir, { recursive: true }) as string[]).sort();
  return { files, notes: result.notes.map(({ code, place }) => `${code} ${place?.file}`), dir: result.dir, hash: result.hash };
}

const report = raw('\xb3\xf8\xa7i.txt');
const strange = raw('flask/\xff\xfe.txt');

test('a file name in Big5 neither stops the class nor costs points', async () => {
  const dir = folder({
    'ann/compose.yaml': compose,
    'bob/compose.yaml': compose,
    'bob/報告.txt': 'x',
    'eve/compose.yaml': compose,
  });
  // modes as the helper writes them: the executable bit is in the hash
  writeFileSync(at(`${dir}/ann`, report), 'x', { mode: 0o755 });
  writeFileSync(at(`${dir}/eve`, raw('\xff\xfe.txt')), 'x');
  const { found } = await findSubmissions([dir]);
  assert.equal(
    found.map(({ student }) => student.id),
    ['ann', 'bob', 'eve'],
  );
  const [ann, bob, eve] = await Promise.all(found.map(({ path: from }) => taken(from)));
  assert.equal(ann?.files, ['compose.yaml', '報告.txt']);
  assert.is(ann?.hash, bob?.hash);
  assert.equal(eve?.files, ['\\xFF\\xFE.txt', 'compose.yaml']);
  assert.equal([ann?.notes, eve?.notes], [[], ['name-not-utf8 \\xFF\\xFE.txt']]);
});

test('a file with an undecodable name in a zip, a tar, a git repository: the same as in a folder', async () => {
  const dir = folder({ 'compose.yaml': compose, 'flask/app.py': '' });
  writeFileSync(at(dir, strange), 'x');
  const plain = await taken(dir);
  assert.equal(plain.files, ['compose.yaml', 'flask', 'flask/\\xFF\\xFE.txt', 'flask/app.py']);
  assert.equal(plain.notes, ['name-not-utf8 flask/\\xFF\\xFE.txt']);
  const entries = [
    { name: 'compose.yaml', content: compose, mode: 0o100755 },
    { name: 'flask/app.py', content: '', mode: 0o100755 },
    { name: strange, content: 'x', mode: 0o100644 },
  ];
  const others = [
    wrote('a.zip', zip(entries)),
    wrote('a.tar', tarOf(entries.map((one) => ({ ...one, mode: one.mode & 0o777 })))),
  ];
  if (spawnSync('git', ['--version']).status === 0) {
    const tree = folder({ 'compose.yaml': compose, 'flask/app.py': '' });
    writeFileSync(at(tree, strange), 'x');
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: tree, stdio: 'ignore' });
    git('init');
    git('add', '-A');
    git('commit', '-m', 'all');
    const bare = join(folder(), 'ann.git');
    git('clone', '--bare', '--no-local', tree, bare);
    others.push(bare);
  }
  for (const other of others) {
    const { files, notes, hash } = await taken(other);
    assert.equal([files, notes, hash], [plain.files, plain.notes, plain.hash], other);
  }
});

test('a wrapping folder, links and hard links with names in Big5', async () => {
  const wrapped = zip([
    { name: path(big5[0], '/compose.yaml'), content: compose, flags: 0 },
    { name: path(big5[0], '/', report), content: 'x', flags: 0 },
  ]);
  const { dir, files } = await taken(wrote('a.zip', wrapped));
  assert.match(dir, /\/王小明$/);
  assert.equal(files, ['compose.yaml', '報告.txt']);
  const onDisk = folder({ 'compose.yaml': compose });
  writeFileSync(at(onDisk, report), 'x');
  symlinkSync(report, join(onDisk, 'link'));
  const linked = await taken(onDisk);
  assert.is(readFileSync(join(linked.dir, 'link'), 'utf8'), 'x');
  // a link to a name of uncertain encoding is left out
  symlinkSync(raw('\xff'), join(onDisk, 'other'));
  const some = await taken(onDisk);
  // in the order in which this disk lists a folder
  assert.equal([...some.notes].sort(), ['link-not-utf8 link', 'link-not-utf8 other', 'name-not-utf8 \\xB3\\xF8\\xA7i.txt']);
  const tar = tarOf([
    { name: 'compose.yaml', content: compose },
    { name: report, content: 'x' },
    { name: 'twin', type: '1', target: 'compose.yaml' },
  ]);
  assert.equal((await taken(wrote('a.tar', tar))).files, ['compose.yaml', 'twin', '報告.txt']);
});

test('names that would collide after decoding stay escaped; a long one is cut', async () => {
  const dir = folder({ 'compose.yaml': compose, '報告.txt': 'utf8' });
  writeFileSync(at(dir, report), 'big5');
  const long = raw('\xff'.repeat(200));
  writeFileSync(at(dir, raw('a/').subarray(0, 1)), '');
  const both = await taken(dir);
  assert.equal(both.files, ['\\xB3\\xF8\\xA7i.txt', 'a', 'compose.yaml', '報告.txt']);
  assert.is(readFileSync(join(both.dir, '報告.txt'), 'utf8'), 'utf8');
  writeFileSync(at(dir, long), '');
  const { files } = await taken(dir);
  assert.ok(
    files.some((name) => /^(?:\\xFF){50}~[0-9a-f]{16}$/.test(name)),
    files.join(),
  );
});

test('a decoded name is checked as any other: it cannot leave the folder', async () => {
  // the second byte of the character is a backslash, but not a separate character in Big5
  const dir = folder({ 'compose.yaml': compose });
  writeFileSync(at(dir, iconv.encode('功課.txt', 'cp950')), '');
  assert.equal((await taken(dir)).files, ['compose.yaml', '功課.txt']);
  const lone = folder({ 'compose.yaml': compose });
  writeFileSync(at(lone, path(iconv.encode('報告', 'cp950'), '\\x')), '');
  assert.equal((await taken(lone)).files, ['\\xB3\\xF8\\xA7i\\x5Cx', 'compose.yaml']);
});

test('names in extended headers of a tar, as Python writes them, are read as bytes', async () => {
  const names = ['陳大文', '林志玲'].map((name) => iconv.encode(name, 'cp950'));
  const entries = names.flatMap((name) => [
    paxOf({ path: path(name, '/compose.yaml'), hdrcharset: 'BINARY' }),
    { name: '??????/compose.yaml', content: compose },
    paxOf({ path: path(name, '/', report) }),
    { name: 'x', content: 'x'.repeat(3_000_000) },
    paxOf({ path: path(name, '/link'), linkpath: report }),
    { name: 'y', type: '2', target: '?' },
  ]);
  for (const file of [wrote('class.tar', tarOf(entries)), wrote('class.tgz', gzipSync(tarOf(entries), { level: 0 }))]) {
    assert.equal((await listed(file)).ids, ['林志玲', '陳大文']);
    const { found } = await findSubmissions([file]);
    const { files, dir } = await taken(found[0]?.path ?? '');
    assert.equal(files, ['compose.yaml', 'link', '報告.txt']);
    assert.is(readlinkSync(join(dir, 'link')), '報告.txt');
  }
});

test('files that a shell names in bytes are found although Node passes text, each once', async () => {
  const dir = folder({ 'ann/compose.yaml': compose });
  for (const name of ['陳大文', '林志玲'].map((one) => iconv.encode(one, 'cp950'))) {
    mkdirSync(at(dir, name));
    writeFileSync(at(dir, path(name, '/compose.yaml')), compose);
  }
  // as `lab grade class/*` passes them
  const script = 'const a = process.argv.slice(1); console.log(JSON.stringify(a))';
  const names: string[] = JSON.parse(
    execFileSync('sh', ['-c', `exec "$0" -e '${script}' "$1"/*`, process.execPath, dir], { encoding: 'utf8' }),
  );
  assert.is(names.filter((name) => name.includes('\ufffd')).length, 2);
  const { found } = await findSubmissions(names);
  assert.equal(found.map(({ student, source }) => [student.id, source]).sort(), [
    ['ann', join(dir, 'ann')],
    ['林志玲', join(dir, '林志玲')],
    ['陳大文', join(dir, '陳大文')],
  ]);
  for (const one of found) assert.equal((await taken(one.path)).files, ['compose.yaml']);
});

test.run();
