import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderCanvas } from '../../../../src/grade/export/canvas.ts';
import { costsOf } from '../../../../src/grade/export/check-text.ts';
import { renderCsv, renderOpen } from '../../../../src/grade/export/csv.ts';
import { renderMoodle } from '../../../../src/grade/export/moodle.ts';
import { loadOverrides } from '../../../../src/grade/scoring/overrides.ts';
import type { GradedCheck } from '../../../../src/grade/types.ts';
import { langs } from '../../../../src/lab/text.ts';
import { emptyBook, entries, gradebook, hostile } from '../../../fixtures/gradebook.ts';
import { folder } from '../../../helpers/folder.ts';

type Row = Readonly<Record<string, string>>;
/** The parsed file: rows of the same length, by column name. */
const read = (csv: string): Row[] => parse(csv, { bom: true, columns: true }) as Row[];
const rows = (csv: string): string[][] => parse(csv, { bom: true }) as string[][];
const find = (all: readonly Row[], key: string, value: string): Row => {
  const found = all.find((row) => row[key] === value);
  if (!found) throw new Error(`no row with ${key} ${value}`);
  return found;
};
const harmless = (csv: string) => {
  for (const row of rows(csv))
    for (const cell of row) {
      assert.not.match(cell, /[\p{Cc}\p{Cf}\p{Cs}]/u);
      const runs = /^[\s"']*[=+\-@]/.test(cell.normalize('NFKC')) && !/^[-+]?\d+(\.\d+)?$/.test(cell);
      assert.ok(!runs || cell.startsWith("'") || cell === '-', cell.slice(0, 60));
    }
};

test('every format is safe for a spreadsheet', () => {
  for (const lang of langs) for (const render of [renderCsv, renderCanvas, renderMoodle]) harmless(render(gradebook, lang));
});

test('grades.csv: a line for every student, as Excel reads it', () => {
  const csv = renderCsv(gradebook, 'en');
  const checks = entries.perfect.grade.checks.map(({ id }) => id);
  const columns = 'student,name,email,status,points,max,percent,reason,overrides,same as';
  assert.ok(csv.startsWith(`\ufeff${[columns, ...checks].join(',')}\r\n`));
  const all = read(csv);
  assert.is(all.length, gradebook.entries.length);
  assert.equal(find(all, 'student', 'b10902001'), {
    student: 'b10902001',
    name: '王小明',
    email: 'b10902001@ntu.example',
    status: 'graded',
    points: '100',
    max: '100',
    percent: '100',
    reason: '',
    overrides: '',
    'same as': '',
    'up/flask-has-1-replica': '10.1',
    'up/nginx-publishes': '20.2',
    'scale/spread-is-even': '40.3',
    'scale/counter-shared': '19.4',
    'down/networks-gone': '10',
  });
  assert.is(find(all, 'student', 'b10902002')['scale/spread-is-even'], '0');
  assert.is(find(all, 'student', 'b10902003')['points'], '88.9');
  assert.is(find(all, 'student', 'b10902004')['same as'], 'b10902001');
});

test('grades.csv: a student without a score has no points, but a reason', () => {
  const all = read(renderCsv(gradebook, 'en'));
  const cellsOf = (id: string) => ['status', 'points', 'percent', 'reason'].map((key) => find(all, 'student', id)[key]);
  assert.equal(cellsOf('b10902005'), [
    'refused',
    '',
    '',
    'docker-compose.yml:14:5 (nginx): privileged gives a container the whole host; compose.yaml:8:3 (flask): ports are not published while it is graded',
  ]);
  assert.equal(cellsOf('b10902006'), ['needs review', '', '', 'the engine was lost three times: E_ENGINE_LOST']);
  assert.is(find(all, 'student', 'b10902007')['overrides'], 'total = 85: 面試確認過，privileged 是誤貼');
  assert.is(find(all, 'student', 'b10902008')['overrides'], 'scale/spread-is-even = 20: half, it was a close call');
});

test('grades.csv: each deduction has a reason, and a check without a score has no points', () => {
  const all = read(renderCsv(gradebook, 'en'));
  const reason = (id: string) => find(all, 'student', id)['reason'];
  assert.is(
    reason('b10902002'),
    'scale/spread-is-even −40.3: 30 answers, all from 4f0c9be1d2a7 (expected: about 10 answers from each of 3 replicas); log of nginx: upstream: flask (172.19.0.3:5000)',
  );
  assert.is(
    reason('b10902003'),
    'down/networks-gone −10: not checked: the app ran out of memory: nothing after it was performed; container_name/flask −1.1: container_name is set aside: replicas could not share it',
  );
  for (const entry of gradebook.entries.filter(({ grade }) => grade.points !== null))
    for (const { id } of entry.grade.checks.filter(({ points, max }) => points < max))
      assert.match(costsOf(entry, 'zh-TW').join('\n'), `${id} −`);
  assert.is(find(all, 'student', 'b10902006')['up/flask-has-1-replica'], '');
  const follows = { ...entries.one.grade.checks[3], points: 0, follows: 'scale/spread-is-even' } as GradedCheck;
  const entry = { ...entries.one, grade: { ...entries.one.grade, checks: [follows] } };
  assert.equal(costsOf(entry, 'en'), ['scale/counter-shared −19.4: follows from scale/spread-is-even']);
});

test('overrides-open.csv: a row for each open grade, which the reader of overrides.csv accepts and skips until points are filled in', async () => {
  const csv = renderOpen(gradebook, 'zh-TW');
  harmless(csv);
  const all = rows(csv);
  assert.equal(all[0], ['student', 'check', 'points', 'reason']);
  assert.equal(
    all.slice(1).map(([student]) => student),
    ['b10902005', 'b10902006', 'CON', 'con'],
  );
  assert.equal(all[2], ['b10902006', '', '', '引擎三次停止回應：E_ENGINE_LOST']);
  const path = join(folder(), 'overrides.csv');
  writeFileSync(path, csv);
  assert.equal(await loadOverrides(path), []);
  // appended to another file, with its header, and partly filled in
  writeFileSync(path, `student,check,points,reason\nb1,,5,late\n${csv.replace('b10902006,,,', 'b10902006,,70,')}`);
  assert.equal(await loadOverrides(path), [
    { student: 'b1', points: 5, reason: 'late' },
    { student: 'b10902006', points: 70, reason: '引擎三次停止回應：E_ENGINE_LOST' },
  ]);
});

test('overrides-open.csv: an ID that a spreadsheet would run is the same ID when it is read again', async () => {
  const path = join(folder(), 'overrides.csv');
  for (const id of ['=1+1', "'=1", '＝1', '-b1', "O'Brien", "'quoted'"]) {
    const csv = renderOpen({ ...gradebook, entries: [{ ...entries.refused, student: { id } }] }, 'en');
    writeFileSync(path, csv.replace(/,,,/, ',,1,'));
    assert.equal(
      (await loadOverrides(path)).map(({ student }) => student),
      [id],
    );
  }
});

test('grades.csv in Chinese', () => {
  const all = read(renderCsv(gradebook, 'zh-TW'));
  const refused = find(all, '學號', 'b10902005');
  assert.is(refused['狀態'], '拒收');
  assert.match(refused['原因'] ?? '', '取得整台主機的權限');
  assert.is(find(all, '學號', 'b10902006')['狀態'], '待老師確認');
});

/**
 * Requirements of Canvas's importer (instructure/canvas-lms, lib/gradebook_importer.rb): the first cell contains `Student`, the second `ID`; `SIS
 * User ID` and `SIS Login ID` follow together; `Section` is the last column before the assignments; a row whose first cell contains `Points
 * Possible`, and no other, has the maximum points; the delimiter is guessed from the first three lines.
 */
function assertCanvas(csv: string): string[][] {
  const [header = [], points = [], ...students] = rows(csv);
  assert.ok(header.length > 3 && header[0]?.includes('Student') && header[1]?.includes('ID'));
  assert.match(header[2] ?? '', /SIS\s+User\s+ID/);
  assert.match(header[3] ?? '', /SIS\s+Login\s+ID/);
  const integration = /Integration\s+ID/.test(header[4] ?? '') ? 1 : 0;
  const account = /Root\s+Account/.test(header[4 + integration] ?? '') ? 1 : 0;
  assert.match(header[4 + integration + account] ?? '', /Section/);
  const title = header.at(-1) ?? '';
  assert.is(header.length, 6 + integration + account);
  assert.not.match(title, /(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)/);
  assert.match(points[0] ?? '', 'Points Possible');
  assert.match(points.at(-1) ?? '', /^\d+(\.\d+)?$/);
  for (const student of students) {
    assert.not.match(student[0] ?? '', 'Points Possible');
    assert.match(student.at(-1) ?? '', /^\d+(\.\d+)?$/);
  }
  const counts = csv
    .split('\r\n')
    .slice(0, 3)
    .filter((line) => line !== '')
    .map((line) => (parse(line) as string[][])[0]?.length);
  assert.is(new Set(counts).size, 1);
  return students;
}

test('Canvas can import canvas.csv; a student without a score has no row', () => {
  const students = assertCanvas(renderCanvas(gradebook, 'en'));
  assert.equal(students[0], ['王小明', '7001', 'S7001', 'b10902001', '網路 101 (Fall)', '100']);
  const scored = gradebook.entries.filter(({ grade }) => grade.points !== null);
  assert.is(students.length, scored.length);
  assert.not.ok(students.some((row) => row[3] === 'b10902005' || row[3] === 'b10902006'));
  assert.equal(
    students.find((row) => row[3] === 'b10902003'),
    ["O'Brien, Seán", '', '', 'b10902003', '', '88.9'],
  );
  const attack = students.at(-1) ?? [];
  assert.is(attack[0], `'${hostile.formula}`);
  assert.is(attack[2], '+1');
  assert.is(attack[4], "'＝1+1");
  assert.is(rows(renderCanvas(gradebook, 'zh-TW'))[0]?.at(-1), '水平擴展與負載平衡');
  assertCanvas(renderCanvas(emptyBook, 'en'));
});

test('canvas.csv: optional columns, and a name that would set the maximum points', () => {
  const columns = { 'Integration ID': 'i1', 'Root Account': 'canvas.example' };
  const student = { id: 'x', name: '  points POSSIBLE;;;;', columns };
  const book = { ...gradebook, entries: [{ ...entries.perfect, student }, entries.one] };
  const students = assertCanvas(renderCanvas(book, 'en'));
  assert.equal(students[0], ['Points-Possible;;;;', '', '', 'x', 'i1', 'canvas.example', '', '100']);
  assert.equal(students[1]?.slice(4, 6), ['', '']);
});

/**
 * Requirements of Moodle, from mod/assign/feedback/offline/importgradeslib.php and locallib.php: columns with these names; the ID after `Participant
 * `; a grade that is blank or above the maximum is ignored; feedback is stored as HTML.
 */
test('moodle.csv is the worksheet that Moodle reads', () => {
  const csv = renderMoodle(gradebook, 'en');
  const all = read(csv);
  for (const name of ['Identifier', 'Grade', 'Last modified (grade)', 'Feedback comments'])
    assert.ok(name in (all[0] ?? {}), name);
  assert.is(all.length, gradebook.entries.length);
  assert.equal(find(all, 'Identifier', 'Participant 90001'), {
    Identifier: 'Participant 90001',
    'Full name': '王小明',
    'Email address': 'b10902001@ntu.example',
    Status: 'Submitted for grading',
    Grade: '100',
    'Maximum Grade': '100',
    'Grade can be changed': 'Yes',
    'Last modified (submission)': 'Friday, 20 November 2026, 9:00 AM',
    'Last modified (grade)': '-',
    'Feedback comments': '',
  });
  for (const row of all) {
    const grade = row['Grade'] ?? '';
    assert.ok(grade === '' || Number(grade) <= Number(row['Maximum Grade']), grade);
    assert.not.match(Object.values(row).join(''), '\\', 'PHP takes a backslash before a quote for part of it');
    assert.not.match(row['Feedback comments'] ?? '', /<(?!\/?p>|br>)/, 'no HTML but ours');
    assert.not.match(row['Feedback comments'] ?? '', '"');
  }
  assert.ok(csv.split('\r\n').every((line) => !line.includes('\n')));
});

test('moodle.csv: the feedback has the reasons, but nothing for the teacher only', () => {
  const all = read(renderMoodle(gradebook, 'en'));
  const feedback = (name: string) => find(all, 'Full name', name)['Feedback comments'] ?? '';
  assert.is(
    feedback('陳美麗').split('</p>')[0],
    '<p>the load through the proxy is spread evenly over flask (0/40.3)<br>expected: about 10 answers from each of 3 replicas<br>' +
      'saw: 30 answers, all from 4f0c9be1d2a7<br>log of nginx: 2026/11/20 09:00:00 [notice] 1#1: start worker processes<br>' +
      'upstream: flask (172.19.0.3:5000)<br>look in: nginx/nginx.conf, compose.yaml:12<br>try next: let nginx look the name up again: docker compose restart nginx',
  );
  assert.is(feedback("O'Brien, Seán"), '<p>container_name is set aside: replicas could not share it (-1.1)</p>');
  assert.is(find(all, 'Full name', '林志強')['Grade'], '');
  assert.is(find(all, 'Full name', '林志強')['Last modified (submission)'], '-');
  assert.match(feedback('張雅婷'), /^<p>There is no score yet[^<]*<br>the engine was lost three times: E_ENGINE_LOST<\/p>$/);
  assert.match(feedback('林志強'), /^<p>There is no score yet, and that is not a zero: .*whole host/);
  assert.not.match(JSON.stringify(all), /networks are gone|close call|誤貼|same as/);
  assert.match(read(renderMoodle(gradebook, 'zh-TW'))[1]?.['Feedback comments'] ?? '', '預期: 3 個副本各約 10 個回應');
});

test.run();
