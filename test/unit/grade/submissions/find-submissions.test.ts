import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findSubmissions } from '../../../../src/grade/submissions/find-submissions.ts';
import { loadRoster, type Roster } from '../../../../src/grade/submissions/roster.ts';
import { intakeLimits, unpack } from '../../../../src/grade/submissions/unpack.ts';
import { tarOf, zip } from '../../../helpers/archives.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

/** Student and path of each submission. */

const lab = zip([{ name: 'compose.yaml', content: 'services: {}\n' }]);

/** A folder with these names: a trailing `/` means a folder, an archive's name an archive, anything else a file. */
function classOf(...names: readonly string[]): string {
  const dir = folder();
  for (const name of names) {
    mkdirSync(join(dir, name.endsWith('/') ? name : join(name, '..')), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(join(dir, name), name.endsWith('.zip') ? lab : '');
  }
  return dir;
}

/** `id place`, in order; `id name place` if a name is known. */
async function found(dir: string, roster?: Roster): Promise<string[]> {
  const all = await findSubmissions([dir], roster);
  return all.found.map(({ student: { id, name }, source, path }) => {
    assert.is(source, path);
    return [id, ...(name === undefined ? [] : [name]), relative(dir, String(path)) || '.'].join(' ');
  });
}

const rosterOf = (csv: string): Promise<Roster> => loadRoster(join(folder({ 'roster.csv': csv }), 'roster.csv'));

test('a folder or an archive for each student; other entries are left out, with a reason', async () => {
  const dir = classOf(
    'bob.zip',
    'ann/compose.yaml',
    'eve/flask/',
    '.git/x',
    '.hidden/settings.json',
    '__MACOSX/ann/x',
    '.DS_Store',
    'roster.csv',
    'node_modules/a/',
  );
  writeFileSync(join(dir, 'dan.tar.gz'), '');
  assert.equal(await found(dir), ['ann ann', 'bob bob.zip', 'dan dan.tar.gz', 'eve eve']);
  const { leftOut } = await findSubmissions([dir]);
  assert.equal(leftOut.map(({ code, place }) => `${code} ${place?.file}`).sort(), [
    'file roster.csv',
    'hidden .hidden',
    'system .DS_Store',
    'system .git',
    'system __MACOSX',
    'tool node_modules',
  ]);
  for (const { text } of leftOut) assert.match(text['zh-TW'], /\p{sc=Han}/u);
});

test('one submission: at the top, in one folder, as a repository, as an archive', async () => {
  const name = (dir: string) => dir.split('/').at(-1);
  for (const names of [
    ['compose.yaml', 'flask/app.py', 'nginx/compose.yaml'],
    ['lab/docker-compose.yml'],
    ['HEAD', 'objects/', 'refs/'],
    ['.git/', 'docs/', 'lab/compose.yml'],
    ['flask/', 'nginx/'],
  ]) {
    const dir = classOf(...names);
    assert.equal(await found(dir), [`${name(dir)} .`], names.join());
  }
  const dir = classOf('ann.zip', 'bob.git/HEAD', 'bob.git/objects/', 'bob.git/refs/');
  assert.equal(await found(join(dir, 'ann.zip')), ['ann .']);
  assert.equal(await found(join(dir, 'bob.git')), ['bob .']);
  writeFileSync(join(dir, 'eve.zip'), 'garbage');
  assert.equal(await found(join(dir, 'eve.zip')), ['eve .']);
  writeFileSync(join(dir, 'dan.zip'), zip([{ name: 'lab/flask/app.py' }]));
  assert.equal(await found(join(dir, 'dan.zip')), ['dan .']);
  writeFileSync(join(dir, 'kim.zip'), zip([{ name: 'lab.zip', content: lab, store: true }]));
  assert.equal(await found(join(dir, 'kim.zip')), ['kim .']);
});

test('paths are shown as the teacher named them', async () => {
  const dir = classOf('a/ann/compose.yaml', 'a/bob.zip', 'b/eve.zip');
  const named = relative(process.cwd(), dir);
  const { found: all, missing } = await findSubmissions([join(named, 'b'), `${named}/a`]);
  assert.equal(
    all.map(({ source }) => source),
    [`${named}/b/eve.zip`, `${named}/a/ann`, `${named}/a/bob.zip`],
  );
  assert.equal(
    all.map(({ path }) => path),
    [`${dir}/b/eve.zip`, `${dir}/a/ann`, `${dir}/a/bob.zip`],
  );
  assert.equal(missing, []);
});

test('folders with the names of the stacks are one submission, not two students', async () => {
  const stacks = ['base', 'nginx'];
  const ids = async (...names: readonly string[]) => {
    const dir = classOf(...names);
    const { found: all } = await findSubmissions([dir], undefined, stacks);
    return all.map(({ student, path }) => (path === dir ? 'itself' : student.id)).join();
  };
  const both = ['base/compose.yaml', 'nginx/compose.yaml'];
  assert.is(await ids(...both), 'itself');
  assert.is(await ids(...both, 'docs/', '.git/x'), 'itself');
  assert.is(await ids('base/compose.yaml', 'docs/'), 'itself');
  assert.is(await ids('lab/base/compose.yaml', 'lab/nginx/compose.yaml'), 'itself');
  assert.is(await ids(...both.map((one) => `ann/${one}`), 'bob/base/compose.yaml'), 'ann,bob');
  // next to another student's folder it is an ordinary name
  assert.is(await ids('nginx/compose.yaml', 'ann/compose.yaml'), 'ann,nginx');
  const content = 'services: {}\n';
  const dir = folder();
  writeFileSync(join(dir, 'ann.zip'), zip(both.map((name) => ({ name: `lab/${name}`, content }))));
  assert.equal(
    (await findSubmissions([join(dir, 'ann.zip')], undefined, stacks)).found.map(({ student }) => student.id),
    ['ann'],
  );
  // without the names of the stacks
  assert.equal(await found(classOf(...both)), ['base base', 'nginx nginx']);
});

test("Moodle's export, by number and by name; online text is left out", async () => {
  const dir = classOf(
    'Ann Lee_101_assignsubmission_file_/lab.zip',
    'Ann Lee_101_assignsubmission_onlinetext_/onlinetext.html',
    '王 小明_102_assignsubmission_file/compose.yaml',
    'Bob_103_assignsubmission_file_lab.zip',
  );
  assert.equal(await found(dir), [
    '101 Ann Lee Ann Lee_101_assignsubmission_file_',
    '103 Bob Bob_103_assignsubmission_file_lab.zip',
    '102 王 小明 王 小明_102_assignsubmission_file',
  ]);
  const roster = await rosterOf(
    'Identifier,Full name,ID number,Email address,Status\nParticipant 101,Lee Ann,b101,ann@x.tw,Submitted\nParticipant 999,王小明,b102,ming@x.tw,-\nParticipant 104,Eve,b104,,\n',
  );
  const { found: all, missing } = await findSubmissions([dir], roster);
  assert.equal(
    all.map(({ student: { id } }) => id),
    ['b101', '103', 'b102'],
  );
  assert.equal(all[0]?.student, {
    id: 'b101',
    name: 'Lee Ann',
    email: 'ann@x.tw',
    columns: { Identifier: 'Participant 101', 'Full name': 'Lee Ann', 'Email address': 'ann@x.tw', Status: 'Submitted' },
  });
  assert.equal(
    missing.map(({ id }) => id),
    ['b104'],
  );
});

test("a single student of Moodle's or of the roster is a class of one", async () => {
  assert.equal(await found(classOf('Ann_1_assignsubmission_file_/compose.yaml')), ['1 Ann Ann_1_assignsubmission_file_']);
  assert.equal(await found(classOf('ann/compose.yaml'), await rosterOf('id\nann\n')), ['ann ann']);
  assert.equal(await found(classOf('ann.zip')), ['ann ann.zip']);
});

test("Canvas's export, by its own number, then by name", async () => {
  const dir = classOf(
    'leeann_LATE_12_345_lab-1.zip',
    'wangbob_13_346_bob.zip',
    'wangbob_13_347_report.pdf',
    'kimeve_14_348_compose.yaml',
    'kimeve_14_349_app.py',
    'odan_15_text.html',
    'anon_Ab1_350_x.zip',
  );
  assert.equal(await found(dir), [
    'anon_Ab1 anon_Ab1_350_x.zip',
    '14 kimeve kimeve_14_348_compose.yaml',
    '12 leeann leeann_LATE_12_345_lab-1.zip',
    '13 wangbob wangbob_13_346_bob.zip',
  ]);
  const roster = await rosterOf(
    'Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"Lee, Ann",12,b12,ann,1\n"Wang, Bob",99,b13,bob,1\n"O, Dan",15,,dan,1\n',
  );
  const { found: all, missing } = await findSubmissions([dir], roster);
  assert.equal(
    all.map(({ student: { id } }) => id),
    ['anon_Ab1', '14', 'b12', 'b13'],
  );
  assert.equal(all[2]?.student.columns, {
    Student: 'Lee, Ann',
    ID: '12',
    'SIS User ID': 'b12',
    'SIS Login ID': 'ann',
    Section: '1',
  });
  assert.equal(
    missing.map(({ id }) => id),
    ['dan'],
  );
});

test('names that only resemble those of Canvas are folder names', async () => {
  assert.equal(await found(classOf('lab_113_1_ann.zip', 'lab_113_1_bob.zip')), [
    'lab_113_1_ann lab_113_1_ann.zip',
    'lab_113_1_bob lab_113_1_bob.zip',
  ]);
  assert.equal(await found(classOf('lab_113_1_ann.zip', 'bob.zip')), ['bob bob.zip', 'lab_113_1_ann lab_113_1_ann.zip']);
});

test('clones of GitHub Classroom, by the longest login', async () => {
  const names = ['lab-nginx-ann', 'lab-nginx-bob-lee'];
  const dir = classOf(...names.map((name) => `${name}/.git/x`));
  assert.equal(
    await found(dir),
    names.map((name) => `${name} ${name}`),
  );
  const clones = classOf(...names.map((name) => `lab-nginx-submissions/${name}/compose.yaml`));
  assert.equal(await found(join(clones, 'lab-nginx-submissions')), ['ann lab-nginx-ann', 'bob-lee lab-nginx-bob-lee']);
  const roster = await rosterOf('identifier,github_username,github_id,name\nb1,Ann,1,Ann\nb2,bob-lee,2,Bob\nb3,,,Eve\n');
  assert.equal(await found(dir, roster), ['b1 Ann lab-nginx-ann', 'b2 Bob lab-nginx-bob-lee']);
  assert.equal(
    (await findSubmissions([dir], roster)).missing.map(({ id }) => id),
    ['b3'],
  );
});

test('a roster: by ID in any case, by login, email, its first part, and name either way round', async () => {
  const roster = await rosterOf(
    '\ufeff學號,姓名,Email,Username\nB01,王小明,ming@x.tw,m1\nB02,Ann Lee,ann.lee@x.tw,a1\nB03,Bob,bob@x.tw,b1\nB04,Eve Kim,e@x.tw,e1\n',
  );
  const dir = classOf('b01.zip', 'ann.lee.zip', 'bob@x.tw/compose.yaml', 'Kim_Eve/compose.yaml', 'stranger.zip');
  assert.equal(await found(dir, roster), [
    'B04 Eve Kim Kim_Eve',
    'B02 Ann Lee ann.lee.zip',
    'B01 王小明 b01.zip',
    'B03 Bob bob@x.tw',
    'stranger stranger.zip',
  ]);
});

test('several submissions of one student, if the rubric permits it, and by what is known of their folders', async () => {
  const dir = classOf('ann.zip', 'ann-final/compose.yaml', 'bob.zip');
  const studentOf = (source: string) => (source.endsWith('ann-final') ? 'ann' : undefined);
  const all = await findSubmissions([dir], undefined, [], { several: true, studentOf });
  assert.equal(
    all.found.map(({ student, source }) => `${student.id} ${relative(dir, source)}`),
    ['ann ann-final', 'ann ann.zip', 'bob bob.zip'],
  );
  const roster = await rosterOf('id,name\nann,Ann Lee\neve,Eve Kim\n');
  const named = await findSubmissions([dir], roster, [], { several: true, studentOf });
  assert.is(named.found[0]?.student.name, 'Ann Lee');
  assert.equal(
    named.missing.map(({ id }) => id),
    ['eve'],
  );
  const error = await rejection(findSubmissions([dir], undefined, [], { studentOf }));
  assert.match(error.text.en, /^ann has two submissions/);
  assert.match(error.hint.en, /with `attempts` in the rubric, a student may have several$/);
});

test('two submissions of one student', async () => {
  const error = await rejection(findSubmissions([classOf('ann.zip', 'ann/compose.yaml')]));
  assert.is(error.code, 'E_SUBMISSION');
  assert.match(error.text.en, /^ann has two submissions: \S+\/ann and \S+\/ann\.zip$/);
  assert.match(error.text['zh-TW'], /^ann 有兩份作業/);
  const twice = await rejection(findSubmissions([classOf('ann/compose.yaml', 'b1.zip')], await rosterOf('id,name\nb1,Ann\n')));
  assert.match(twice.text.en, /^b1 has two submissions/);
  const dir = classOf('ann.zip', 'bob.zip');
  assert.match((await rejection(findSubmissions([dir, dir]))).text.en, /^ann has two submissions/);
});

test('a name that two students of the roster have is ambiguous', async () => {
  const error = await rejection(findSubmissions([classOf('Ann.zip', 'bob.zip')], await rosterOf('id,name\n1,Ann\n2,ann\n')));
  assert.is(error.code, 'E_SUBMISSION');
  assert.match(error.text.en, /Ann\.zip may be 1's or 2's$/);
  assert.match(error.text['zh-TW'], /無法分辨/);
});

test('paths without a submission', async () => {
  const says = async (path: string) => {
    const { code, text } = await rejection(findSubmissions([path]));
    assert.is(code, 'E_SUBMISSION');
    assert.match(text['zh-TW'], /\p{sc=Han}/u);
    return text.en.replace(path, 'it');
  };
  assert.is(await says('/nonexistent/x'), "it can't be read (ENOENT)");
  assert.is(await says(folder()), 'there is no submission in it');
  assert.is(await says(classOf('README.md')), 'there is no submission in it');
  assert.is(await says(join(classOf('grades.csv'), 'grades.csv')), 'it is neither a folder nor an archive');
});

test('a link in a class counts as a submission and is not followed', async () => {
  const dir = classOf('bob.zip');
  symlinkSync('/etc', join(dir, 'ann'));
  assert.equal(await found(dir), ['ann ann', 'bob bob.zip']);
});

test('a whole class in an archive, wrapped or not: each is unpacked from there', async () => {
  const entries = [
    { name: 'Ann Lee_101_assignsubmission_file_/lab.zip', content: lab, mode: 0o100644 },
    { name: 'Bob_102_assignsubmission_file_/compose.yaml', content: 'services: {}\n', mode: 0o100644 },
    { name: 'Bob_102_assignsubmission_onlinetext_/onlinetext.html', content: 'x', mode: 0o100644 },
    { name: '__MACOSX/x/compose.yaml', content: 'x', mode: 0o100644 },
  ];
  const dir = folder();
  writeFileSync(join(dir, 'class.zip'), zip(entries));
  writeFileSync(join(dir, 'wrapped.zip'), zip(entries.map((one) => ({ ...one, name: `all of it/${one.name}` }))));
  writeFileSync(join(dir, 'class.tgz'), gzipSync(tarOf(entries.map(({ name, content }) => ({ name: `./${name}`, content })))));
  for (const [name, base] of [
    ['class.zip', ''],
    ['wrapped.zip', 'all of it/'],
    ['class.tgz', ''],
  ] as const) {
    const path = join(dir, name);
    const { found: all } = await findSubmissions([path]);
    assert.equal(
      all.map((one) => [one.student.id, one.path.slice(path.length + 1)]),
      [
        ['101', `${base}Ann Lee_101_assignsubmission_file_`],
        ['102', `${base}Bob_102_assignsubmission_file_`],
      ],
    );
    const hashes = new Set<string>();
    for (const one of all) {
      const result = await unpack(one.path, join(folder(), 'into'), intakeLimits, new AbortController().signal);
      assert.ok(result.ok, `${name} ${one.path}`);
      hashes.add(result.hash);
    }
    assert.is(hashes.size, 1, name);
  }
});

test("Canvas's zip of zips, and a folder for each student in a zip", async () => {
  const dir = folder();
  const canvas = ['leeann_LATE_12_345_lab.zip', 'wangbob_13_346_lab.zip'];
  writeFileSync(join(dir, 'submissions.zip'), zip(canvas.map((name) => ({ name, content: lab, store: true }))));
  assert.equal(await found(join(dir, 'submissions.zip')), [
    '12 leeann leeann_LATE_12_345_lab.zip',
    '13 wangbob wangbob_13_346_lab.zip',
  ]);
  const content = 'services: {}\n';
  writeFileSync(
    join(dir, 'two.zip'),
    zip([{ name: 'ann/compose.yaml', content }, { name: 'bob/lab/compose.yaml', content }, { name: 'eve/flask/app.py' }]),
  );
  assert.equal(await found(join(dir, 'two.zip')), ['ann ann', 'bob bob', 'eve eve']);
});

test('errors of a roster name file and line', async () => {
  const says = async (csv: string | Buffer) => {
    const path = join(folder(), 'roster.csv');
    writeFileSync(path, csv);
    const { code, text } = await rejection(loadRoster(path));
    assert.is(code, 'E_SUBMISSION');
    assert.match(text['zh-TW'], /\p{sc=Han}/u);
    return text.en.replace(path, 'roster.csv');
  };
  assert.is(await says('id,name\n1,Ann\n\n2,Bob\n1,Eve\n'), 'roster.csv:5: 1 is already in line 2');
  assert.is(await says('id,name\n1,Ann\n ,Bob\n'), 'roster.csv:3: no ID');
  assert.is(await says('id,name\n1,Ann\n2,Bob,x\n'), 'roster.csv:3: not valid CSV: Invalid Record Length');
  assert.is(await says('colour,shape\n1,2\n'), 'roster.csv:1: no column identifies the students: colour, shape');
  assert.is(await says('id,name,name\n1,2,3\n'), 'roster.csv:1: the column name occurs twice');
  assert.is(await says('id,name\n'), 'roster.csv:1: no student');
  assert.is(await says(Buffer.from([0x69, 0x64, 0x0a, 0xbb, 0xa1])), 'roster.csv is not in UTF-8');
  const { text } = await rejection(loadRoster('/nonexistent/roster.csv'));
  assert.is(text.en, 'there is no file /nonexistent/roster.csv');
});

test('rosters with other separators, other names for columns, and names over several lines', async () => {
  const { students } = await rosterOf(
    'Student ID;First name;Last name;E-mail\r\n7;Ann;Lee;a@x\r\n8;"Bob\nJim";Wu;\r\n9;Eve;Wu;\r\n',
  );
  assert.equal(students, [
    { id: '7', name: 'Ann Lee', email: 'a@x' },
    { id: '8', name: 'Bob\nJim Wu' },
    { id: '9', name: 'Eve Wu' },
  ]);
});

test('the roster’s column lang is the language of a student’s feedback; other values have no effect', async () => {
  const { students } = await rosterOf('id,Lang\na,en\nb,zh-TW\nc,zh_tw\nd,fr\ne,\n');
  assert.equal(
    students.map(({ lang }) => lang),
    ['en', 'zh-TW', 'zh-TW', undefined, undefined],
  );
  const roster = await rosterOf('id,lang\nann,zh-TW\n');
  const { found: all } = await findSubmissions([classOf('ann/compose.yaml', 'bob/compose.yaml')], roster);
  assert.equal(
    all.map(({ student }) => student.lang),
    ['zh-TW', undefined],
  );
});

test.run();
