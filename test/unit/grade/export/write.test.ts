import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileNames } from '../../../../src/grade/export/file-names.ts';
import { writeGradebook } from '../../../../src/grade/export/write.ts';
import type { Gradebook } from '../../../../src/grade/types.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { entries, gradebook } from '../../../fixtures/gradebook.ts';
import { folder } from '../../../helpers/folder.ts';
import { compile, source } from '../../../helpers/program.ts';
import { rejection } from '../../../helpers/rejection.ts';
import { repeats } from '../../../helpers/repeats.ts';
import { onSmallDisk } from '../../../helpers/small-disk.ts';

const small: Gradebook = { ...gradebook, entries: [entries.perfect, entries.one] };
const others: Gradebook = { ...small, entries: [entries.one, entries.refused] };
/** Each file below a folder, with its contents. */
const contents = (dir: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(dir.length + 1), readFileSync(file, 'utf8')]),
  );
const paths = (dir: string): string[] => Object.keys(contents(dir));
const filesOfStudent = (name: string) => [
  `comments/${name}.md`,
  `gradescope/${name}/results.json`,
  `students/${name}.html`,
  `summary/${name}.md`,
];
const top = [
  'canvas-comments.json',
  'canvas.csv',
  'grades.csv',
  'grades.json',
  'index.html',
  'junit.xml',
  'manifest.json',
  'moodle.csv',
  'summary.md',
];
/** Written if a participant number of Moodle is known: of `perfect`, for example. */
const zip = 'moodle-feedback.zip';
/** Written while a grade is open. */
const open = 'overrides-open.csv';
const refused = async (dir: string, book: Gradebook, file: string) => {
  const error = await rejection(writeGradebook(dir, book, 'en'));
  assert.is(error.code, 'E_STATE');
  assert.match(error.text.en, file);
  assertComplete(error.text, 'message');
  assertComplete(error.hint, 'hint');
  return error;
};

test('writes every format into a new folder', async () => {
  const dir = join(folder(), 'new', 'out');
  const written = await writeGradebook(dir, gradebook, 'en');
  const nameOf = fileNames(gradebook.entries.map(({ student }) => student.id));
  const expected = [...top, open, zip, ...gradebook.entries.flatMap(({ student }) => filesOfStudent(nameOf(student.id)))].sort();
  assert.equal(paths(dir).sort(), expected);
  assert.equal(
    [...written].sort(),
    expected.filter((path) => path !== 'manifest.json').map((path) => join(dir, path)),
  );
  for (const [path, content] of Object.entries(contents(dir))) assert.is.not(content, '', path);
  assert.is(JSON.parse(contents(dir)['grades.json'] ?? '').entries.length, gradebook.entries.length);
});

test('replaces only changed files', async () => {
  const dir = folder();
  await writeGradebook(dir, small, 'en');
  const before = contents(dir);
  const inode = statSync(join(dir, 'grades.csv')).ino;
  const manifest = statSync(join(dir, 'manifest.json')).ino;
  assert.equal(await writeGradebook(dir, small, 'en'), []);
  assert.is(statSync(join(dir, 'manifest.json')).ino, manifest);
  const one = { ...entries.one, grade: { ...entries.one.grade, points: 60 } };
  const written = await writeGradebook(dir, { ...small, entries: [entries.perfect, one] }, 'en');
  assert.ok(written.includes(join(dir, 'grades.csv')) && written.includes(join(dir, 'students/b10902002.html')));
  assert.not.ok(written.some((file) => file.includes('b10902001')));
  assert.is.not(statSync(join(dir, 'grades.csv')).ino, inode, 'replaced as a whole');
  assert.equal(paths(dir), Object.keys(before));
});

test('another language changes the texts', async () => {
  const dir = folder();
  await writeGradebook(dir, small, 'zh-TW');
  assert.match(contents(dir)['grades.csv'] ?? '', '學號');
  assert.match(contents(dir)['summary/b10902002.md'] ?? '', '預期');
});

test('removes files and folders of students who left; keeps files that labwright did not write', async () => {
  const dir = folder({ 'overrides.csv': 'student', 'students/notes.html': 'mine', 'gradescope/b10902001/mine.txt': 'mine' });
  await writeGradebook(dir, small, 'en');
  await writeGradebook(dir, others, 'en');
  assert.equal(
    paths(dir),
    [
      ...top,
      open,
      ...filesOfStudent('b10902002'),
      ...filesOfStudent('b10902005'),
      'overrides.csv',
      'students/notes.html',
      'gradescope/b10902001/mine.txt',
    ].sort(),
  );
  rmSync(join(dir, 'gradescope/b10902001/mine.txt'));
  await writeGradebook(dir, small, 'en');
  await writeGradebook(dir, others, 'en');
  assert.not.ok(existsSync(join(dir, 'gradescope/b10902001')));
});

