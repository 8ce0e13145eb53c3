import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'csv-parse/sync';
import { XMLValidator } from 'fast-xml-parser';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { nginx } from '../../../../labs/compose-scale/nginx.ts';
import { renderCanvas } from '../../../../src/grade/export/canvas.ts';
import { renderCsv } from '../../../../src/grade/export/csv.ts';
import { renderClassroom50 } from '../../../../src/grade/export/feedback/classroom50.ts';
import { renderGradescope } from '../../../../src/grade/export/gradescope.ts';
import { renderClassPage, renderStudentPage } from '../../../../src/grade/export/html/pages.ts';
import { renderJson } from '../../../../src/grade/export/json.ts';
import { renderJunit } from '../../../../src/grade/export/junit.ts';
import { renderMoodle } from '../../../../src/grade/export/moodle.ts';
import { jsonSchema } from '../../../../src/grade/export/schema.ts';
import { renderClassSummary, renderStudentSummary } from '../../../../src/grade/export/summary.ts';
import { loadRubric, standardRubric } from '../../../../src/grade/rubric/rubric.ts';
import { applyOverrides } from '../../../../src/grade/scoring/overrides.ts';
import { score } from '../../../../src/grade/scoring/score.ts';
import { refusal } from '../../../../src/grade/submissions/refusal.ts';
import type { Entry, Grade, Gradebook, Override } from '../../../../src/grade/types.ts';
import { gradeUnread } from '../../../../src/grade/ungraded.ts';
import { type Lang, langs, text } from '../../../../src/lab/text.ts';
import { classroom50, type Result } from '../../../fixtures/classroom50.ts';
import { gradebook, entries as others } from '../../../fixtures/gradebook.ts';
import { performed } from '../../../fixtures/graded.ts';
import { faultsOf } from '../../../fixtures/junit.ts';

/** A gradebook whose rubric has goals, in every format. */

const rubric = await loadRubric(standardRubric(composeScale), composeScale);
const failing = (...ids: readonly string[]) => performed(nginx, Object.fromEntries(ids.map((id) => [id, 'failed' as const])));
const name = { code: 'container_name', service: 'flask', text: text('a fixed name does not scale', '固定的名稱無法擴展') };
const entry = (id: string, grade: Grade, overrides: readonly Override[] = []): Entry => ({
  ...{ student: { id }, source: `submissions/${id}`, hash: '', grade: applyOverrides(grade, overrides), overrides },
});

const two = ['up/nginx-publishes-its-port', 'up/networks-are-as-drawn'];
const wrong = score(rubric, nginx, failing(...two, 'restart/counter-is-shared', 'restart/front-spreads-evenly'), [name]);
const later = ['single/hostname-is-the-replicas', 'scale/flask-has-3-replicas', 'restart/nginx-reaches-all-three'];
const crashed = score(rubric, nginx, failing('up/flask-has-1-replica', ...later), []);
const entries = {
  right: entry('right', score(rubric, nginx, performed(nginx), [])),
  wrong: entry('wrong', wrong),
  crashed: entry('crashed', crashed),
  nothing: entry('nothing', gradeUnread(rubric, [refusal('no-compose-file')])),
  total: entry('total', wrong, [{ student: 'total', points: 77, reason: 'talked it over' }]),
  check: entry('check', wrong, [{ student: 'check', check: 'restart/counter-is-shared', points: 10, reason: 'half right' }]),
  refused: entry('refused', others.refused.grade),
};
const book: Gradebook = { ...gradebook, rubric: { ...gradebook.rubric, max: rubric.max }, entries: Object.values(entries) };
const textOf = (page: string, lang: Lang): string =>
  (new RegExp(`<article id="${lang}"[\\s\\S]*?</article>`).exec(page)?.[0] ?? '')
    .replaceAll(/<\/?bdi>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ');
function inThisOrder(all: string, parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = all.indexOf(part, from);
    assert.ok(at >= 0, `“${part}” is not there, or too early, in: ${all}`);
    from = at + part.length;
  }
}

test('the points of these grades', () => {
  const points = Object.values(entries).map(({ student: { id }, grade }) => [id, grade.points]);
  assert.equal(points, [
    ['right', 100],
    // stack 22, counter 14, scaling 14, balancing 12
    ['wrong', 38],
    // logs and cleanup
    ['crashed', 14],
    ['nothing', 0],
    ['total', 77],
    ['check', 48],
    ['refused', null],
  ]);
});

test('grades.json is valid, with the goals and what was capped', () => {
  const validate = new Ajv2020({ allErrors: true, validateFormats: false }).compile(jsonSchema() as object);
  const parsed = JSON.parse([...renderJson(book)].join('')) as Gradebook;
  validate(parsed);
  assert.equal(validate.errors ?? [], []);
  const grade = parsed.entries.find(({ student }) => student.id === 'wrong')?.grade;
  assert.equal(grade?.goals?.[0], { id: 'stack', title: rubric.goals?.['stack']?.title, points: 0, max: 22 });
  const { goal, max, points, capped } = grade?.checks.find(({ id }) => id === 'up/networks-are-as-drawn') ?? {};
  assert.equal([goal, max, points, capped], ['stack', 12, 2, 2]);
  assert.equal(
    grade?.deductions.map((one) => [one.points, one.goal]),
    [[14, 'scaling']],
  );
});

