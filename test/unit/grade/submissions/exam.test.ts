import { readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findSubmissions } from '../../../../src/grade/submissions/find-submissions.ts';
import { findExam, findExamFolder } from '../../../../src/grade/submissions/project.ts';
import { type FindProject, intakeLimits, unpack } from '../../../../src/grade/submissions/unpack.ts';
import { zip } from '../../../helpers/archives.ts';
import { folder } from '../../../helpers/folder.ts';

/** Exams of `lab break`: a submission with several projects and a result file. */

const files = { 'exam.json': '{}', 'fault-1/compose.yaml': 'one', 'fault-2/compose.yaml': 'two' };
const inside = (name: string, all: Readonly<Record<string, string>> = files) =>
  Object.fromEntries(Object.entries(all).map(([path, content]) => [`${name}/${path}`, content]));
const take = (dir: string, find: FindProject | string) =>
  unpack(dir, join(folder(), 'into'), intakeLimits, new AbortController().signal, find);
const part = async (dir: string, name: string): Promise<string> => {
  const read = await take(dir, (all) => findExamFolder(all, name));
  return read.ok ? readFileSync(join(read.dir, 'compose.yaml'), 'utf8') : read.refusals.map(({ code }) => code).join();
};

test('each folder is found by its name, at the top, in one folder, and in an archive', async () => {
  for (const dir of [folder(files), folder(inside('my-exam')), folder({ ...inside('my-exam'), 'notes/a.md': '' })])
    assert.equal([await part(dir, 'fault-1'), await part(dir, 'fault-2')], ['one', 'two']);
  const entries = Object.entries(inside('my-exam')).map(([name, content]) => ({ name, content }));
  const packed = join(folder({ 'ann.zip': '' }), 'ann.zip');
  (await import('node:fs')).writeFileSync(packed, zip(entries));
  assert.is(await part(packed, 'fault-2'), 'two');
});

test('no other folder stands for one that is missing or without a Compose file', async () => {
  const { 'fault-2/compose.yaml': _, ...one } = files;
  assert.is(await part(folder(one), 'fault-2'), 'no-compose-file');
  assert.is(await part(folder({ ...one, 'compose.yaml': 'top' }), 'fault-2'), 'no-compose-file');
  assert.is(await part(folder({ ...one, 'fault-2/sub/compose.yaml': 'below' }), 'fault-2'), 'no-compose-file');
  const linked = folder(one);
  symlinkSync('fault-1', join(linked, 'fault-2'));
  assert.is(await part(linked, 'fault-2'), 'no-compose-file');
});

test('without a result file, or with several, there is no exam', async () => {
  const { 'exam.json': _, ...none } = files;
  const codes = async (dir: string) => {
    const read = await take(dir, findExam);
    return read.ok ? basename(read.dir) : read.refusals.map(({ code }) => code).join();
  };
  assert.is(await codes(folder(none)), 'no-exam');
  assert.is(await codes(folder({ ...inside('a'), ...inside('b') })), 'no-exam');
  assert.is(await codes(folder(inside('a'))), 'a');
});

test('equal folders have equal hashes, whatever is beside them', async () => {
  const [a, b] = [folder(files), folder({ ...inside('x'), 'x/fault-2/compose.yaml': 'other', 'x/exam.json': '{"a": 1}' })];
  const hash = async (dir: string, name: string) => (await take(dir, (all) => findExamFolder(all, name))).hash;
  assert.is(await hash(a, 'fault-1'), await hash(b, 'fault-1'));
  assert.is.not(await hash(a, 'fault-2'), await hash(b, 'fault-2'));
});

test('an exam is one submission, alone and in a class', async () => {
  const ids = async (dir: string) => (await findSubmissions([dir])).found.map(({ student }) => student.id);
  const alone = join(folder(inside('ann')), 'ann');
  assert.equal(await ids(alone), ['ann']);
  assert.equal(await ids(folder({ ...inside('ann'), ...inside('bob') })), ['ann', 'bob']);
  assert.equal(await ids(folder({ ...inside('ann/exam'), ...inside('bob/my-exam') })), ['ann', 'bob']);
});

test('an exam among other submissions is refused with the option to use, whatever the number of its faults', async () => {
  const { 'fault-2/compose.yaml': _, ...one } = files;
  for (const exam of [files, one, inside('my-exam'), inside('my-exam', one)]) {
    const read = await take(folder(exam), 'nginx');
    assert.equal(!read.ok && read.refusals.map(({ code }) => code), ['exam'], Object.keys(exam).join());
    assert.match(read.ok ? '' : (read.refusals[0]?.text.en ?? ''), /--exam COUNT --seed SEED/);
  }
});

test('a file that has the name of a result file makes no exam of a project', async () => {
  const none = { 'exam.json': '{}', 'project/compose.yaml': 'mine' };
  for (const project of [none, { ...files, 'compose.yaml': 'mine' }, { ...files, 'nginx/compose.yaml': 'mine' }]) {
    const read = await take(folder(project), 'nginx');
    assert.is(read.ok && readFileSync(join(read.dir, 'compose.yaml'), 'utf8'), 'mine', Object.keys(project).join());
  }
});

test.run();
