import { text as all } from 'node:stream/consumers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromBufferPromise } from 'yauzl';
import { renderCanvasComments } from '../../../../../src/grade/export/feedback/canvas-comments.ts';
import { renderMoodleZip } from '../../../../../src/grade/export/feedback/moodle-zip.ts';
import { filesOf } from '../../../../../src/grade/export/formats.ts';
import type { Entry, Gradebook, Student } from '../../../../../src/grade/types.ts';
import { entries, gradebook, hostile, nasty } from '../../../../fixtures/gradebook.ts';

const of = (student: Student, source = ''): Entry => ({ ...entries.one, student, source });
const bookOf = (...some: readonly Entry[]): Gradebook => ({ ...gradebook, entries: some });
const inMoodle = (id: string, number: string, name?: string): Entry =>
  of({ id, ...(name === undefined ? {} : { name }), columns: { Identifier: `Participant ${number}` } });
const pathsOf = (book: Gradebook) => filesOf(book, 'en').map(({ path }) => path);

/** The files in the zip file, by name. */
async function unzipped(book: Gradebook): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const zip = await fromBufferPromise(Buffer.concat([...renderMoodleZip(book, 'en')]), {
    lazyEntries: true,
    strictFileNames: true,
  });
  for await (const entry of zip.eachEntry()) {
    assert.not.ok(entry.fileName in files, 'each name once');
    files[entry.fileName] = await all(await zip.openReadStreamPromise(entry));
  }
  return files;
}
/** As Moodle reads a name (mod/assign/feedback/file/importziplib.php): the second part between `_` is the participant, the next two are the plugin. */
function assignedTo(name: string): string | undefined {
  const [, file = ''] = name.split('/');
  if (/^[.~]/.test(file)) return undefined;
  const [, number, type, plugin] = (name.split('/')[0] ?? '').split('_');
  return type === 'assignfeedback' && plugin === 'file' ? number : undefined;
}

test('Moodle: an entry for each participant, in any language and without a score; names may be equal', async () => {
  const book = bookOf(
    inMoodle('b1', '11', '王小明'),
    inMoodle('b2', '12', '王小明'),
    { ...inMoodle('b3', '13', 'Ann Lee'), grade: entries.refused.grade },
    { ...inMoodle('b4', '14'), grade: { ...entries.refused.grade, status: 'missing', refusals: [] } },
    of({ id: 'b5', name: 'no number' }),
  );
  const files = await unzipped(book);
  assert.equal(Object.keys(files), [
    '王小明_11_assignfeedback_file/feedback.html',
    '王小明_12_assignfeedback_file/feedback.html',
    'Ann Lee_13_assignfeedback_file/feedback.html',
    'Participant_14_assignfeedback_file/feedback.html',
  ]);
  assert.equal(Object.keys(files).map(assignedTo), ['11', '12', '13', '14']);
  const [one = '', two = '', three = ''] = Object.values(files);
  assert.match(one, '30 answers, all from');
  assert.ok(one.includes('>b1<') && !one.includes('>b2<') && two.includes('>b2<') && !two.includes('>b1<'));
  assert.match(three, 'not a zero');
});

test('Moodle: hostile names keep the number in its place, and make no other path', async () => {
  const names = [
    'a_99_assignfeedback_file_x',
    '../../etc/passwd',
    '.hidden',
    '~draft',
    'a/b\\c',
    '_',
    '\u202egpj.exe',
    hostile.formula,
    nasty,
  ];
  const files = await unzipped(bookOf(...names.map((name, at) => inMoodle(`b${at}`, `${100 + at}`, name))));
  assert.equal(
    Object.keys(files).map(assignedTo),
    names.map((_, at) => `${100 + at}`),
  );
  for (const name of Object.keys(files)) assert.match(name, /^[\p{L}\p{M}\p{N} ]+_\d+_assignfeedback_file\/feedback\.html$/u);
});

test('Moodle: without a roster, the number is in the name of the submission; a number of two students is used for none', async () => {
  const folder = (name: string) => `export.zip/${name}_assignsubmission_file_`;
  const book = bookOf(
    of({ id: '21' }, folder('Ann Lee_21')),
    of({ id: 'b' }, folder('Bob_22')),
    inMoodle('c', '22'),
    of({ id: 'd' }, 'x/d'),
  );
  assert.equal(Object.keys(await unzipped(book)), ['Participant_21_assignfeedback_file/feedback.html']);
  assert.ok(pathsOf(book).includes('moodle-feedback.zip'));
  assert.not.ok(pathsOf(bookOf(of({ id: 'd' }), of({ id: 'e' }))).includes('moodle-feedback.zip'));
});

test('Moodle: the same grades make the same file', () => {
  const book = bookOf(inMoodle('b1', '11', '王小明'));
  const made = () => Buffer.concat([...renderMoodleZip(book, 'en')]);
  assert.ok(made().equals(made()));
});

const inCanvas = (id: string, columns: Record<string, string>): Entry => of({ id, name: id, columns });
const comments = (book: Gradebook) =>
  (JSON.parse(renderCanvasComments(book, 'en')) as { grade_data: Record<string, Record<string, string>> }).grade_data;

test('Canvas: the body of update_grades, with comments and no grades', () => {
  const book = bookOf(
    inCanvas('a', { ID: '7001', 'SIS User ID': 'S1' }),
    inCanvas('b', { ID: '', 'SIS User ID': 'S2', 'SIS Login ID': 'bob' }),
    inCanvas('c', { 'SIS Login ID': 'cat' }),
    inCanvas('d', {}),
    { ...inCanvas('e', { ID: '7005' }), grade: entries.review.grade },
  );
  const data = comments(book);
  assert.equal(Object.keys(data), ['7001', '7005', 'sis_user_id:S2', 'sis_login_id:cat']);
  // documented fields of grade_data[<student_id>]: a posted_grade would change the grade
  for (const one of Object.values(data)) assert.equal(Object.keys(one), ['text_comment']);
  assert.match(data['7001']?.['text_comment'] ?? '', /\na\n[\s\S]*59\.7 of 100 points\n\nCause\n[\s\S]*try next: let nginx/);
  assert.match(data['7005']?.['text_comment'] ?? '', 'not a zero');
});

test('Canvas: an ID of two students is used for none, and one that is no number is no ID', () => {
  const book = bookOf(
    inCanvas('a', { ID: '1' }),
    inCanvas('b', { ID: '1' }),
    inCanvas('c', { ID: '2"]', 'SIS Login ID': '__proto__' }),
  );
  assert.equal(Object.keys(comments(book)), ['sis_login_id:__proto__']);
  const none = bookOf(inCanvas('a', { ID: '1' }), inCanvas('b', { ID: '1' }));
  assert.not.ok(pathsOf(none).includes('canvas-comments.json'));
});

test.run();