test('grades.csv: a column for each goal with its points, then for each check with what it cost', () => {
  const rows = parse(renderCsv(book, 'en'), { bom: true, columns: true }) as Record<string, string>[];
  const goals = Object.keys(rubric.goals ?? {}).map((id) => `goal: ${id}`);
  assert.equal(Object.keys(rows[0] ?? {}).slice(10), [...goals, ...Object.keys(rubric.checks)]);
  for (const row of rows.filter(({ points }) => points !== '')) {
    if (row['student'] === 'total') continue;
    assert.is(
      goals.reduce((sum, id) => sum + Number(row[id]), 0),
      Number(row['points']),
      row['student'],
    );
  }
  const row = rows.find(({ student }) => student === 'wrong') ?? {};
  assert.equal(
    [row['goal: stack'], row['goal: answers'], row['up/networks-are-as-drawn'], row['up/flask-has-1-replica']],
    ['0', '20', '-10', '0'],
  );
  const cost = Object.keys(rubric.checks).reduce((sum, id) => sum + Number(row[id]), 0);
  assert.is(100 + cost - 14, 38, 'the costs of checks and deductions add up to the lost points');
  const refused = rows.find(({ student }) => student === 'refused') ?? {};
  assert.ok([...goals, ...Object.keys(rubric.checks)].every((id) => refused[id] === ''));
  assert.is(rows.find(({ student }) => student === 'nothing')?.['reason'], 'nothing handed in: there is no Compose file');
});

test('Gradescope: the tests are the goals, with the faults of their checks', () => {
  for (const { grade, ...rest } of book.entries.filter((one) => one.grade.points !== null)) {
    const results = JSON.parse(renderGradescope({ grade, ...rest }, 'en'));
    assert.is(results.score, grade.points);
    assert.equal(
      results.tests.map((one: Record<string, unknown>) => [one['name'], one['score'], one['max_score'], one['visibility']]),
      (grade.goals ?? []).map(({ title, points, max }) => [title.en, points, max, 'visible']),
    );
  }
  const { tests } = JSON.parse(renderGradescope(entries.wrong, 'en'));
  const outputs: string[] = tests.map((one: { output: string }) => one.output);
  assert.match(
    outputs[0] ?? '',
    /^−12: 2 \(expected: 1\)\ntry next: docker compose up -d\n−10: 2 \(expected: 1\)\n.*\n2 more points not counted/,
  );
  assert.match(
    outputs[1] ?? '',
    /^not checked: the app in every replica of flask takes requests\n.*\nnot counted again: it follows from up\/networks-are-as-drawn$/,
  );
  assert.is(outputs[5], '', 'nothing is wrong there');
  assert.match(outputs[3] ?? '', '−14: (flask): a fixed name does not scale');
  assert.match(JSON.parse(renderGradescope(entries.nothing, 'zh-TW')).output, '未繳交內容：沒有 Compose 檔案');
});

test('Classroom 50: the goals are the tests; their points and the total are those of the grade', () => {
  const resultOf = (one: Entry) => JSON.parse(renderClassroom50(book, one, classroom50.run, 'en')) as Result;
  for (const one of book.entries.filter(({ grade }) => grade.points !== null)) {
    const { tests, score: total, 'max-score': max } = resultOf(one);
    assert.equal([total, max], [one.grade.points, 100], one.student.id);
    const ofGoals = tests.filter((each) => each['max-score'] > 0);
    assert.equal(
      ofGoals.map((each) => [each['test-name'], each.score, each.passed]),
      one.grade.goals?.map((each) => [each.title.en, each.points, each.points >= each.max]),
      one.student.id,
    );
  }
  assert.is(resultOf(entries.nothing).tests.at(-1)?.['test-name'], 'nothing handed in: there is no Compose file');
});

test('Canvas and Moodle: the total, and for the student the points of each goal and the faults', () => {
  const canvas = parse(renderCanvas(book, 'en')) as string[][];
  assert.equal(
    canvas.slice(2).map((row) => row.at(-1)),
    ['100', '38', '14', '0', '77', '48'],
  );
  const moodle = parse(renderMoodle(book, 'en'), { columns: true }) as Record<string, string>[];
  const feedback = moodle[1]?.['Feedback comments'] ?? '';
  assert.equal([moodle[1]?.['Grade'], moodle[3]?.['Grade']], ['38', '0']);
  inThisOrder(feedback, [
    'The stack as drawn: 0/22',
    'One shared counter: 0/14',
    '(−12)',
    '(−10)',
    'a fixed name does not scale (-14)',
  ]);
  assert.match(moodle[3]?.['Feedback comments'] ?? '', 'nothing handed in');
});

