import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { XMLValidator } from 'fast-xml-parser';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { similarFiles } from '../../../../../src/grade/export/similar/files.ts';
import { compareClass } from '../../../../../src/grade/export/similar/similar-class.ts';
import { writeGradebook } from '../../../../../src/grade/export/write.ts';
import { bounds } from '../../../../../src/grade/similarity/find-similar.ts';
import type { Sources } from '../../../../../src/grade/similarity/read-sources.ts';
import type { SourceFile } from '../../../../../src/grade/similarity/source-kinds.ts';
import type { Gradebook } from '../../../../../src/grade/types.ts';
import { entries, gradebook, nasty } from '../../../../fixtures/gradebook.ts';
import { disguised, fromClass, handedOut, source } from '../../../../fixtures/similar.ts';
import { folder } from '../../../../helpers/folder.ts';

const [fixture] = await fromClass(/^right-package$/);
if (!fixture) throw new Error('no fixture');
const [other] = await fromClass(/^right-healthchecks$/);
const copy: Sources = { ...fixture.sources, files: fixture.sources.files.map(disguised) };
const sources = new Map<string, Sources>([
  ['one', fixture.sources],
  ['two', copy],
  ['three', other?.sources ?? copy],
]);
/** A class of which the first and the third student have the same, the second has a copy, and the last two have no files. */
const bookOf = (...ids: readonly string[]): Gradebook => ({
  ...gradebook,
  entries: ids.map((id, at) => ({ ...entries.perfect, student: { id }, hash: ['one', 'two', 'one', 'three', ''][at] ?? '' })),
});
const book = bookOf('b1', 'b2', 'b3', 'b4', 'b5');
const filesOf = (from: Gradebook, all = sources, base = handedOut): Record<string, string> =>
  Object.fromEntries(
    similarFiles(from, compareClass(from, all, base), 'en').map(({ path, parts }) => [path, [...parts()].join('')]),
  );
const page = (files: Record<string, string>): string => files['similar.html'] ?? '';
const half = (text: string, lang: string): string =>
  new RegExp(`<article id="${lang}"[\\s\\S]*?</article>`).exec(text)?.[0] ?? '';
const words = (text: string): string => text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

test('the page names the pair, both files and their shares, and shows the same lines side by side', () => {
  const files = filesOf(book);
  assert.is(XMLValidator.validate(page(files)), true);
  const en = words(half(page(files), 'en'));
  assert.match(en, 'Similarity is evidence to look at. It is not a verdict, and it changes no grade.');
  for (const reason of ['the same tutorial', 'worked as a pair', 'few ways to write']) assert.match(en, reason);
  assert.match(en, '3 different submissions were compared. 1 could not be read');
  assert.match(en, /1\. b1 = b3 and b2/);
  assert.match(en, /program: visits\/pages\.py \d+% ↔ mine\/visits\/pages\.py \d+%/);
  const zh = words(half(page(files), 'zh-TW'));
  assert.match(zh, '不是結論');
  assert.match(zh, '兩人一組完成作業');
  assert.match(page(files), /<span class="no">\d+<\/span><span class="no">\[1\]<\/span> *<mark>/);
  assert.not.match(page(files), /<script/);
  assert.not.match(en, /b4 and|and b4/);
});

test('links lead to elements of the page, and to pages of students', () => {
  const text = page(filesOf(book));
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.is(new Set(ids).size, ids.length);
  const links = [...text.matchAll(/href="([^"]+)"/g)].map(([, link]) => link ?? '');
  for (const link of links.filter((one) => one.startsWith('#'))) assert.ok(ids.includes(link.slice(1)), link);
  assert.ok(links.includes('students/b1.html#en') && links.includes('students/b2.html#zh-TW'));
});

test('similar.csv has a row for each pair of files', () => {
  const rows = parse(filesOf(book)['similar.csv'] ?? '', { bom: true, columns: true }) as Record<string, string>[];
  assert.ok(rows.length >= 2);
  for (const row of rows) {
    assert.equal([row['student'], row['other student']], ['b1 = b3', 'b2']);
    assert.ok(Number(row['percent of file']) >= 50 || Number(row['percent of other file']) >= 50);
  }
  assert.is(rows[0]?.['kind'], 'program');
});

test('IDs are those of the gradebook: a book with pseudonyms names nobody else', () => {
  const files = filesOf(bookOf('p1', 'p2', 'p3', 'p4', 'p5'));
  assert.match(words(page(files)), /p1 = p3 and p2/);
  assert.ok(Object.keys(files).includes('similar/jplag/p2/mine-visits-pages.py'));
  assert.not.match(JSON.stringify(files), /\bb[1-5]\b/);
});

