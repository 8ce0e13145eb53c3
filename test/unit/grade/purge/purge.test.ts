import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadGradebook } from '../../../../src/grade/export/load.ts';
import { writeGradebook } from '../../../../src/grade/export/write.ts';
import { openJournal } from '../../../../src/grade/journal.ts';
import type { Line } from '../../../../src/grade/journal-lines.ts';
import { planPurge, purgeFiles } from '../../../../src/grade/purge/purge-folder.ts';
import { gradesWith, journalFor, purgeStudent, withoutStudent } from '../../../../src/grade/purge/purge-student.ts';
import type { Entry, Gradebook } from '../../../../src/grade/types.ts';
import { text } from '../../../../src/lab/text.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { entries, gradebook } from '../../../fixtures/gradebook.ts';
import { grade } from '../../../fixtures/graded.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const key = (digit: string) => digit.repeat(64);
const [amy, bo]: readonly [Entry, Entry] = [
  { ...entries.perfect, keys: [key('1')] },
  { ...entries.one, keys: [key('2')] },
];
const book: Gradebook = { ...gradebook, entries: [amy, bo] };
const paths = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();

/** An output folder with a journal that also has an earlier grade of nobody in the gradebook. */
async function output(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const dir = folder(files);
  const journal = await openJournal(dir);
  for (const [digit, name] of [
    ['1', 'amy'],
    ['9', 'amy-before'],
    ['2', 'bo'],
  ] as const)
    await journal.add(key(digit), grade({ notes: [{ code: 'role', text: text(name, name) }] }));
  await journal.confirm();
  await journal.close();
  await writeGradebook(dir, book, 'en');
  return dir;
}

test('everything that labwright wrote is removed, and nothing else', async () => {
  const mine = { 'overrides.csv': 'student,check,points,reason\n', 'notes.txt': 'x', 'students/note.txt': 'y' };
  const dir = await output(mine);
  const plan = await planPurge(dir);
  assert.equal([plan.decisions, plan.changed, plan.foreign], [['overrides.csv'], [], ['notes.txt', 'students/note.txt']]);
  assert.ok(
    ['journal.ndjson', 'manifest.json', 'grades.json', 'students/b10902001.html'].every((path) => plan.own.includes(path)),
  );
  await purgeFiles(dir, plan.own);
  assert.equal(paths(dir), ['notes.txt', 'overrides.csv', 'students/note.txt']);
  assert.equal(readdirSync(dir).sort(), ['notes.txt', 'overrides.csv', 'students'], 'empty folders are gone');
});

test('a file that was changed since is left, and named', async () => {
  const dir = await output();
  writeFileSync(join(dir, 'grades.csv'), 'mine now');
  const plan = await planPurge(dir);
  assert.equal(plan.changed, ['grades.csv']);
  await purgeFiles(dir, plan.own);
  assert.equal(paths(dir), ['grades.csv']);
});

test('a link in place of a file is left, and so is its target', async () => {
  const dir = await output();
  const target = join(folder({ precious: 'x' }), 'precious');
  const { unlinkSync } = await import('node:fs');
  unlinkSync(join(dir, 'grades.csv'));
  symlinkSync(target, join(dir, 'grades.csv'));
  const plan = await planPurge(dir);
  assert.equal(plan.changed, ['grades.csv']);
  await purgeFiles(dir, [...plan.own, 'grades.csv']);
  assert.ok(existsSync(target) && existsSync(join(dir, 'grades.csv')));
});

test('a draft of a killed grading is removed; a journal of another program is not', async () => {
  const dir = await output({});
  writeFileSync(join(dir, '.grades.csv.labwright-draft'), 'half');
  writeFileSync(join(dir, 'students', '.b10902001.html.labwright-draft'), 'half');
  writeFileSync(join(dir, 'journal.ndjson'), '{"format":"another"}\n');
  const plan = await planPurge(dir);
  assert.ok(plan.own.includes('.grades.csv.labwright-draft') && plan.own.includes('students/.b10902001.html.labwright-draft'));
  assert.equal(plan.foreign, ['journal.ndjson']);
  await purgeFiles(dir, plan.own);
  assert.equal(paths(dir), ['journal.ndjson']);
});

test('only a journal, of a grading that was interrupted before it wrote anything else', async () => {
  const dir = folder();
  await (await openJournal(dir)).close();
  assert.equal((await planPurge(dir)).own, ['journal.ndjson']);
});

test('the manifest is removed last: a purge that stopped can be repeated', async () => {
  const dir = await output();
  const { own } = await planPurge(dir);
  await purgeFiles(
    dir,
    own.slice(0, 3).filter((path) => path !== 'manifest.json'),
  );
  const rest = await planPurge(dir);
  assert.ok(rest.own.includes('manifest.json') && rest.own.length >= own.length - 3);
  await purgeFiles(dir, ['manifest.json', ...rest.own]);
  assert.equal(paths(dir), []);
});

