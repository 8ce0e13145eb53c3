import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderChangesCsv } from '../../../../src/grade/changes/changes-csv.ts';
import { renderChangesPage } from '../../../../src/grade/changes/changes-page.ts';
import { compareBooks } from '../../../../src/grade/changes/compare.ts';
import { loadGradebook } from '../../../../src/grade/export/load.ts';
import { writeGradebook } from '../../../../src/grade/export/write.ts';
import type { Entry, Gradebook } from '../../../../src/grade/types.ts';
import { langs } from '../../../../src/lab/text.ts';
import { entries, gradebook, nasty } from '../../../fixtures/gradebook.ts';
import { folder } from '../../../helpers/folder.ts';

const one = (more: Partial<Entry> = {}): Entry => ({ ...entries.perfect, ...more });
const less: Entry = one({ hash: 'b'.repeat(64), grade: { ...entries.perfect.grade, points: 60 } });
const of = (...all: Entry[]): Gradebook => ({ ...gradebook, entries: all });

test('the table has a row for each part that changed, with the causes', () => {
  const changes = compareBooks(of(one(), entries.one), of(less));
  assert.equal(
    renderChangesCsv(changes, 'en').replace('\ufeff', '').split('\r\n'),
    [
      'student,name,check,before,after,status before,status now,because',
      'b10902001,王小明,total,100,60,graded,graded,the submission changed (content aaaaaaaaaaaa → bbbbbbbbbbbb)',
      'b10902002,李 小華,total,59.7,–,graded,,no longer submitted; there is no readable submission now',
      '',
    ].map((line) => line.replace('李 小華', entries.one.student.name ?? '')),
  );
  assert.match(renderChangesCsv(changes, 'zh-TW'), '作業內容改變');
});

test('the page shows points before and now, and the causes, in both languages', () => {
  for (const lang of langs) {
    const page = renderChangesPage(compareBooks(of(one()), of(less)), lang);
    assert.match(page, '100 → 60');
    assert.match(page, 'the submission changed');
    assert.match(page, '作業內容改變');
  }
});

test('what a student wrote is shown as text, and is no formula in the table', () => {
  const id = `=1+1${nasty}<script>`;
  const hostile = (points: number) => one({ student: { id, name: nasty }, grade: { ...entries.perfect.grade, points } });
  const changes = compareBooks(of(hostile(100)), of(hostile(60)));
  const page = renderChangesPage(changes, 'en');
  assert.not.match(page, '<script>');
  assert.not.ok(page.includes('\u202e') || page.includes('\u0000'));
  assert.match(renderChangesCsv(changes, 'en'), /\r\n"?'=1\+1/);
});

test('a grading writes the files if grades changed; the next one without a change leaves them, and the class page links to them', async () => {
  const dir = folder();
  const files = () => ['changes.html', 'changes.csv'].map((name) => existsSync(join(dir, name)));
  const link = () => readFileSync(join(dir, 'index.html'), 'utf8').includes('href="changes.html#en"');
  await writeGradebook(dir, of(one()), 'en');
  assert.equal([...files(), link()], [false, false, false]);
  const grade = async (book: Gradebook) => {
    const before = await loadGradebook(dir);
    assert.ok(before);
    await writeGradebook(dir, book, 'en', { changes: compareBooks(before, book) });
  };
  await grade(of(one()));
  assert.equal([...files(), link()], [false, false, false], 'nothing changed yet');
  await grade(of(less));
  assert.equal([...files(), link()], [true, true, true]);
  const page = readFileSync(join(dir, 'changes.html'), 'utf8');
  await grade(of(less));
  assert.equal([...files(), link()], [true, true, true]);
  assert.is(readFileSync(join(dir, 'changes.html'), 'utf8'), page);
  await writeGradebook(dir, of(less), 'en');
  assert.equal([...files(), link()], [false, false, false], 'compared with nothing: removed');
});

test.run();