test('the list of open grades is removed when all are decided; overrides.csv is never touched', async () => {
  const dir = folder({ 'overrides.csv': 'mine' });
  await writeGradebook(dir, others, 'en');
  assert.match(contents(dir)[open] ?? '', /^\ufeffstudent,check,points,reason\r\nb10902005,,,/);
  assert.ok(open in JSON.parse(contents(dir)['manifest.json'] ?? '').files);
  await writeGradebook(dir, small, 'en');
  assert.is(contents(dir)[open], undefined);
  assert.is(contents(dir)['overrides.csv'], 'mine');
});

test('keeps a changed file of a student who left', async () => {
  const dir = folder();
  await writeGradebook(dir, small, 'en');
  writeFileSync(join(dir, 'summary/b10902001.md'), 'my own words');
  await writeGradebook(dir, others, 'en');
  assert.is(contents(dir)['summary/b10902001.md'], 'my own words');
  assert.is(contents(dir)['students/b10902001.html'], undefined);
});

test('existing files are not changed, and then nothing is written', async () => {
  for (const file of ['grades.csv', 'index.html', 'manifest.json', 'students/b10902001.html']) {
    const dir = folder({ [file]: 'mine' });
    const error = await refused(dir, small, join(dir, file));
    assert.match(error.text.en, 'was not written by lab grade');
    assert.equal(contents(dir), { [file]: 'mine' });
  }
  // a foreign manifest, and one with names that labwright never writes
  for (const files of [
    '{"name":"app"}',
    '[]',
    '{"tool":"labwright","files":{"../x":null}}',
    '{"tool":"labwright","files":{"a/b":null}}',
  ]) {
    const dir = folder({ 'manifest.json': files });
    await refused(dir, small, 'manifest.json');
    assert.equal(contents(dir), { 'manifest.json': files });
  }
});

test('a lost manifest: the same files are recognized again', async () => {
  const dir = folder();
  await writeGradebook(dir, small, 'en');
  const before = contents(dir);
  rmSync(join(dir, 'manifest.json'));
  assert.equal(await writeGradebook(dir, small, 'en'), []);
  assert.equal(contents(dir), before);
});

test('a link is never followed: neither to write, nor to remove', async () => {
  const elsewhere = folder({ 'b10902001.html': 'theirs', 'b10902001.txt': 'theirs', 'results.json': 'theirs', victim: 'theirs' });
  const before = contents(elsewhere);
  const planted: readonly [string, string][] = [
    ['grades.csv', 'victim'],
    ['manifest.json', 'victim'],
    ['students', '.'],
    ['gradescope/b10902001', '.'],
    ['comments/b10902001.md', 'b10902001.txt'],
    ['summary/b10902001.md', 'nowhere'],
  ];
  for (const [path, to] of planted) {
    for (const known of [false, true]) {
      const dir = folder();
      if (known) await writeGradebook(dir, small, 'en');
      rmSync(join(dir, path), { recursive: true, force: true });
      mkdirSync(join(dir, path, '..'), { recursive: true });
      symlinkSync(join(elsewhere, to), join(dir, path));
      const error = await refused(dir, small, join(dir, path));
      assert.match(error.text.en, 'was not written by lab grade');
      assert.ok(lstatSync(join(dir, path)).isSymbolicLink(), path);
      if (known && path !== 'grades.csv' && path !== 'manifest.json') await writeGradebook(dir, others, 'en').catch(() => {});
      assert.equal(contents(elsewhere), before, `${path} ${known}`);
    }
  }
});

test('removes nothing behind a link, even if the content is the same', async () => {
  const dir = folder();
  const elsewhere = folder();
  await writeGradebook(dir, small, 'en');
  await writeGradebook(elsewhere, small, 'en');
  const before = contents(elsewhere);
  for (const path of ['students', 'gradescope/b10902001', 'summary/b10902001.md']) {
    rmSync(join(dir, path), { recursive: true });
    symlinkSync(join(elsewhere, path), join(dir, path));
  }
  const withoutPages = { ...small, entries: [] };
  await writeGradebook(dir, withoutPages, 'en');
  assert.equal(contents(elsewhere), before);
  assert.ok(lstatSync(join(dir, 'summary/b10902001.md')).isSymbolicLink());
});

test('a draft left by a killed run is replaced, even if it is a link', async () => {
  const elsewhere = folder({ victim: 'theirs' });
  const dir = folder({ '.grades.csv.labwright-draft': 'half' });
  symlinkSync(join(elsewhere, 'victim'), join(dir, '.index.html.labwright-draft'));
  await writeGradebook(dir, small, 'en');
  assert.equal(contents(elsewhere), { victim: 'theirs' });
  assert.not.ok(paths(dir).some((path) => path.includes('draft')));
});