test('a folder without files of labwright is refused, and an edited manifest too', async () => {
  const error = await rejection(planPurge(folder({ 'a.txt': 'x' })));
  assert.is(error.code, 'E_USAGE');
  assert.match(error.text.en, /contains no files of lab grade/);
  assertComplete(error.text, 'message');
  const edited = folder({ 'manifest.json': JSON.stringify({ tool: 'labwright', files: { '../x.csv': null } }) });
  assert.is((await rejection(planPurge(edited))).code, 'E_STATE');
});

test("one student's data leaves the journal and all files; the others keep theirs", async () => {
  const dir = await output({ 'overrides.csv': 'student,check,points,reason\nb10902001,,1,x\nb10902002,,2,y\n' });
  const other = readFileSync(join(dir, 'students/b10902002.html'), 'utf8');
  const found = await gradesWith(dir, 'b10902001');
  const left = await purgeStudent(dir, found, 'b10902001', 'en');
  assert.equal(left, { changed: [], lines: ['overrides.csv:2'] });
  const journal = readFileSync(join(dir, 'journal.ndjson'), 'utf8');
  assert.match(journal, '"en":"bo"');
  assert.not.match(journal, 'amy');
  for (const path of paths(dir).filter((one) => one !== 'overrides.csv')) {
    assert.not.match(path, 'b10902001');
    assert.not.match(readFileSync(join(dir, path), 'utf8'), /b10902001|王小明/, path);
  }
  assert.is(readFileSync(join(dir, 'students/b10902002.html'), 'utf8'), other);
  await using again = await openJournal(dir);
  assert.equal([again.find(key('2'))?.status, again.find(key('1'))], ['graded', undefined]);
  assert.equal(
    (await loadGradebook(dir))?.entries.map(({ student }) => student.id),
    ['b10902002'],
  );
});

test("a student's page that was changed is left, and named", async () => {
  const dir = await output();
  writeFileSync(join(dir, 'students/b10902001.html'), 'mine');
  const { changed } = await purgeStudent(dir, book, 'b10902001', 'en');
  assert.equal(changed, ['students/b10902001.html']);
});

test('a student who is not in the grades is refused', async () => {
  const dir = await output();
  const error = await rejection(gradesWith(dir, 'eve'));
  assert.is(error.code, 'E_USAGE');
  assert.match(error.text.en, /no student eve is in .*grades\.json/);
  assert.is((await rejection(gradesWith(folder(), 'eve'))).code, 'E_USAGE');
});

test('students with the same content remain the same as each other, and as nobody who is gone', () => {
  const twin = (id: string, sameAs?: string): Entry => ({ ...amy, student: { id }, ...(sameAs === undefined ? {} : { sameAs }) });
  const all: Gradebook = {
    ...book,
    entries: [twin('a'), twin('b', 'a'), twin('c', 'a'), twin('d', 'x')],
    leftOut: [
      { code: 'file', place: { file: 'a.docx' }, text: text('x', 'x') },
      { code: 'file', place: { file: 'other.docx' }, text: text('x', 'x') },
    ],
  };
  const rest = withoutStudent(all, 'a');
  assert.equal(
    rest.entries.map(({ student, sameAs }) => [student.id, sameAs]),
    [
      ['b', undefined],
      ['c', 'b'],
      ['d', 'x'],
    ],
  );
  assert.equal(
    rest.leftOut?.map(({ place }) => place?.file),
    ['other.docx'],
  );
});

test('the journal keeps what the others need, with its controls; without keys it keeps nothing', () => {
  const line = (digit: string): Line => ({ key: key(digit), grade: grade() });
  const lines: Line[] = [line('1'), line('2'), { control: true }, line('9'), { withdrawn: [key('9'), key('2')] }];
  assert.equal(journalFor(lines, [bo]), [line('2'), { control: true }, { withdrawn: [key('2')] }]);
  assert.equal(journalFor(lines, [amy, bo]).length, 4);
  const { keys: _, ...old } = bo;
  assert.equal(journalFor(lines, [old]), []);
  assert.equal(journalFor(lines, [{ ...old, hash: '' }]).length, 2, 'a missing student needs no grade');
});

test('a journal with pseudonyms stays one', async () => {
  const dir = folder();
  mkdirSync(dir, { recursive: true });
  await (await openJournal(dir, undefined, 'key1')).close();
  await writeGradebook(dir, { ...book, pseudonyms: 'key1' }, 'en');
  await purgeStudent(dir, { ...book, pseudonyms: 'key1' }, 'b10902001', 'en');
  await (await openJournal(dir, undefined, 'key1')).close();
});

test.run();
