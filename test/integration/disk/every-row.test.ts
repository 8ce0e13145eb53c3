import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'csv-parse/sync';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderChanges } from '../../../src/cli/output/grade-changes.ts';
import { classSummary } from '../../../src/cli/output/grade-summary.ts';
import { loadGradebook } from '../../../src/grade/export/load.ts';
import { jsonSchema } from '../../../src/grade/export/schema.ts';
import { writeGradebook } from '../../../src/grade/export/write.ts';
import { applyOverrides } from '../../../src/grade/scoring/overrides.ts';
import { findSubmissions } from '../../../src/grade/submissions/find-submissions.ts';
import { loadRoster } from '../../../src/grade/submissions/roster.ts';
import type { Entry, Grade, Gradebook } from '../../../src/grade/types.ts';
import { entries, gradebook } from '../../fixtures/gradebook.ts';
import { fakeScreen } from '../../fixtures/screen.ts';
import { zip } from '../../helpers/archives.ts';
import { folder } from '../../helpers/folder.ts';

/** From a class with odd names and a roster to each output: no student is missing. */

const blank = { points: null, max: 100, checks: [], deductions: [], notes: [], refusals: [], durationMs: 0 } as const;
const missing: Grade = { ...blank, status: 'missing' };
const names: readonly (string | Buffer)[] = [
  'ann',
  'venv',
  '...',
  'exe.\u202efdp',
  'esc\u001b[2J',
  '王小明',
  'CON',
  '=1+1',
  '<b>&"',
  'a|b',
  Buffer.from('\xff\xfe', 'latin1'),
  Buffer.from('\xa4\xfd\xa4p\xa9\xfa', 'latin1'),
];
const left = ['__MACOSX', 'roster.csv'];

/** A gradebook of the submissions found in such a class: alternately graded and refused, plus two students of the roster without a submission. */
async function bookOf(): Promise<Gradebook> {
  const file = join(folder({ 'roster.csv': 'id,name,email\nann,Ann,ann@x.tw\nb98,林志玲,\nb99,,eve@x.tw\n' }), 'class.zip');
  const inside = names.map((name) => Buffer.concat([Buffer.from(name), Buffer.from('/compose.yaml')]));
  writeFileSync(
    file,
    zip([...inside.map((name) => ({ name, flags: 0 })), { name: '__MACOSX/x', flags: 0 }, { name: 'roster.csv', flags: 0 }]),
  );
  const roster = await loadRoster(join(file, '..', 'roster.csv'));
  const { found, missing: none, leftOut } = await findSubmissions([file], roster);
  assert.is(found.length, names.length);
  const all = found.map(({ student, source }, at): Entry => {
    const { grade } = at % 2 === 0 ? entries.perfect : entries.refused;
    return { student, source, hash: '', grade, overrides: [] };
  });
  const without = none.map((student): Entry => ({ student, source: '', hash: '', grade: missing, overrides: [] }));
  return { ...gradebook, entries: [...all, ...without], leftOut };
}

/** Characters that control a terminal or mislead the eye. */
const steering = /(?![\n\r\t])[\p{Cc}\p{Cf}]/u;