test('continues after a run that was killed between two files', async () => {
  const dir = folder();
  await writeGradebook(dir, small, 'en');
  const whole = contents(dir);
  // the state after a run that wrote the manifest and half of the files
  const { tool, files } = JSON.parse(whole['manifest.json'] ?? '');
  const unsure = Object.fromEntries(Object.keys(files).map((path) => [path, null]));
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ tool, files: unsure }));
  writeFileSync(join(dir, 'grades.csv'), 'of an older run');
  rmSync(join(dir, 'index.html'));
  const written = await writeGradebook(dir, small, 'en');
  assert.equal([...written].sort(), [join(dir, 'grades.csv'), join(dir, 'index.html')]);
  assert.equal(contents(dir), whole);
});

test('a full disk is reported with the file; earlier files stay complete, and the next run continues once there is space', () =>
  onSmallDisk('400k', async (disk) => {
    const dir = join(disk, 'out');
    await writeGradebook(dir, small, 'en');
    const before = contents(dir);
    const { bsize, bavail } = statfsSync(disk);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(bsize * bavail));
    const error = await refused(dir, gradebook, 'ENOSPC');
    assert.match(error.text.en, /\/out\/\S+ could not be written/);
    assert.match(error.hint.en, 'free space');
    assert.equal(contents(dir), before);
    rmSync(join(disk, 'filler'));
    const more = { ...small, entries: [...small.entries, entries.noisy] };
    await writeGradebook(dir, more, 'en');
    assert.is(contents(dir)['canvas.csv']?.trim().split('\n').length, 5);
  }));

test('the disk fills midway: each file is complete, old or new', () =>
  onSmallDisk('400k', async (disk) => {
    const dir = join(disk, 'out');
    await writeGradebook(dir, small, 'en');
    const before = contents(dir);
    const { bsize, bavail } = statfsSync(disk);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(bsize * (bavail - 6)));
    await refused(dir, gradebook, 'ENOSPC');
    const whole = folder();
    await writeGradebook(whole, gradebook, 'en');
    const [after, wanted] = [contents(dir), contents(whole)];
    assert.ok(Object.keys(after).length > Object.keys(before).length, 'came to the middle');
    for (const [path, content] of Object.entries(after))
      if (path !== 'manifest.json') assert.ok(content === before[path] || content === wanted[path], path);
  }));

test('the first run ends on a full disk: its files are recognized as ours', () =>
  onSmallDisk('400k', async (disk) => {
    const dir = join(disk, 'out');
    const { bsize, bavail } = statfsSync(disk);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(bsize * (bavail - 20)));
    await refused(dir, gradebook, 'ENOSPC');
    const [half] = paths(dir).filter((path) => path.startsWith('summary/'));
    assert.ok(half, 'came to the middle');
    rmSync(join(disk, 'filler'));
    const changed = { ...gradebook, title: { en: 'Another title', 'zh-TW': '另一個標題' } };
    await writeGradebook(dir, { ...changed, entries: small.entries }, 'en');
    assert.match(contents(dir)['summary/b10902001.md'] ?? '', 'Another title');
  }));

test('killed at any moment: each file is complete, and the next run succeeds', async () => {
  const whole = folder();
  await writeGradebook(whole, small, 'en');
  const other = folder();
  await writeGradebook(other, others, 'en');
  const [one, two] = [contents(whole), contents(other)];
  const dir = folder();
  const program = `
    import { writeGradebook } from ${source('src/grade/export/write.ts')};
    import { entries, gradebook } from ${source('test/fixtures/gradebook.ts')};
    const books = [[entries.perfect, entries.one], [entries.one, entries.refused]];
    for (let turn = 0; ; turn += 1) {
      await writeGradebook(${JSON.stringify(dir)}, { ...gradebook, entries: books[turn % 2] }, 'en');
      if (turn === 0) console.log('ready');
    }`;
  const compiled = compile(program);
  for (const afterMs of [11, 42, 3, 27, 58].slice(0, repeats(5, 3))) {
    const child = spawn(process.execPath, [compiled], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(child, 'exit');
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    child.kill('SIGKILL');
    await gone;
    for (const [path, content] of Object.entries(contents(dir))) {
      if (path.includes('draft') || path === 'manifest.json') continue;
      assert.ok(content === one[path] || content === two[path], `${path} is an incomplete file`);
    }
    await writeGradebook(dir, small, 'en');
    await writeGradebook(dir, others, 'en');
    const left = contents(dir);
    // a file that was about to be written at the kill, but was not, is not known to be ours
    for (const path of Object.keys(left)) if (!(path in two)) assert.is(left[path], one[path], path);
    for (const [path, content] of Object.entries(two)) assert.is(left[path], content, path);
  }
});

test('a folder that is a file, and a file that is a folder', async () => {
  const dir = folder({ out: 'a file', 'sub/x': '' });
  await refused(join(dir, 'out'), small, join(dir, 'out'));
  renameSync(join(dir, 'sub'), join(dir, 'grades.csv'));
  await refused(dir, small, join(dir, 'grades.csv'));
  assert.equal(paths(dir), ['grades.csv/x', 'out']);
});

test.run();