test('folders for other programs: each student, and what the tutorial hands out; commands that name them', () => {
  const files = filesOf(book);
  const below = (path: string) => Object.keys(files).filter((one) => one.startsWith(path));
  for (const id of ['b1', 'b2', 'b3', 'b4']) assert.ok(below(`similar/jplag/${id}/`).length > 0, id);
  assert.equal(below('similar/jplag/b5/'), []);
  assert.is(
    files['similar/jplag/b1/visits-pages.py'],
    fixture.sources.files.find(({ path }) => path === 'visits/pages.py')?.text,
  );
  assert.ok('similar/base/nginx-compose.yaml' in files && 'similar/base/nginx-flask-app.py' in files);
  assert.match(files['similar/README.txt'] ?? '', 'java -jar jplag.jar jplag -bc base -l text');
  assert.match(files['similar/README.txt'] ?? '', "compare50 'jplag/*' -d base -o");
});

const odd = ['../../etc/cron.py', '..py', '-rf.py', 'A.py', 'a.py', 'con.py', '<script>.py', `${'x'.repeat(200)}.py`, '字/字.py'];

test('hostile names and texts: escaped on the page and in CSV, safe as file names', () => {
  const all = new Map<string, Sources>();
  for (const hash of ['one', 'two']) {
    const files = fixture.sources.files.map((file): SourceFile => ({ ...file, path: `=cmd()<img src=x>/${file.path}` }));
    const texts = odd.map((path): SourceFile => ({ ...source('x.py', `x = "${nasty}"`), path }));
    all.set(hash, {
      env: '',
      files: [...files.map((file) => ({ ...file, text: `${file.text}\n# <script>alert(1)</script>` })), ...texts],
    });
  }
  const from: Gradebook = {
    ...book,
    entries: [entries.hostile, entries.hostileRefused].map((entry, at) => ({ ...entry, hash: ['one', 'two'][at] ?? '' })),
  };
  const files = filesOf(from, all);
  assert.is(XMLValidator.validate(page(files)), true);
  assert.not.match(page(files), /<script|<img/);
  assert.match(page(files), '&lt;img src=x&gt;');
  assert.match(files['similar.csv'] ?? '', "'=cmd()");
  const names = Object.keys(files).filter((path) => path.startsWith('similar/'));
  for (const name of names) assert.match(name, /^similar\/(?:README\.txt|base\/[\w.-]+|jplag\/[\w~-]+\/\w[\w.-]*)$/);
  assert.is(new Set(names.map((name) => name.toLowerCase())).size, names.length);
});

test('the page is bounded: pairs, lines of a file, width of a line', () => {
  const long = Array.from(
    { length: 3000 },
    (_, at) => `if x${at % 7} ${'+-*/%'[at % 5]} (y${at}) ${'<>&|'[at % 4]} z: return ${'w'.repeat(500)}`,
  ).join('\n');
  const ids = Array.from({ length: 25 }, (_, at) => `s${at}`);
  const many: Gradebook = { ...book, entries: ids.map((id) => ({ ...entries.perfect, student: { id }, hash: id })) };
  const all = new Map(ids.map((id, at) => [id, { env: '', files: [source(`${at}.py`, long.slice(0, 60_000 - at))] }]));
  // 25 submissions with the same text: in a class of 10 or more it is left out
  assert.match(words(page(filesOf(many, all))), 'No two submissions');
  const few: Gradebook = { ...many, entries: many.entries.slice(0, 9) };
  const text = page(filesOf(few, all));
  assert.is(compareClass(few, all, handedOut).pairs.length, 36);
  assert.ok(36 < bounds.pairs);
  assert.match(text, 'w'.repeat(100));
  assert.not.match(text, 'w'.repeat(170));
  const lines = text.match(/<span class="no">(?:\d+|⋯)<\/span>/g) ?? [];
  assert.ok(lines.length > 5000 && lines.length <= 2 * 8000, String(lines.length));
});

test('written with the gradebook, listed in the manifest, and removed when it is written without', async () => {
  const dir = folder();
  const similar = similarFiles(book, compareClass(book, sources, handedOut), 'en');
  await writeGradebook(dir, book, 'en', { more: similar });
  const isLinked = () => readFileSync(join(dir, 'index.html'), 'utf8').includes('href="similar.html#en"');
  assert.ok(isLinked(), 'the class page links to it');
  const { files } = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as { files: Record<string, string> };
  for (const { path } of similar) assert.ok(files[path] !== undefined && existsSync(join(dir, path)), path);
  assert.equal(await writeGradebook(dir, book, 'en', { more: similar }), [], 'nothing changed');
  for (const name of readdirSync(join(dir, 'students')))
    assert.not.match(readFileSync(join(dir, 'students', name), 'utf8'), /similar|相似/i);
  assert.not.match(readFileSync(join(dir, 'grades.json'), 'utf8'), /similar/i);
  await writeGradebook(dir, book, 'en');
  assert.not.ok(isLinked());
  assert.equal(
    [existsSync(join(dir, 'similar.html')), existsSync(join(dir, 'similar.csv')), existsSync(join(dir, 'similar'))],
    [false, false, false],
  );
  assert.ok(existsSync(join(dir, 'students')));
});

test('a class without pairs says so', () => {
  assert.match(
    words(half(page(filesOf(bookOf('b1'))), 'en')),
    '1 different submission was compared. No two submissions have much in common',
  );
});

test.run();