for (const lang of ['en', 'zh-TW'] as const)
  test(`each student is in each output, with a reason if there is no score: ${lang}`, async () => {
    const book = await bookOf();
    const dir = folder();
    await writeGradebook(dir, book, lang);
    const read = (file: string) => readFileSync(join(dir, file), 'utf8');
    const csv = (file: string) => parse<Record<string, string>>(read(file), { columns: true, bom: true });
    const all = book.entries.length;
    const [handedIn, graded] = [names.length, names.length / 2];
    assert.is(all, names.length + 2);

    const rows = csv('grades.csv').map((row) => Object.values(row));
    assert.is(rows.length, all);
    const word = lang === 'en' ? 'no submission' : '沒有繳交';
    const reason = lang === 'en' ? 'no submission of this student was found' : '找不到這位學生的作業';
    assert.equal(
      rows.slice(-2).map(([id, , , status, points, , percent, why]) => [id, status, points, percent, why]),
      [
        ['b98', word, '', '', reason],
        ['b99', word, '', '', reason],
      ],
    );
    for (const row of rows) assert.ok(row[4] !== '' || row[7] !== '', row.join());

    const moodle = csv('moodle.csv');
    assert.is(moodle.length, all);
    assert.equal(
      moodle.slice(-2).map((row) => [row['Full name'], row['Status'], row['Grade'], row['Feedback comments']]),
      [
        ['林志玲', 'No submission', '', ''],
        ['b99', 'No submission', '', ''],
      ],
    );
    // Canvas would clear a manually entered score: it lists only students with a score, below the maximum points
    assert.is(csv('canvas.csv').length, graded + 1);

    assert.is(read('junit.xml').match(/<testsuite /g)?.length, all);
    assert.is(read('junit.xml').match(/name="missing"[^>]*>\s*<skipped message="[^"]+">/g)?.length, 2);
    const table = read('summary.md').split('\n');
    assert.is(table.filter((line) => /^\| (?!---)/.test(line)).length, all + 1);
    assert.is(table.filter((line) => line.startsWith('| ') && line.includes(word)).length, 2);
    for (const name of left) assert.ok(table.some((line) => line.startsWith('- ') && line.includes(name.replaceAll('_', '\\_'))));

    const page = read('index.html');
    assert.is(page.match(/<th scope="row"[^>]*><a href="students\//g)?.length, 2 * all);
    assert.is(page.match(/<tr class="skipped">/g)?.length, 2 * 2);
    for (const name of left) assert.is(page.split(`<bdi>${name}</bdi>`).length - 1, 2);
    assert.is(readdirSync(join(dir, 'students')).length, all);
    assert.is(readdirSync(join(dir, 'summary')).length, all);
    assert.match(read('students/b99.html'), new RegExp(`– ${word}`));
    assert.match(read('summary/b99.md'), new RegExp(lang === 'en' ? 'There is no score' : '沒有分數'));
    // an autograder's result belongs to a submission
    assert.is(readdirSync(join(dir, 'gradescope')).length, handedIn);
    assert.is(readdirSync(join(dir, 'comments')).length, all);

    const { screen } = fakeScreen({ columns: 200 });
    const summary = classSummary(book, { unknown: {} }, dir, { out: screen, lang }).split('\n');
    assert.is(summary.indexOf(''), all);
    assert.ok(summary[all - 1]?.startsWith('  b99') && summary[all - 1]?.endsWith(word));
    assert.ok(summary.some((line) => left.every((name) => line.includes(name))));

    for (const file of readdirSync(dir, { recursive: true, withFileTypes: true })) {
      assert.match(file.name, /^[\w.~\p{sc=Han}-]+$/u);
      if (file.isFile())
        assert.not.match(readFileSync(join(file.parentPath, file.name), 'utf8').replace('\ufeff', ''), steering, file.name);
    }
    assert.not.match(summary.join('\n'), steering);

    const json: unknown = JSON.parse(read('grades.json'));
    const validate = new Ajv2020({ validateFormats: false }).compile(jsonSchema() as object);
    assert.ok(validate(json), JSON.stringify(validate.errors));
    assert.equal(await loadGradebook(dir), json);
    const { entries: written = [], leftOut } = (await loadGradebook(dir)) ?? {};
    assert.is(written.length, all);
    assert.equal(
      leftOut?.map(({ place }) => place?.file),
      left,
    );
  });

test('the teacher may give points to a student without a submission; no other override changes the grade', () => {
  assert.equal(applyOverrides(missing, [{ student: 'eve', points: 0, reason: 'absent' }]), {
    ...missing,
    status: 'graded',
    points: 0,
  });
  assert.is(applyOverrides(missing, [{ student: 'eve', check: 'up/one', points: 1, reason: 'x' }]).status, 'missing');
});

test('students without a submission, before or now, are not compared', () => {
  const of = (grade: Grade): Gradebook => ({ ...gradebook, entries: [{ ...entries.perfect, grade }] });
  const { id } = entries.perfect.student;
  const lines = (before: Grade, after: Grade) => renderChanges(of(before), of(after), 'en').lines;
  assert.equal(lines(missing, missing), ['No grade would change.']);
  assert.is(lines(missing, entries.perfect.grade)[0], `${id}  not graded before`);
  assert.is(lines(entries.perfect.grade, missing)[0], `${id}  no longer submitted`);
});

test.run();