test('JUnit: checks are cases, with what they cost; goals are properties', async () => {
  const xml = [...renderJunit(book, 'en')].join('');
  assert.equal(await faultsOf(xml), []);
  assert.match(xml, /name="goal\.stack" value="0\/22"/);
  assert.match(xml, /\(stack: -10\)/);
  assert.match(xml, /name="nothing-handed-in"/);
});

test('the summaries: goals with their points, and below them what cost points', () => {
  const own = renderStudentSummary(book, entries.wrong, 'en');
  inThisOrder(own, [
    '38 of 100 points',
    '| **The stack as drawn** |  | 0/22 |',
    '| -12 |',
    '| -10 |',
    '| **Scaling** |  | 0/14 |',
    '| -14 |',
  ]);
  assert.match(renderStudentSummary(book, entries.nothing, 'zh-TW'), '未繳交內容');
  const nothing =
    renderClassSummary(book, 'en')
      .split('\n')
      .find((line) => line.startsWith('| nothing')) ?? '';
  assert.is(nothing.split('nothing handed in').length, 2, 'once');
});

test("the student's page groups the checks by goals: faults with their costs, goals that lost points first", () => {
  const page = renderStudentPage(book, entries.wrong);
  assert.is(XMLValidator.validate(page.replace(/^<!DOCTYPE html>/, '')), true);
  inThisOrder(textOf(page, 'en'), [
    '38 of 100 points',
    'How the points add up The stack as drawn 0 of 22 Answers through nginx 20 of 20',
    // the goals that lost points
    'The stack as drawn 0 of 22 ✗ failed 2 (expected: 1) −12',
    '2 (expected: 1) −10',
    '2 more points not counted: the goal has none left',
    'One shared counter 0 of 14 ✗ failed 2 (expected: 1) −14',
    'Scaling 0 of 14 (flask) a fixed name does not scale −14',
    'Load balancing after a restart 4 of 16',
    // the others
    'Answers through nginx 20 of 20',
    '✓ passed every answer has the same hostname',
  ]);
  assert.not.match(textOf(page, 'en'), /failed nginx publishes/, 'the fault, not the claim');
  inThisOrder(textOf(page, 'zh-TW'), ['服務與網路符合架構圖 0 / 22 ✗ 未通過']);
});

test('on the page, what follows from a cause in another goal is one item that names the cause, with what it cost', () => {
  const page = textOf(renderStudentPage(book, entries.crashed), 'en');
  const follows = 'Follows from: 2 (expected: 1) −14 3 more checks depend on this – skipped the numbers on its counter';
  inThisOrder(page, ['One shared counter 0 of 14', follows]);
  assert.ok(page.includes('Logs on the host 12 of 12 Follows from: 2 (expected: 1) 3 more checks depend on this'), page);
});

test('a deduction that costs nothing, because its goal has no points left, is shown without points', () => {
  const port = { code: 'fixed-port', service: 'flask', text: text('5000:5000 is fixed', '5000:5000 是固定的') };
  const both = entry('both', score(rubric, nginx, performed(nginx), [name, port]));
  assert.is(both.grade.points, 86);
  inThisOrder(textOf(renderStudentPage(book, both), 'en'), [
    '(flask) a fixed name does not scale −14',
    '(flask) 5000:5000 is fixed 14 more points not counted: the goal has none left',
  ]);
  assert.not.match(renderCsv({ ...book, entries: [both] }, 'en'), '−0');
  assert.not.match(renderMoodle({ ...book, entries: [both] }, 'en'), 'is fixed');
});

test('a submission with nothing in it: the page shows the label, and no goal has points', () => {
  for (const lang of langs) {
    const page = textOf(renderStudentPage(book, entries.nothing), lang);
    assert.ok(page.includes(entries.nothing.grade.label?.[lang] ?? '?'), page);
  }
  assert.match(textOf(renderStudentPage(book, entries.nothing), 'en'), '0 of 100 points');
});

test('the class page has a sortable column for each goal', () => {
  const page = renderClassPage(book);
  assert.is(XMLValidator.validate(page.replace(/^<!DOCTYPE html>/, '')), true);
  const rows = [...page.matchAll(/<tr class="[^"]*">[\s\S]*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/data-key="([^"]*)"/g)].map(([, key]) => key),
  );
  const own = rows.find(([id]) => id === 'wrong') ?? [];
  assert.equal(own.slice(3), ['0', '20', '0', '0', '4', '12', '2', '38']);
  assert.equal(rows.find(([id]) => id === 'refused')?.slice(3), ['-1', '-1', '-1', '-1', '-1', '-1', '-1', '-1']);
  assert.match(textOf(page, 'zh-TW'), '服務與網路符合架構圖 經由 nginx 的回應 共用的計數器');
});

test.run();
